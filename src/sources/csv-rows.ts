// Bytes of a table become rows (RFC 4180), of which none costs more memory than the limit. Cells are not looked at.

import type { Splitter } from './format.js'

/** Counted without the line end. */
export const maxRowBytes = 2 ** 20

/** So much is given of a row that is longer than that. */
const headBytes = 1024

const LF = 0x0a
const CR = 0x0d
const QUOTE = 0x22

/** The delimiters that a header row may have; a list has one of them. */
export const delimiters = [',', ';', '\t'] as const
export type Delimiter = (typeof delimiters)[number]

/** A row that is not empty, without its line end: a span of bytes, valid until the next row is asked for. */
export interface TableRow {
  readonly bytes: Buffer
  readonly start: number
  readonly end: number
  /** Where `bytes` begin in the list; without meaning where it is too long. */
  readonly offset: number
  /**
   * `too-long`: the span is only its beginning. `quotes`: text follows a closing quote, and the row is taken for a line, as the quote that
   * opened may be the mistake. `unclosed`: the list ended within quotes. `late`: the same as `quotes`, too long after the quote opened for
   * the lines between to be rows again.
   */
  readonly fault: 'too-long' | 'quotes' | 'unclosed' | 'late' | null
}

/** Where the scan is: before the first byte of a cell, in one without quotes, in quotes, behind a quote in quotes, behind that and a CR, behind a fault. */
type State = 'begin' | 'plain' | 'quoted' | 'quote' | 'cr' | 'faulty' | 'late'

/**
 * A row ends with LF or CRLF outside of quotes. A quote opens a cell only as its first byte. However the bytes are cut into chunks, the rows
 * are the same.
 */
export class RowSplitter implements Splitter<TableRow> {
  #delimiters: readonly number[] = delimiters.map((delimiter) => delimiter.charCodeAt(0))
  /** A row that the chunk before did not end. */
  #kept: Buffer = Buffer.alloc(0)
  /** Where it begins in the list. */
  #keptOffset = 0
  /** So much of it is scanned. */
  #scanned = 0
  #state: State = 'begin'
  /** The beginning of a row that has grown too long: the rest of it is not kept. */
  #head: Buffer | null = null
  /** What is not kept of it has a line end, within quotes. */
  #hasLineEnd = false

  /** From the next row on. Before, any may be one. */
  setDelimiter(delimiter: Delimiter): void {
    this.#delimiters = [delimiter.charCodeAt(0)]
  }

  *push(chunk: Buffer, offset: number): Generator<TableRow, void, undefined> {
    const bytesOffset = offset - this.#kept.length
    const bytes = this.#kept.length === 0 ? chunk : Buffer.concat([this.#kept, chunk])
    let start = 0
    let quote = positionOf(bytes, QUOTE, 0)
    for (;;) {
      if (quote < start) quote = positionOf(bytes, QUOTE, start)
      // Most rows have no quote: their end is where a line's is.
      const lineEnd = this.#scanned === start && this.#state === 'begin' ? positionOf(bytes, LF, start) : -1
      const end = lineEnd !== -1 && lineEnd < quote ? lineEnd : this.#scan(bytes, start)
      if (end === -1 || end === bytes.length) break
      const row = this.#row(bytes, start, end, bytesOffset)
      start = end + 1
      this.#scanned = start
      this.#state = 'begin'
      this.#head = null
      this.#hasLineEnd = false
      if (row.end > row.start) yield row
    }
    this.#keep(bytes, start)
    this.#keptOffset = bytesOffset + start
  }

  *end(): Generator<TableRow, void, undefined> {
    const bytes = this.#kept
    const row = this.#row(bytes, 0, bytes.length, this.#keptOffset)
    if (this.#state === 'quoted') yield { ...row, fault: 'unclosed' }
    else if (row.end > row.start) yield row
    this.#kept = Buffer.alloc(0)
  }

  /** The position of the LF that ends the row which begins at `start`; -1 where it is not there yet. */
  #scan(bytes: Buffer, start: number): number {
    let at = this.#scanned
    for (; at < bytes.length; at++) {
      const byte = bytes[at]
      if (this.#state === 'faulty' || this.#state === 'late') {
        // The row of a line: it may end before the fault.
        const end = bytes.indexOf(LF, this.#head === null ? start : at)
        if (end !== -1) return end
        at = bytes.length
        break
      }
      if (this.#state === 'quoted') {
        at = bytes.indexOf(QUOTE, at)
        if (at === -1) at = bytes.length
        else this.#state = 'quote'
      } else if (this.#state === 'begin' || this.#state === 'plain') {
        if (byte === LF) return at
        if (byte === QUOTE && this.#state === 'begin') this.#state = 'quoted'
        else this.#state = this.#isDelimiter(byte) ? 'begin' : 'plain'
      } else if (byte === LF) return at
      else if (this.#state === 'quote' && byte === QUOTE) this.#state = 'quoted'
      else if (this.#state === 'quote' && this.#isDelimiter(byte)) this.#state = 'begin'
      else if (this.#state === 'quote' && byte === CR) this.#state = 'cr'
      else {
        this.#fault(bytes, start, at)
        at--
      }
    }
    this.#scanned = Math.min(at, bytes.length)
    return -1
  }

  /** The row of a line can be given only as long as all of it is kept, wherever chunks end. */
  #fault(bytes: Buffer, start: number, at: number): void {
    this.#state = 'faulty'
    if (this.#head === null && at - start <= maxRowBytes + 1) return
    this.#head ??= Buffer.from(bytes.subarray(start, start + headBytes))
    if (this.#hasLineEnd || bytes.subarray(start, at).includes(LF)) this.#state = 'late'
  }

  #row(bytes: Buffer, start: number, end: number, offset: number): TableRow {
    if (this.#head !== null) {
      const fault = this.#state === 'late' ? 'late' : 'too-long'
      return { bytes: this.#head, start: 0, end: this.#head.length, offset, fault }
    }
    const last = end > start && bytes[end - 1] === CR ? end - 1 : end
    if (last - start > maxRowBytes) return { bytes, start, end: start + headBytes, offset, fault: 'too-long' }
    return { bytes, start, end: last, offset, fault: this.#state === 'faulty' ? 'quotes' : null }
  }

  #keep(bytes: Buffer, start: number): void {
    if (this.#head === null && bytes.length - start > maxRowBytes + 1) {
      this.#head = Buffer.from(bytes.subarray(start, start + headBytes))
    }
    this.#hasLineEnd ||= this.#head !== null && bytes.subarray(start).includes(LF)
    // A copy: the chunk is the reader's.
    this.#kept = this.#head === null ? Buffer.from(bytes.subarray(start)) : Buffer.alloc(0)
    this.#scanned = this.#head === null ? this.#scanned - start : 0
  }

  #isDelimiter(byte: number | undefined): boolean {
    return byte !== undefined && this.#delimiters.includes(byte)
  }
}

/** The length where there is none, so that positions compare. */
function positionOf(bytes: Buffer, byte: number, from: number): number {
  const position = bytes.indexOf(byte, from)
  return position === -1 ? bytes.length : position
}
