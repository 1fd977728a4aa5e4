// A server of HTTP/2 that says exactly what a test wants, frame by frame.

import { createServer, type Server, type TLSSocket, type TlsOptions } from 'node:tls'
import { LoopbackServer } from './loopback-server.js'

export const frameTypes = {
  data: 0,
  headers: 1,
  reset: 3,
  settings: 4,
  push: 5,
  ping: 6,
  goAway: 7,
  window: 8,
  continuation: 9,
}
export const endStream = 1
export const endHeaders = 4

/** RFC 9113 §4.1. */
export function frame(type: number, flags: number, stream: number, payload: Uint8Array = new Uint8Array()): Buffer {
  const head = Buffer.alloc(9)
  head.writeUIntBE(payload.length, 0, 3)
  head[3] = type
  head[4] = flags
  head.writeUInt32BE(stream, 5)
  return Buffer.concat([head, payload])
}

/** RFC 7541 §6.2.2: each of them as it is, without a table. */
export function block(fields: Readonly<Record<string, string>>): Buffer {
  const parts = Object.entries(fields).flatMap(([name, value]) => [Buffer.from([0]), text(name), text(value)])
  return Buffer.concat(parts)
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value, 'latin1')
  const { length } = bytes
  // RFC 7541 §5.1, of at most 127 + 16383.
  const prefix = length < 127 ? [length] : [127, ((length - 127) & 127) | 128, (length - 127) >> 7]
  return Buffer.concat([Buffer.from(prefix), bytes])
}

export const head = (stream: number, fields: Readonly<Record<string, string>>, flags = 0): Buffer =>
  frame(frameTypes.headers, endHeaders | flags, stream, block({ ':status': '200', ...fields }))
export const data = (stream: number, bytes: string | Uint8Array, flags = 0): Buffer =>
  frame(frameTypes.data, flags, stream, Buffer.from(bytes))
export const reset = (stream: number, code: number): Buffer => frame(frameTypes.reset, 0, stream, words(code))
export const goAway = (lastStream: number, code: number): Buffer =>
  frame(frameTypes.goAway, 0, 0, words(lastStream, code))

/** `[id, value]`, as RFC 9113 §6.5.1 numbers them: 3 is how many streams there may be. */
export function settings(...values: readonly (readonly [number, number])[]): Buffer {
  const payload = Buffer.alloc(values.length * 6)
  for (const [index, [id, value]] of values.entries()) {
    payload.writeUInt16BE(id, index * 6)
    payload.writeUInt32BE(value, index * 6 + 2)
  }
  return frame(frameTypes.settings, 0, 0, payload)
}

export function words(...values: readonly number[]): Buffer {
  const payload = Buffer.alloc(values.length * 4)
  for (const [index, value] of values.entries()) payload.writeUInt32BE(value, index * 4)
  return payload
}

export interface FrameConnection {
  readonly socket: TLSSocket
  /** From 1, in the order in which they were accepted. */
  readonly number: number
  /** Frames that came: type, flags, stream. */
  readonly frames: {
    readonly type: number
    readonly flags: number
    readonly stream: number
    readonly payload: Buffer
  }[]
}

export interface FrameServerOptions {
  readonly tls: TlsOptions
  /** Sent first; settings if left out. */
  readonly greeting?: Uint8Array
  readonly onRequest?: (connection: FrameConnection, stream: number) => void
}

const prefaceBytes = 24

export class FrameServer extends LoopbackServer {
  readonly connections: FrameConnection[] = []
  protected readonly server: Server

  constructor({ tls, greeting = settings(), onRequest }: FrameServerOptions) {
    super()
    this.server = createServer({ ALPNProtocols: ['h2'], ...tls }, (socket) => {
      const connection: FrameConnection = { socket, number: this.connections.length + 1, frames: [] }
      this.connections.push(connection)
      this.sockets.add(socket)
      socket.once('close', () => this.sockets.delete(socket))
      socket.on('error', () => {})
      socket.write(greeting)
      let received = Buffer.alloc(0)
      let from = prefaceBytes
      socket.on('data', (chunk: Buffer) => {
        received = Buffer.concat([received, chunk])
        for (; received.length >= from + 9; ) {
          const end = from + 9 + received.readUIntBE(from, 3)
          if (received.length < end) return
          const [type = 0, flags = 0] = received.subarray(from + 3)
          const stream = received.readUInt32BE(from + 5)
          connection.frames.push({ type, flags, stream, payload: received.subarray(from + 9, end) })
          from = end
          // As every server does that is told what is wrong with it.
          if (type === frameTypes.goAway && received.readUInt32BE(from - 4) !== 0) socket.end()
          if (type === frameTypes.headers) onRequest?.(connection, stream)
        }
      })
    })
    this.server.on('tlsClientError', () => {})
  }

  get origin(): string {
    return `https://${this.host}`
  }
}

export function startFrameServer(options: FrameServerOptions): Promise<FrameServer> {
  return new FrameServer(options).listen()
}
