// A TCP server of a test that says exactly what the test wants, byte by byte.

import { createServer, type Server, type Socket } from 'node:net'
import { LoopbackServer } from './loopback-server.js'

/** One connection, as the server sees it. */
export interface RawConnection {
  readonly socket: Socket
  /** All that was read so far, as latin1. */
  readonly received: string
  /** From 1, in the order in which they were accepted. */
  readonly number: number
}

export interface RawServerOptions {
  /** An address of 127.0.0.0/8, or ::1; 127.0.0.1 if left out. */
  readonly address?: string
  readonly onConnection?: (connection: RawConnection) => void
  /** The head of a request is complete; `count` is how many there were on this connection. */
  readonly onRequest?: (connection: RawConnection, count: number) => void
}

export class RawServer extends LoopbackServer {
  readonly connections: RawConnection[] = []
  /** When each was accepted, in ms of `performance.now()`. */
  readonly arrivals: number[] = []
  protected readonly server: Server

  constructor(options: RawServerOptions) {
    super()
    // A half-open socket stays open for writing: the test decides when it ends.
    this.server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => this.#accept(socket, options))
  }

  get origin(): string {
    return `http://${this.host}`
  }

  /** Every connection was ended by whoever opened it: this server does not end its own side. */
  get isLeft(): boolean {
    return this.connections.every(({ socket }) => socket.readableEnded || socket.destroyed)
  }

  #accept(socket: Socket, { onConnection, onRequest }: RawServerOptions): void {
    const connection = { socket, received: '', number: this.connections.length + 1 }
    this.arrivals.push(performance.now())
    this.connections.push(connection)
    this.sockets.add(socket)
    socket.once('close', () => this.sockets.delete(socket))
    socket.on('error', () => {})
    let requests = 0
    socket.on('data', (chunk) => {
      connection.received += chunk.toString('latin1')
      const heads = connection.received.split('\r\n\r\n').length - 1
      while (requests < heads) {
        requests += 1
        onRequest?.(connection, requests)
      }
    })
    onConnection?.(connection)
  }
}

export function startRawServer(options: RawServerOptions): Promise<RawServer> {
  return new RawServer(options).listen(options.address)
}

/** A server that gives the same answer to every request, and closes where `end` is set. */
export function startAnswering(answer: string | Buffer, { end = false } = {}): Promise<RawServer> {
  return startRawServer({
    onRequest: ({ socket }) => {
      socket.write(typeof answer === 'string' ? Buffer.from(answer, 'latin1') : answer)
      if (end) socket.end()
    },
  })
}
