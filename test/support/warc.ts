// Reads archives with a library of somebody else's, and checks what every record says of itself.

import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { createReadStream, statSync } from 'node:fs'
import { WARCParser } from 'warcio'

export interface WarcEntry {
  readonly type: string
  readonly id: string
  readonly uri: string | null
  readonly field: (name: string) => string | null
  readonly block: Buffer
  /** Of a request or response. */
  readonly status: number | null
  readonly statusLine: string | null
  /** As a browser would have it: without transfer coding and content coding. */
  readonly content: Buffer | null
}

/** All records, in their order. Throws where a digest is wrong, a member of gzip broken, or something between them. */
export async function readWarc(path: string): Promise<WarcEntry[]> {
  // Nothing could be written.
  if (statSync(path).size === 0) return []
  if (path.endsWith('.gz')) execFileSync('gzip', ['-t', path])
  const entries: WarcEntry[] = []
  const blocks = await blocksOf(path)
  for await (const record of WARCParser.iterRecords(createReadStream(path))) {
    const { headers, statusline } = record.warcHeaders
    const field = (name: string) => headers.get(name) ?? null
    const block = blocks[entries.length] ?? Buffer.alloc(0)
    if (statusline !== 'WARC/1.1') throw new Error(`a record of ${statusline}`)
    if (field('content-length') !== String(block.length)) throw new Error(`a block of ${block.length} bytes`)
    if (field('warc-block-digest') !== sha1(block)) throw new Error(`a wrong digest of ${block.toString('latin1')}`)
    const isHttp = record.warcType === 'request' || record.warcType === 'response'
    const content = isHttp ? Buffer.from(await record.readFully(true)) : null
    entries.push({
      type: record.warcType ?? '',
      id: field('warc-record-id') ?? '',
      uri: field('warc-target-uri'),
      field,
      block,
      status: record.warcType === 'response' ? Number(record.httpHeaders?.statusCode) : null,
      statusLine: record.httpHeaders?.statusline ?? null,
      content,
    })
  }
  if (entries.length !== blocks.length) throw new Error('as many records as blocks')
  return entries
}

export function responsesOf(entries: readonly WarcEntry[]): WarcEntry[] {
  return entries.filter(({ type }) => type === 'response')
}

/** RFC 4648 base32 by way of the one with other digits that the language knows. */
export function sha1(bytes: Uint8Array): string {
  const number = BigInt(`0x${createHash('sha1').update(bytes).digest('hex')}`)
  const digits = number.toString(32).padStart(32, '0')
  return `sha1:${digits.replace(/./g, (digit) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'[Number.parseInt(digit, 32)] ?? '')}`
}

async function blocksOf(path: string): Promise<Buffer[]> {
  const blocks: Buffer[] = []
  for await (const record of WARCParser.iterRecords(createReadStream(path), { parseHttp: false })) {
    blocks.push(Buffer.from(await record.readFully(false)))
  }
  return blocks
}
