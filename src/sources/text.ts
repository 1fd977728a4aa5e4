// Bytes become lines. Blank lines and comments are passed over, and no line costs more memory than the limit.

import { isUtf8 } from 'node:buffer'
import type { Splitter } from './format.js'

/** Of a line that is no more than a URL; counted without the line end. */
export const maxLineBytes = 65_536

/** So much is given of a line that is longer than that. */
const headBytes = 1024

/** What is kept of a line that goes on gets so much room at first. */
const firstRoom = 65_536

const LF = 0x0a
const CR = 0x0d
const HASH = 0x23

/** A line that counts, without the white space around it: a span of bytes, valid until the next line is asked for. */
export interface Line {
  readonly bytes: Buffer
  readonly start: number
  readonly end: number
  /** Where `bytes` begin in the list. */
  readonly offset: number
  /** Over the limit: the span is only its beginning. */
  readonly isTooLong: boolean
}

/** A line ends with LF, CRLF or CR. However the bytes are cut into chunks, the lines are the same. */
export class LineSplitter implements Splitter<Line> {
  readonly #maxBytes: number
  /** The beginning of a line that the chunk before did not end, from its first byte that is not white space. */
  #kept: Buffer | undefined
  #keptLength = 0
  /** Where it begins in the list. */
  #keptOffset = 0
  /** Of that line, white space included. */
  #length = 0
  #kind: 'blank' | 'comment' | 'text' = 'blank'
  /** A CR ended the chunk before: an LF now is of the same line end. */
  #sawCr = false

  /** @param maxBytes a line that is longer is given as too long */
  constructor(maxBytes = maxLineBytes) {
    this.#maxBytes = maxBytes
  }

  *push(chunk: Buffer, offset: number): Generator<Line, void, undefined> {
    if (chunk.length === 0) return
    let position = this.#sawCr && chunk[0] === LF ? 1 : 0
    this.#sawCr = false
    let lf = indexOf(chunk, LF, position)
    let cr = indexOf(chunk, CR, position)
    while (lf < chunk.length || cr < chunk.length) {
      const end = Math.min(lf, cr)
      const line =
        this.#length === 0
          ? wholeLine(chunk, position, end, offset, this.#maxBytes)
          : this.#endKept(chunk, position, end, offset)
      position = end + 1
      if (end === cr) {
        if (position === chunk.length) this.#sawCr = true
        else if (chunk[position] === LF) position++
      }
      if (lf < position) lf = indexOf(chunk, LF, position)
      if (cr < position) cr = indexOf(chunk, CR, position)
      if (line !== undefined) yield line
    }
    this.#keep(chunk, position, chunk.length, offset)
  }

  *end(): Generator<Line, void, undefined> {
    const line = this.#endKept(Buffer.alloc(0), 0, 0, 0)
    if (line !== undefined) yield line
  }

  #keep(chunk: Buffer, from: number, to: number, offset: number): void {
    this.#length += to - from
    let start = from
    if (this.#kind === 'blank') {
      start = skipSpace(chunk, from, to)
      if (start === to) return
      this.#kind = chunk[start] === HASH ? 'comment' : 'text'
      this.#keptOffset = offset + start
    }
    if (this.#kind === 'comment') return
    const kept = this.#room(this.#keptLength + to - start)
    this.#keptLength += chunk.copy(kept, this.#keptLength, start, to)
  }

  /** For so many bytes, or as many as are kept at all. */
  #room(bytes: number): Buffer {
    const kept = this.#kept ?? Buffer.alloc(0)
    if (bytes <= kept.length || kept.length === this.#maxBytes) return kept
    const larger = Buffer.allocUnsafeSlow(Math.min(this.#maxBytes, Math.max(firstRoom, 2 * bytes)))
    kept.copy(larger, 0, 0, this.#keptLength)
    this.#kept = larger
    return larger
  }

  #endKept(chunk: Buffer, from: number, to: number, offset: number): Line | undefined {
    this.#keep(chunk, from, to, offset)
    const line =
      this.#kind === 'text' && this.#kept !== undefined
        ? trimmedLine(this.#kept, 0, this.#keptLength, this.#keptOffset, this.#length > this.#maxBytes)
        : undefined
    this.#length = this.#keptLength = 0
    this.#kind = 'blank'
    return line
  }
}

function wholeLine(chunk: Buffer, from: number, to: number, offset: number, maxBytes: number): Line | undefined {
  const start = skipSpace(chunk, from, to)
  if (start === to || chunk[start] === HASH) return undefined
  return trimmedLine(chunk, start, to, offset, to - from > maxBytes)
}

/** `start` is a byte that is not white space. */
function trimmedLine(bytes: Buffer, start: number, to: number, offset: number, isTooLong: boolean): Line {
  let end = isTooLong ? Math.min(to, start + headBytes) : to
  while (isSpace(bytes[end - 1])) end--
  return { bytes, start, end, offset, isTooLong }
}

function skipSpace(bytes: Buffer, from: number, to: number): number {
  let start = from
  while (start < to && isSpace(bytes[start])) start++
  return start
}

/** Whether decoding to `text` replaced something. The character itself may stand in a list, so the bytes have the last word. */
export function isMangled(text: string, { bytes, start, end }: Pick<Line, 'bytes' | 'start' | 'end'>): boolean {
  return text.includes('\ufffd') && !isUtf8(bytes.subarray(start, end))
}

/** Whether nothing of a line's text is lost where it is cut at this byte: white space, or a line end. */
export function isBlank(byte: number | undefined): boolean {
  return byte === LF || byte === CR || isSpace(byte)
}

/** Space, tab, vertical tab, form feed. */
function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x09 || byte === 0x0b || byte === 0x0c
}

/** The length where there is none, so that positions compare. */
function indexOf(chunk: Buffer, byte: number, from: number): number {
  const index = chunk.indexOf(byte, from)
  return index === -1 ? chunk.length : index
}
