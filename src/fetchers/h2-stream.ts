// One stream of HTTP/2: a request and its response, told in the words of HTTP/1.1.

import { type ClientHttp2Session, type ClientHttp2Stream, constants } from 'node:http2'
import { systemCode } from '../core/errors.js'
import type { ConnectionUser } from './channel.js'
import { HeaderFields } from './header-fields.js'
import type { WireRequest } from './request-form.js'

export interface StreamOwner {
  /** The stream is over, be it that nobody waits for it any more. `code` is that of its reset, or 0. */
  onStreamClose(code: string): void
  /** Something came. */
  onHeard(): void
  /** The server did not process streams beyond this one. */
  readonly lastStreamId: number
}

/** Belong to the connection, which has frames for them (RFC 9113 §8.2.2). */
const hopByHop: ReadonlySet<string> = new Set([
  'connection',
  'host',
  'http2-settings',
  'keep-alive',
  'proxy-connection',
  'te',
  'transfer-encoding',
  'upgrade',
])

const refused = 'NGHTTP2_REFUSED_STREAM'
/** A head is compressed: how many bytes it took nobody can say, only that some came. */
const someBytes = Buffer.alloc(1)
/** By their codes, from 0 (RFC 9113 §7). */
const errorNames =
  `NO_ERROR PROTOCOL_ERROR INTERNAL_ERROR FLOW_CONTROL_ERROR SETTINGS_TIMEOUT STREAM_CLOSED FRAME_SIZE_ERROR REFUSED_STREAM
  CANCEL COMPRESSION_ERROR CONNECT_ERROR ENHANCE_YOUR_CALM INADEQUATE_SECURITY HTTP_1_1_REQUIRED`.split(/\s+/)

export class H2Stream {
  readonly #stream: ClientHttp2Stream
  readonly #owner: StreamOwner
  /** Null once it was told the end, or wants to hear no more. */
  #user: ConnectionUser | null
  #hasHead = false
  /** The server said itself that this was all. */
  #isWhole = false
  #trailers = new HeaderFields([])
  #length = Number.NaN
  #received = 0

  /** Throws where the request cannot be sent. */
  constructor(session: ClientHttp2Session, request: WireRequest, user: ConnectionUser, owner: StreamOwner) {
    const { body } = request
    const hasBody = body instanceof Uint8Array
    this.#user = user
    this.#owner = owner
    this.#stream = session.request(headersOf(request, hasBody ? body.length : null), { endStream: !hasBody })
    this.#listen()
    if (hasBody) this.#stream.end(body)
  }

  holdBack(): void {
    this.#stream.pause()
  }

  letFlow(): void {
    this.#stream.resume()
  }

  /** Nobody waits for the rest. */
  cancel(): void {
    this.#user = null
    this.#stream.close(constants.NGHTTP2_CANCEL)
    // Or its end would wait to be read.
    this.#stream.resume()
  }

  #listen(): void {
    const stream = this.#stream
    // Also the end of a stream that was reset is an end to its reader: only one that comes before its close was the server's.
    const push = stream.push.bind(stream)
    stream.push = (chunk: unknown, encoding?: BufferEncoding) => {
      if (chunk === null && !stream.closed) this.#isWhole = true
      return push(chunk, encoding)
    }
    stream.on('headers', () => {
      this.#owner.onHeard()
      this.#user?.onBytes(someBytes)
    })
    stream.on('response', (headers, _flags, raw?: readonly string[]) => this.#responded(headers[':status'], raw ?? []))
    stream.on('data', (chunk: Buffer) => {
      this.#received += chunk.length
      this.#owner.onHeard()
      this.#user?.onBytes(chunk)
      this.#user?.onResponseData(chunk)
    })
    stream.on('trailers', (_headers, _flags, raw?: readonly string[]) => {
      this.#trailers = fieldsOf(raw ?? [])
    })
    stream.on('end', () => this.#ended())
    stream.on('error', (error: unknown) => this.#failed(error))
    stream.on('close', () => {
      this.#failed(null)
      this.#owner.onStreamClose(this.#resetCode())
    })
  }

  #responded(status: number | undefined, raw: readonly string[]): void {
    this.#owner.onHeard()
    const user = this.#user
    if (user === null) return
    const fields = fieldsOf(raw)
    const length = fields.get('content-length')
    this.#hasHead = true
    this.#length = typeof length === 'string' ? Number(length) : Number.NaN
    user.onBytes(someBytes)
    user.onResponseStart(status ?? 0, fields)
  }

  #ended(): void {
    const user = this.#user
    if (!this.#isWhole || !this.#hasHead || user === null) return
    this.#user = null
    user.onResponseEnd(this.#trailers)
    // The server has answered without taking the whole request.
    if (!this.#stream.writableFinished) this.#stream.close(constants.NGHTTP2_CANCEL)
  }

  #failed(error: unknown): void {
    const user = this.#user
    if (user === null) return
    this.#user = null
    this.#owner.onHeard()
    user.onResponseError({ code: this.#codeOf(error) })
  }

  #codeOf(error: unknown): string {
    const code = systemCode(error) ?? ''
    const { id } = this.#stream
    if (!this.#hasHead && (id === undefined || id > this.#owner.lastStreamId)) return refused
    const reset = this.#resetCode()
    // Nghttp2 compares the two: what is cut off is the network's doing, also where a server in between says that this was all.
    if (reset === 'NGHTTP2_PROTOCOL_ERROR' && this.#received < this.#length)
      return 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH'
    if (code !== '' && code !== 'ERR_HTTP2_STREAM_ERROR' && code !== 'ERR_HTTP2_SESSION_ERROR') return code
    return reset
  }

  #resetCode(): string {
    const code = this.#stream.rstCode ?? 0
    return `NGHTTP2_${errorNames[code] ?? code}`
  }
}

function headersOf(
  { method, path, headers, servername }: WireRequest,
  length: number | null,
): Record<string, string | string[]> {
  const fields = new Map<string, string | string[]>([
    [':method', method],
    [':scheme', 'https'],
    [':authority', servername],
    [':path', path],
  ])
  for (let at = 0; at + 1 < headers.length; at += 2) {
    const name = String(headers[at]).toLowerCase()
    const value = String(headers[at + 1])
    if (name === 'host') fields.set(':authority', value)
    if (hopByHop.has(name)) continue
    const before = fields.get(name)
    fields.set(name, before === undefined ? value : [before, value].flat())
  }
  if (length !== null) fields.set('content-length', String(length))
  return Object.fromEntries(fields)
}

/** Names and values in turn. Node reads them as latin1. */
function fieldsOf(raw: readonly string[]): HeaderFields {
  const isPseudo = raw[0]?.startsWith(':') === true
  return new HeaderFields(raw.slice(isPseudo ? 2 : 0).map((text) => Buffer.from(text, 'latin1')))
}
