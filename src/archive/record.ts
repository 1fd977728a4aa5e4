// One record of a WARC file (ISO 28500:2017): its head, and the whole of one whose block is in memory.

import { randomUUID } from 'node:crypto'

export type RecordType = 'warcinfo' | 'request' | 'response'

export interface RecordFields {
  readonly type: RecordType
  readonly id: string
  /** Ms since the epoch. */
  readonly at: number
  /** Further named fields, in their order; what is null is left out. */
  readonly fields: readonly (readonly [name: string, value: string | null])[]
  readonly contentType: string
  /** Of the block. */
  readonly length: number
}

/** Behind every block. */
export const recordEnd = Buffer.from('\r\n\r\n')

export function newRecordId(): string {
  return `<urn:uuid:${randomUUID()}>`
}

/** With the blank line that ends it. */
export function recordHead({ type, id, at, fields, contentType, length }: RecordFields): Buffer {
  const rest = fields.map(([name, value]) => (value === null ? '' : `${name}: ${oneLine(value)}\r\n`)).join('')
  return Buffer.from(
    `WARC/1.1\r\nWARC-Type: ${type}\r\nWARC-Record-ID: ${id}\r\nWARC-Date: ${new Date(at).toISOString()}\r\n${rest}` +
      `Content-Type: ${contentType}\r\nContent-Length: ${length}\r\n\r\n`,
  )
}

/** A block of `name: value` lines (application/warc-fields); what is null is left out. */
export function warcFields(fields: readonly (readonly [name: string, value: string | null])[]): Buffer {
  return Buffer.from(fields.map(([name, value]) => (value === null ? '' : `${name}: ${oneLine(value)}\r\n`)).join(''))
}

/** A line end would begin another field. */
function oneLine(value: string): string {
  return value.replace(/[\r\n]+/g, ' ')
}
