// An HTTP or HTTPS server of a test: what arrived and when, how much at once, and a close that leaves nothing behind.

import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { Socket } from 'node:net'
import type { TlsOptions } from 'node:tls'
import { LoopbackServer } from './loopback-server.js'

export interface Arrival {
  /** Monotonic ms, comparable with `performance.now()` of the test. */
  readonly at: number
  readonly method: string
  readonly path: string
  readonly headers: IncomingMessage['headers']
}

export interface HttpServerOptions {
  /** An address of 127.0.0.0/8, or ::1; 127.0.0.1 if left out. */
  readonly address?: string
  /** Certificate and key: makes it an https server. */
  readonly tls?: TlsOptions
}

export class HttpServer extends LoopbackServer {
  readonly arrivals: Arrival[] = []
  /** Requests without a complete response: now, and at most. */
  inFlight = 0
  maxInFlight = 0
  /** Connections accepted since the start. */
  accepted = 0
  protected readonly server: Server
  readonly #scheme: string

  constructor(handle: RequestListener, { tls }: HttpServerOptions) {
    super()
    const listener = (request: IncomingMessage, response: ServerResponse) => {
      this.#arrived(request, response)
      handle(request, response)
    }
    this.#scheme = tls === undefined ? 'http' : 'https'
    this.server = tls === undefined ? createServer(listener) : createTlsServer(tls, listener)
    this.server.on('connection', (socket: Socket) => {
      this.accepted += 1
      this.sockets.add(socket)
      socket.on('error', () => {})
      socket.once('close', () => this.sockets.delete(socket))
    })
  }

  get origin(): string {
    return `${this.#scheme}://${this.host}`
  }

  #arrived(request: IncomingMessage, response: ServerResponse): void {
    const { method = '', url: path = '', headers } = request
    this.arrivals.push({ at: performance.now(), method, path, headers })
    this.inFlight += 1
    this.maxInFlight = Math.max(this.maxInFlight, this.inFlight)
    response.once('close', () => {
      this.inFlight -= 1
    })
  }
}

export function startHttpServer(handle: RequestListener, options: HttpServerOptions = {}): Promise<HttpServer> {
  return new HttpServer(handle, options).listen(options.address)
}
