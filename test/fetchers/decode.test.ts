// Which codings a body has, and decoding apart from any response.

import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { Decoder, readCodings } from '../../src/fetchers/decode.js'
import type { Failure } from '../../src/types.js'

describe('codings', () => {
  it.each([
    [null, []],
    ['', []],
    ['identity', []],
    [' GZIP , identity,', ['gzip']],
    ['x-gzip', ['gzip']],
    ['deflate, br', ['br', 'deflate']],
    ['br, unheard-of', []],
  ])('of %j are undone from the last to the first', (contentEncoding, order) => {
    expect(readCodings(contentEncoding)).toEqual(order)
  })

  it('are two at most', () => {
    expect(readCodings('gzip, gzip, gzip')).toMatchObject({ type: 'decode', code: 'CODINGS' })
  })
})

describe('a decoder', () => {
  it('hands on what it decodes, in order', async () => {
    const { parts, outcome } = await decode(gzipSync('hello'), 3)
    expect(Buffer.concat(parts).toString()).toBe('hello')
    expect(outcome).toBeNull()
  })

  it('fails once, and is silent afterwards', async () => {
    const { outcome, ends } = await decode(Buffer.from('this is not gzip, not at all'), 4)
    expect(outcome).toMatchObject({ type: 'decode', code: 'Z_DATA_ERROR' })
    expect(ends).toBe(1)
  })

  it('that is destroyed is silent', async () => {
    let calls = 0
    const count = () => {
      calls += 1
    }
    const decoder = new Decoder(['gzip'], 1000, { onDecoded: count, onDecodeEnd: count, onDecodeFailed: count })
    decoder.write(gzipSync('hello'))
    decoder.destroy()
    decoder.end()
    await decode(gzipSync('the time that another one takes'), 5)
    expect(calls).toBe(0)
  })
})

async function decode(body: Buffer, chunkBytes: number) {
  const parts: Buffer[] = []
  let ends = 0
  const outcome = await new Promise<Failure | null>((resolve) => {
    const over = (failure: Failure | null) => {
      ends += 1
      resolve(failure)
    }
    const decoder = new Decoder(['gzip'], 1000, {
      onDecoded: (part) => void parts.push(part),
      onDecodeEnd: () => over(null),
      onDecodeFailed: over,
    })
    for (let at = 0; at < body.length; at += chunkBytes) decoder.write(body.subarray(at, at + chunkBytes))
    decoder.end()
  })
  await new Promise((resolve) => setImmediate(resolve))
  return { parts, outcome, ends }
}
