// Undoes one content coding with zlib, within a limit of size.

import type { Transform } from 'node:stream'
import * as zlib from 'node:zlib'
import { systemCode } from '../core/errors.js'
import type { Failure } from '../types.js'
import { tooLargeFailure } from './failure.js'

export type Coding = 'gzip' | 'deflate' | 'br' | 'zstd'

// Since Node 22.15 and 23.8, unknown to the types of Node 20.
const { createZstdDecompress } = zlib as { createZstdDecompress?: () => Transform }

export const hasZstd = createZstdDecompress !== undefined

export interface LayerSink {
  /** False: enough for now, wait for `onceDrained`. */
  write(chunk: Buffer): boolean
  end(): void
  onceDrained(resume: () => void): void
}

/** It opens with the first byte, so that an empty body is an empty body in any coding. */
export class DecodeLayer implements LayerSink {
  readonly #coding: Coding
  readonly #maxBytes: number
  readonly #next: LayerSink
  readonly #fail: (failure: Failure) => void
  #stream: Transform | null = null
  #bytes = 0
  #isOver = false

  constructor(coding: Coding, maxBytes: number, next: LayerSink, fail: (failure: Failure) => void) {
    this.#coding = coding
    this.#maxBytes = maxBytes
    this.#next = next
    this.#fail = fail
  }

  write(chunk: Buffer): boolean {
    if (this.#isOver || chunk.length === 0) return true
    this.#stream ??= this.#open(chunk)
    return this.#stream.write(chunk)
  }

  end(): void {
    if (this.#isOver) return
    if (this.#stream === null) this.#next.end()
    else this.#stream.end()
  }

  onceDrained(resume: () => void): void {
    this.#stream?.once('drain', resume)
  }

  destroy(): void {
    this.#isOver = true
    this.#stream?.destroy()
  }

  #open(chunk: Buffer): Transform {
    const stream = openStream(this.#coding, chunk)
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
      this.#isOver = true
      // Padding after the end of the coded data is left unread, which would keep the stream open.
      stream.destroy()
      this.#next.end()
    })
    stream.on('error', (error) => this.#fail(decodeFailure(error, this.#coding)))
    return stream
  }
}

function openStream(coding: Coding, chunk: Buffer): Transform {
  switch (coding) {
    case 'gzip':
      return zlib.createGunzip()
    case 'deflate':
      // RFC 9110 §8.4.1.2: "deflate" is zlib's format, yet some servers send it without zlib's header.
      return ((chunk[0] ?? 0) & 0x0f) === 8 ? zlib.createInflate() : zlib.createInflateRaw()
    case 'br':
      return zlib.createBrotliDecompress()
    case 'zstd':
      return createZstdDecompress?.() ?? zlib.createGunzip()
  }
}

function decodeFailure(error: unknown, coding: Coding): Failure {
  const code = systemCode(error) ?? 'DECODE'
  if (code === 'Z_BUF_ERROR') return { type: 'decode', code, message: `the ${coding} data of the body ends early` }
  return { type: 'decode', code, message: `the body is not valid ${coding} data` }
}
