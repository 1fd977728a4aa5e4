// The lines of an output file, with their places; none costs more memory than the limit.

import { read as readCallback } from 'node:fs'
import { promisify } from 'node:util'

export interface OutputLines {
  /** Called for every line that ends: its bytes without the line end, valid for the call, and where it begins in the file. */
  onLine(bytes: Buffer, start: number, end: number, offset: number): void
  /** A line that is longer than the limit, its line end included. */
  onLongLine(offset: number, length: number): void
}

/** A record is smaller than this, whatever it includes: that is what --include-limit has its own limit for. */
export const longestLine = 2 ** 26

const pieceBytes = 2 ** 20
const LF = 0x0a

const read = promisify(readCallback)

/** What follows the last line end. */
export interface LineRest {
  readonly offset: number
  readonly length: number
  /** None where that is longer than a line may be. */
  readonly bytes: Buffer
}

export interface LineLimits {
  /** So much is read at a time. */
  readonly piece?: number
  /** At least a piece. */
  readonly longest?: number
}

/** Reads a file from its beginning to its end: each piece while the lines of the one before are looked at. */
export async function readOutputLines(
  fd: number,
  to: OutputLines,
  { piece = pieceBytes, longest = longestLine }: LineLimits = {},
): Promise<LineRest> {
  const lines = new LineCutter(to, longest)
  let current = Buffer.allocUnsafe(piece)
  let next = Buffer.allocUnsafe(piece)
  let offset = 0
  let reading = read(fd, current, 0, piece, offset)
  for (;;) {
    const { bytesRead } = await reading
    if (bytesRead === 0) return lines.rest
    offset += bytesRead
    reading = read(fd, next, 0, piece, offset)
    try {
      lines.push(current, bytesRead)
    } catch (error) {
      // Whoever is told may close the file.
      await reading.catch(() => {})
      throw error
    }
    ;[current, next] = [next, current]
  }
}

class LineCutter {
  readonly #to: OutputLines
  readonly #longest: number
  /** Of the file: bytes that came. */
  #offset = 0
  /** Where the line begins that has not ended, and what came of it, unless it is too long. */
  #lineOffset = 0
  #kept = Buffer.alloc(0)
  #keptLength = 0
  #isTooLong = false

  constructor(to: OutputLines, longest: number) {
    this.#to = to
    this.#longest = longest
  }

  get rest(): LineRest {
    return {
      offset: this.#lineOffset,
      length: this.#offset - this.#lineOffset,
      bytes: this.#kept.subarray(0, this.#keptLength),
    }
  }

  push(bytes: Buffer, length: number): void {
    let start = 0
    for (let end = indexOf(bytes, 0, length); end !== -1; end = indexOf(bytes, start, length)) {
      if (this.#lineOffset < this.#offset) this.#endKept(bytes, end)
      else this.#to.onLine(bytes, start, end, this.#lineOffset)
      start = end + 1
      this.#lineOffset = this.#offset + start
    }
    this.#keep(bytes, start, length)
    this.#offset += length
  }

  #endKept(bytes: Buffer, end: number): void {
    const length = this.#offset + end + 1 - this.#lineOffset
    this.#keep(bytes, 0, end)
    if (this.#isTooLong) this.#to.onLongLine(this.#lineOffset, length)
    else this.#to.onLine(this.#kept, 0, this.#keptLength, this.#lineOffset)
    this.#keptLength = 0
    this.#isTooLong = false
  }

  /** With its line end it is as long as the limit at most. */
  #keep(bytes: Buffer, start: number, end: number): void {
    const length = this.#keptLength + end - start
    if (this.#isTooLong || length >= this.#longest) {
      this.#isTooLong = true
      this.#keptLength = 0
      return
    }
    if (length > this.#kept.length) this.#grow(length)
    this.#keptLength += bytes.copy(this.#kept, this.#keptLength, start, end)
  }

  #grow(length: number): void {
    const larger = Buffer.allocUnsafe(Math.min(this.#longest, Math.max(length, this.#kept.length * 2)))
    this.#kept.copy(larger, 0, 0, this.#keptLength)
    this.#kept = larger
  }
}

function indexOf(buffer: Buffer, from: number, to: number): number {
  const index = buffer.indexOf(LF, from)
  return index < to ? index : -1
}
