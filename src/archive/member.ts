// A gzip member (RFC 1952) of its own for each record, so that each can be read alone. It says how long it is: whoever looks for the last one
// need not unpack what is before it.

import { crc32, createDeflateRaw, deflateRaw as deflateRawLater, deflateRawSync } from 'node:zlib'
import { promisify } from 'node:util'

const deflateRaw = promisify<Buffer, Buffer>(deflateRawLater)

/** Deflate, with an extra field; no time, no system. The field is called "PF" and has 8 bytes. */
export const memberOpening = Buffer.from([0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 0xff, 12, 0, 0x50, 0x46, 8, 0])
/** Where the length of the member stands, and how long its head is. */
export const lengthAt = memberOpening.length
export const memberHeadBytes = memberOpening.length + 8

/** What takes longer would hold up the event loop; for less the way through the thread pool is longer. */
const mostAtOnce = 32_768

export function gzipMember(record: Buffer): Buffer | Promise<Buffer> {
  if (record.length > mostAtOnce) return deflateRaw(record).then((packed) => wrapped(record, packed))
  return wrapped(record, deflateRawSync(record))
}

/**
 * For what is not in memory. The length is not known before the end: it is 0 until what `lengthField` gives is written over it, `lengthAt` bytes
 * from the member's beginning.
 */
export async function* gzipPieces(record: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let crc = 0
  let length = 0
  const deflate = createDeflateRaw({ chunkSize: 65_536 })
  const feeding = (async () => {
    try {
      for await (const piece of record) {
        crc = crc32(piece, crc)
        length += piece.length
        if (!deflate.write(piece)) await new Promise((resolve) => deflate.once('drain', resolve))
      }
      deflate.end()
    } catch (error) {
      deflate.destroy(error instanceof Error ? error : new Error(String(error)))
    }
  })()
  yield memberHead(0)
  for await (const packed of deflate) yield packed
  await feeding
  yield trailer(crc, length)
}

export function lengthField(memberBytes: number): Buffer {
  const field = Buffer.alloc(8)
  field.writeBigUInt64LE(BigInt(memberBytes))
  return field
}

/** How long the member is whose head this is: 0 where that was never told, null for any other bytes. */
export function memberLength(head: Buffer): number | null {
  if (head.length < memberHeadBytes || !head.subarray(0, memberOpening.length).equals(memberOpening)) return null
  return Number(head.readBigUInt64LE(lengthAt))
}

/** Whether these few bytes may be the beginning of a member. */
export function beginsMember(bytes: Buffer): boolean {
  const length = Math.min(bytes.length, memberOpening.length)
  return bytes.subarray(0, length).equals(memberOpening.subarray(0, length))
}

function wrapped(record: Buffer, packed: Buffer): Buffer {
  const length = memberHeadBytes + packed.length + 8
  return Buffer.concat([memberHead(length), packed, trailer(crc32(record), record.length)], length)
}

function memberHead(length: number): Buffer {
  return Buffer.concat([memberOpening, lengthField(length)])
}

function trailer(crc: number, length: number): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeUInt32LE(crc >>> 0, 0)
  bytes.writeUInt32LE(length % 2 ** 32, 4)
  return bytes
}
