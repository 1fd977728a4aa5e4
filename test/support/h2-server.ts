// Node's server of HTTP/2, as a test wants it: what arrived, on how many connections, and how much at once.

import {
  createSecureServer,
  type Http2SecureServer,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
  type SecureServerOptions,
} from 'node:http2'
import type { Socket } from 'node:net'
import { LoopbackServer } from './loopback-server.js'

export class H2Server extends LoopbackServer {
  readonly heads: IncomingHttpHeaders[] = []
  readonly sessions: ServerHttp2Session[] = []
  accepted = 0
  inFlight = 0
  maxInFlight = 0
  protected readonly server: Http2SecureServer

  constructor(options: SecureServerOptions, handle: (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => void) {
    super()
    this.server = createSecureServer(options)
    this.server.on('secureConnection', (socket: Socket) => {
      this.accepted++
      this.sockets.add(socket)
      socket.on('error', () => {})
      socket.once('close', () => this.sockets.delete(socket))
    })
    this.server.on('session', (session) => {
      this.sessions.push(session)
      session.on('error', () => {})
    })
    this.server.on('sessionError', () => {})
    this.server.on('tlsClientError', () => {})
    this.server.on('stream', (stream, headers) => {
      this.heads.push(headers)
      this.inFlight++
      this.maxInFlight = Math.max(this.maxInFlight, this.inFlight)
      stream.on('error', () => {})
      stream.once('close', () => {
        this.inFlight--
      })
      handle(stream, headers)
    })
  }

  get origin(): string {
    return `https://${this.host}`
  }
}

export function startH2Server(
  options: SecureServerOptions,
  handle: (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => void,
): Promise<H2Server> {
  return new H2Server(options, handle).listen()
}
