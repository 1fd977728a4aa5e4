// A TCP server that decides what the client reads at a time: the next piece is sent when the one before was read.

import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { createServer, type Server, Socket } from 'node:net'
import { LoopbackServer } from './loopback-server.js'

/** How a connection ends after the last piece: not at all, in the same breath, when all was read, or when nobody asks again. */
export type PacedEnd = 'stays' | 'fin' | 'late fin' | 'lingers' | 'reset'

/** What does not speak HTTP is hung up on; a connection that lingers is given so long. */
const lingerMs = 50

export interface PacedAnswer {
  readonly pieces: readonly Buffer[]
  readonly end: PacedEnd
}

export interface PacedRequest {
  /** With its scheme, host and port as the client named them. */
  readonly url: URL
  readonly method: string
  /** From 1, on this connection. */
  readonly count: number
  /** The client's side of it. */
  readonly client: Socket
}

/** Null where there is no answer, and the connection stays. */
type Answering = (request: PacedRequest) => PacedAnswer | null

/**
 * For clients of this process. TCP keeps no boundary between writes, and tells nobody what was read. But here both ends are
 * at hand: a piece is sent when the client's socket has counted the bytes of all pieces before it, which is after its
 * listeners were called for them. What they see is what is sent, without a wait.
 */
export class PacedServer extends LoopbackServer {
  /** Connections accepted since the start. */
  accepted = 0
  protected readonly server: Server
  readonly #clients = new Set<Socket>()
  readonly #answer: Answering

  constructor(answer: Answering) {
    super()
    this.#answer = answer
    this.server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => this.#accept(socket))
    subscribe('net.client.socket', this.#onClient)
  }

  override async close(): Promise<void> {
    unsubscribe('net.client.socket', this.#onClient)
    await super.close()
  }

  readonly #onClient = (message: unknown): void => {
    if (typeof message !== 'object' || message === null || !('socket' in message)) return
    const { socket } = message
    if (!(socket instanceof Socket)) return
    this.#clients.add(socket)
    socket.once('close', () => this.#clients.delete(socket))
  }

  #accept(socket: Socket): void {
    this.accepted += 1
    this.sockets.add(socket)
    socket.once('close', () => this.sockets.delete(socket))
    socket.on('error', () => {})
    let received = ''
    let count = 0
    let delivery: AbortController | null = null
    socket.on('data', (chunk) => {
      const client = this.#clientOf(socket)
      if (client === undefined) return void socket.destroy()
      received += chunk.toString('latin1')
      if (!/^[A-Z]/.test(received)) return void socket.destroy()
      for (let end = received.indexOf('\r\n\r\n'); end >= 0; end = received.indexOf('\r\n\r\n')) {
        // Whoever asks again has had his answer: the rest of it is not sent.
        delivery?.abort()
        delivery = new AbortController()
        const place = { count: ++count, client }
        const answer = this.#answer(readRequest(received.slice(0, end), place))
        received = received.slice(end + 4)
        if (answer !== null) deliver(socket, client, answer, delivery.signal)
      }
    })
    socket.once('end', () => socket.end())
    socket.once('close', () => delivery?.abort())
  }

  /** The other end: known once the client is connected, and so when it sends. */
  #clientOf({ remotePort }: Socket): Socket | undefined {
    return [...this.#clients].find((client) => client.localPort === remotePort && client.remotePort === this.port)
  }
}

export function startPacedServer(answer: Answering): Promise<PacedServer> {
  return new PacedServer(answer).listen()
}

/** The answer cut at these places: ascending, within it. */
export function cutAt(answer: Buffer, places: readonly number[]): Buffer[] {
  const bounds = [0, ...places, answer.length]
  return bounds.slice(1).map((end, index) => answer.subarray(bounds[index], end))
}

function deliver(socket: Socket, client: Socket, { pieces, end }: PacedAnswer, signal: AbortSignal): void {
  let expected = client.bytesRead
  let next = 0
  const step = (): void => {
    if (socket.destroyed || client.destroyed || signal.aborted) return
    if (client.bytesRead < expected) return void setImmediate(step)
    const piece = pieces[next]
    if (piece === undefined) return finish(socket, end, signal)
    next += 1
    expected += piece.length
    if (next === pieces.length && end === 'fin') return void socket.end(piece)
    socket.write(piece)
    setImmediate(step)
  }
  step()
}

function finish(socket: Socket, end: PacedEnd, signal: AbortSignal): void {
  if (end === 'reset') socket.resetAndDestroy()
  else if (end === 'fin' || end === 'late fin') socket.end()
  if (end !== 'lingers') return
  const timer = setTimeout(() => socket.end(), lingerMs)
  signal.addEventListener('abort', () => clearTimeout(timer), { once: true })
}

function readRequest(head: string, place: Omit<PacedRequest, 'url' | 'method'>): PacedRequest {
  const [, method = '', path = '/'] = /^(\S+) (\S+)/.exec(head) ?? []
  const [, host = 'unnamed'] = /^host: *(\S+)/im.exec(head) ?? []
  return { url: new URL(path, `http://${host}`), method, ...place }
}
