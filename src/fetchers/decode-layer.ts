// Undoes one content coding with zlib, within a limit of size.

import type { Transform } from 'node:stream'
import { systemCode } from '../core/errors.js'
import type { Failure } from '../types.js'
import { tooLargeFailure } from './failure.js'
import { lasting } from './inflow.js'

export type Coding = 'gzip' | 'deflate' | 'br' | 'zstd'

type ZlibStream = Transform & { readonly bytesWritten: number }

/** Since Node 22.15 and 23.8, unknown to the types of Node 20. */
interface Zstd {
  createZstdDecompress?: () => ZlibStream
  zstdDecompressSync?: (data: Uint8Array) => Buffer
}

/** Loaded when it is needed: where no body is coded, that is never. */
const zlib = () => process.getBuiltinModule('node:zlib')
const zstd = () => zlib() as Zstd

/** Node 22 (22.23.3 at least) takes a frame that was cut off anywhere for a whole one: half a body would be a body. */
export const hasZstd = 'zstd' in process.versions && noticesCut(zstd().zstdDecompressSync)

function noticesCut(decompress: Zstd['zstdDecompressSync']): boolean {
  if (decompress === undefined) return false
  try {
    // The magic number of a frame (RFC 8878 §3.1.1), and nothing else.
    decompress(Buffer.of(0x28, 0xb5, 0x2f, 0xfd))
    return false
  } catch {
    return true
  }
}

export interface LayerSink {
  /** False: enough for now, wait for `onceDrained`. */
  write(chunk: Buffer): boolean
  end(): void
  onceDrained(resume: () => void): void
}

/** What waits for zlib before the layer says that it is enough. */
const mostWaitingBytes = 65_536

const nothing: Buffer = Buffer.alloc(0)

/** Raw deflate may be followed by the checksum of the zlib format that it should have been: curl skips as many bytes. */
const rawDeflateTrailer = 4

/**
 * It opens with the first byte, so that an empty body is an empty body in any coding. Zlib is given one piece at a time, and asked
 * how much of it it wanted: what is behind the end of the coded data must not pass unnoticed, however the bytes are cut.
 */
export class DecodeLayer implements LayerSink {
  readonly #coding: Coding
  readonly #maxBytes: number
  readonly #next: LayerSink
  readonly #fail: (failure: Failure) => void
  #waiting: Buffer[] = []
  #waitingBytes = 0
  #stream: ZlibStream | null = null
  /** Given to the present stream. */
  #fedBytes = 0
  #lastFed = nothing
  /** The stream is at work, or about to end. */
  #isBusy = false
  #isStreamDone = false
  /** Bytes that may follow the end of the coded data. */
  #spareBytes = 0
  #isEnding = false
  #isOver = false
  #bytes = 0
  #resume: (() => void) | null = null

  constructor(coding: Coding, maxBytes: number, next: LayerSink, fail: (failure: Failure) => void) {
    this.#coding = coding
    this.#maxBytes = maxBytes
    this.#next = next
    this.#fail = fail
  }

  write(chunk: Buffer): boolean {
    if (this.#isOver || chunk.length === 0) return true
    this.#waiting.push(lasting(chunk))
    this.#waitingBytes += chunk.length
    this.#feed()
    return this.#waitingBytes < mostWaitingBytes
  }

  end(): void {
    this.#isEnding = true
    this.#feed()
  }

  onceDrained(resume: () => void): void {
    this.#resume = resume
  }

  destroy(): void {
    this.#isOver = true
    this.#stream?.destroy()
  }

  #feed(): void {
    if (this.#isOver || this.#isBusy) return
    if (this.#waiting.length === 0) return this.#end()
    const chunk = this.#takeWaiting()
    if (this.#isStreamDone && this.#coding !== 'zstd') this.#skip(chunk)
    else this.#write(chunk)
    const resume = this.#resume
    this.#resume = null
    resume?.()
  }

  #takeWaiting(): Buffer {
    const [first = nothing] = this.#waiting
    const chunk = this.#waiting.length === 1 ? first : Buffer.concat(this.#waiting)
    this.#waiting = []
    this.#waitingBytes = 0
    return chunk
  }

  #write(chunk: Buffer): void {
    const stream = (this.#stream ??= this.#open(chunk))
    this.#isBusy = true
    this.#fedBytes += chunk.length
    this.#lastFed = chunk
    stream.write(chunk, (error) => {
      // Where bytes were left, the coded data are at their end: the stream ends as soon as its last piece is taken, or has.
      if (error || this.#stream !== stream || stream.bytesWritten < this.#fedBytes) return
      this.#isBusy = false
      this.#feed()
    })
  }

  /** The last of what was fed. */
  #takeBack(unreadBytes: number): void {
    if (unreadBytes === 0) return
    this.#waiting.unshift(this.#lastFed.subarray(this.#lastFed.length - unreadBytes))
    this.#waitingBytes += unreadBytes
  }

  #skip(chunk: Buffer): void {
    this.#spareBytes -= chunk.length
    if (this.#spareBytes < 0) this.#fail(trailingFailure(this.#coding))
    else this.#feed()
  }

  #end(): void {
    if (!this.#isEnding) return
    if (this.#stream !== null) {
      this.#isBusy = true
      this.#stream.end()
      return
    }
    this.#isOver = true
    this.#next.end()
  }

  #open(chunk: Buffer): ZlibStream {
    // RFC 9110 §8.4.1.2: "deflate" is zlib's format, yet some servers send it without zlib's header.
    const isRaw = this.#coding === 'deflate' && ((chunk[0] ?? 0) & 0x0f) !== 8
    if (isRaw) this.#spareBytes = rawDeflateTrailer
    const stream = isRaw ? zlib().createInflateRaw() : openStream(this.#coding)
    stream.on('data', (decoded: Buffer) => {
      if (this.#isOver) return
      this.#bytes += decoded.length
      if (this.#bytes > this.#maxBytes) return this.#fail(tooLargeFailure(this.#maxBytes))
      if (this.#next.write(decoded)) return
      stream.pause()
      this.#next.onceDrained(() => stream.resume())
    })
    stream.once('end', () => {
      if (this.#isOver) return
      // What it left unread would keep it open.
      stream.destroy()
      this.#stream = null
      this.#isStreamDone = true
      this.#takeBack(this.#fedBytes - stream.bytesWritten)
      this.#fedBytes = 0
      this.#lastFed = nothing
      this.#isBusy = false
      this.#feed()
    })
    stream.on('error', (error) => this.#fail(decodeFailure(error, this.#coding)))
    return stream
  }
}

function openStream(coding: Coding): ZlibStream {
  switch (coding) {
    case 'gzip':
      return zlib().createGunzip()
    case 'deflate':
      return zlib().createInflate()
    case 'br':
      return zlib().createBrotliDecompress()
    case 'zstd':
      return zstd().createZstdDecompress?.() ?? zlib().createGunzip()
  }
}

function decodeFailure(error: unknown, coding: Coding): Failure {
  const code = systemCode(error) ?? 'DECODE'
  if (code === 'Z_BUF_ERROR') return { type: 'decode', code, message: `the ${coding} data of the body ends early` }
  return { type: 'decode', code, message: `the body is not valid ${coding} data` }
}

function trailingFailure(coding: Coding): Failure {
  return { type: 'decode', code: 'TRAILING_DATA', message: `the body goes on behind the end of its ${coding} data` }
}
