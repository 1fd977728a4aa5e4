// The lines of an output file, with their places; none costs more memory than the limit.

import { read as readCallback } from 'node:fs'
import { promisify } from 'node:util'

export interface OutputLines {
  /** Called for every line that ends: its bytes without the line end, and where it begins in the file. */
  onLine(bytes: Buffer, start: number, end: number, offset: number): void
  /** A line that is longer than the limit, its line end included. */
  onLongLine(offset: number, length: number): void
}

/** A record is smaller than this, whatever it includes. */
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
  /** So much is read at a time; a line that is longer takes more. */
  readonly piece?: number
  readonly longest?: number
}

/** Reads a file from its beginning to its end. */
export async function readOutputLines(
  fd: number,
  to: OutputLines,
  { piece = pieceBytes, longest = longestLine }: LineLimits = {},
): Promise<LineRest> {
  let buffer: Buffer = Buffer.allocUnsafe(piece)
  /** Of the buffer: what is of a line that has not ended. */
  let kept = 0
  /** Where the buffer begins in the file. */
  let offset = 0
  let skippedFrom: number | null = null
  for (;;) {
    if (kept === buffer.length) {
      if (buffer.length >= longest) {
        skippedFrom ??= offset
        offset += kept
        kept = 0
      } else buffer = grown(buffer, longest)
    }
    const { bytesRead } = await read(fd, buffer, kept, buffer.length - kept, offset + kept)
    if (bytesRead === 0) {
      const begin = skippedFrom ?? offset
      return {
        offset: begin,
        length: offset + kept - begin,
        bytes: buffer.subarray(0, skippedFrom === null ? kept : 0),
      }
    }
    const filled = kept + bytesRead
    let start = 0
    for (let end = indexOf(buffer, kept, filled); end !== -1; end = indexOf(buffer, start, filled)) {
      if (skippedFrom === null) to.onLine(buffer, start, end, offset + start)
      else to.onLongLine(skippedFrom, offset + end + 1 - skippedFrom)
      skippedFrom = null
      start = end + 1
    }
    buffer.copyWithin(0, start, filled)
    kept = filled - start
    offset += start
  }
}

function grown(buffer: Buffer, longest: number): Buffer {
  const larger = Buffer.allocUnsafe(Math.min(buffer.length * 2, longest))
  buffer.copy(larger)
  return larger
}

function indexOf(buffer: Buffer, from: number, to: number): number {
  const index = buffer.indexOf(LF, from)
  return index < to ? index : -1
}
