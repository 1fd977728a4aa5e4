import { gunzipSync } from 'node:zlib'
import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import {
  beginsMember,
  gzipMember,
  gzipPieces,
  lengthAt,
  lengthField,
  memberHeadBytes,
  memberLength,
} from '../../src/archive/member.js'

const records = [
  Buffer.alloc(0),
  Buffer.from('WARC/1.1\r\n'),
  Buffer.alloc(32_768, 'ab'),
  Buffer.alloc(32_769, 'ab'),
  randomBytes(300_000),
]

describe('a gzip member', () => {
  it.each(records)('is unpacked by others, and tells its length', async (record) => {
    const member = await gzipMember(record)
    expect(gunzipSync(member).equals(record)).toBe(true)
    expect(memberLength(member.subarray(0, memberHeadBytes))).toBe(member.length)
  })

  it.each(records)('is the same in pieces, once its length is written', async (record) => {
    async function* pieces() {
      for (let at = 0; at < record.length; at += 10_000) yield record.subarray(at, at + 10_000)
    }
    const packed: Buffer[] = []
    for await (const piece of gzipPieces(pieces())) packed.push(piece)
    const member = Buffer.concat(packed)
    expect(memberLength(member)).toBe(0)
    lengthField(member.length).copy(member, lengthAt)
    expect(memberLength(member)).toBe(member.length)
    expect(gunzipSync(member).equals(record)).toBe(true)
  })

  it('fails where the record cannot be read', async () => {
    async function* pieces() {
      yield Buffer.from('x')
      throw new Error('gone')
    }
    const reading = async () => {
      for await (const _ of gzipPieces(pieces()));
    }
    await expect(reading()).rejects.toThrow('gone')
  })

  it('is told from other bytes by its head', async () => {
    const member = await gzipMember(Buffer.from('x'))
    expect(memberLength(member.subarray(0, memberHeadBytes - 1))).toBe(null)
    expect(memberLength(Buffer.alloc(100))).toBe(null)
    for (let length = 1; length < memberHeadBytes; length++) expect(beginsMember(member.subarray(0, length))).toBe(true)
    expect(beginsMember(Buffer.from([0x1f, 0x8b, 8, 0]))).toBe(false)
  })
})
