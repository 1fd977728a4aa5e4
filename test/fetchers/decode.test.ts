// Which codings a body has, and decoding apart from any response.

import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib'
import * as zlib from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { Decoder, readCodings } from '../../src/fetchers/decode.js'
import { type Coding, hasZstd } from '../../src/fetchers/decode-layer.js'
import type { Failure } from '../../src/types.js'
import { seed, seededRandom } from '../support/random.js'

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
      return true
    }
    const decoder = new Decoder(['gzip'], 1000, {
      onDecoded: count,
      onceDrained: count,
      onDecodeEnd: count,
      onDecodeFailed: count,
    })
    decoder.write(gzipSync('hello'))
    decoder.destroy()
    decoder.end()
    await decode(gzipSync('the time that another one takes'), 5)
    expect(calls).toBe(0)
  })
})

const text = Buffer.from('the quick brown fox '.repeat(500))
const gzip = gzipSync(text)
const deflate = deflateSync(text)
const raw = deflateRawSync(text)
const br = brotliCompressSync(text)
const { zstdCompressSync } = zlib as { zstdCompressSync?: (data: Buffer) => Buffer }
// Where the decoder is of use, too.
const zstd = (hasZstd ? zstdCompressSync?.(text) : undefined) ?? Buffer.alloc(0)

const junk = Buffer.from('junk')
const withBit = (body: Buffer, fromEnd: number) => {
  const copy = Buffer.from(body)
  copy[copy.length - fromEnd] = (copy[copy.length - fromEnd] ?? 0) ^ 1
  return copy
}

/**
 * What `curl --compressed` 7.88.1 makes of such a body, in its exit code and the bytes it writes: 0 is well, 61 and 23 are failures.
 * Ours is the same, but for three things. Data that end early are a failure, since the body was not fully received: curl writes
 * what there is and says nothing. Members of gzip that follow each other are one body (RFC 1952 §2.2): curl fails. A body coded three
 * times or more is refused, and curl decodes up to five.
 */
const asCurl: readonly (readonly [what: string, coding: string, body: Buffer, curl: number, ours: string])[] = [
  ['whole', 'gzip', gzip, 0, 'ok'],
  ['whole', 'x-gzip', gzip, 0, 'ok'],
  ['whole', 'deflate', deflate, 0, 'ok'],
  ['without the header of zlib', 'deflate', raw, 0, 'ok'],
  ['whole', 'br', br, 0, 'ok'],
  ['whole', 'zstd', zstd, 0, 'ok'],
  ['coded twice', 'gzip, deflate', deflateSync(gzip), 0, 'ok'],
  ['empty', 'gzip', Buffer.alloc(0), 0, 'ok'],
  ['empty', 'deflate', Buffer.alloc(0), 0, 'ok'],
  ['empty', 'br', Buffer.alloc(0), 0, 'ok'],
  ['empty', 'zstd', Buffer.alloc(0), 0, 'ok'],
  ['of another kind', 'gzip', Buffer.from('not at all'), 61, 'Z_DATA_ERROR'],
  ['of another kind', 'deflate', Buffer.from('not at all'), 61, 'Z_DATA_ERROR'],
  ['of another kind', 'br', Buffer.from('not at all'), 61, 'ERR__ERROR_FORMAT_PADDING_2'],
  ['of another kind', 'zstd', Buffer.from('not at all'), 61, 'ZSTD_error_prefix_unknown'],
  ['with a wrong checksum', 'gzip', withBit(gzip, 6), 61, 'Z_DATA_ERROR'],
  ['with a wrong length', 'gzip', withBit(gzip, 1), 61, 'Z_DATA_ERROR'],
  ['with a wrong checksum', 'deflate', withBit(deflate, 1), 61, 'Z_DATA_ERROR'],
  ['followed by other data', 'gzip', Buffer.concat([gzip, junk]), 23, 'Z_DATA_ERROR'],
  ['followed by zeros', 'gzip', Buffer.concat([gzip, Buffer.alloc(64)]), 23, 'TRAILING_DATA'],
  ['followed by other data', 'deflate', Buffer.concat([deflate, junk]), 23, 'TRAILING_DATA'],
  ['without the header of zlib, with a checksum', 'deflate', Buffer.concat([raw, junk]), 0, 'ok'],
  ['without the header of zlib, with more than that', 'deflate', Buffer.concat([raw, junk, junk]), 23, 'TRAILING_DATA'],
  ['followed by other data', 'br', Buffer.concat([br, junk]), 23, 'TRAILING_DATA'],
  ['followed by other data', 'zstd', Buffer.concat([zstd, junk]), 61, 'ZSTD_error_prefix_unknown'],
  ['of two frames', 'zstd', Buffer.concat([zstd, zstd]), 0, 'ok'],
  ['followed by other data, inside', 'gzip, gzip', gzipSync(Buffer.concat([gzip, junk])), 23, 'Z_DATA_ERROR'],
  // Where ours differs.
  ['of two members', 'gzip', Buffer.concat([gzip, gzip]), 23, 'ok'],
  ['cut in its head', 'gzip', gzip.subarray(0, 5), 0, 'Z_BUF_ERROR'],
  ['cut in its middle', 'gzip', gzip.subarray(0, gzip.length >> 1), 0, 'Z_BUF_ERROR'],
  ['cut in its checksum', 'gzip', gzip.subarray(0, -4), 0, 'Z_BUF_ERROR'],
  ['cut in its middle', 'deflate', deflate.subarray(0, 20), 0, 'Z_BUF_ERROR'],
  ['cut in its middle', 'br', br.subarray(0, -5), 0, 'Z_BUF_ERROR'],
  ['cut in its middle', 'zstd', zstd.subarray(0, -5), 0, 'Z_BUF_ERROR'],
]

describe('a body', () => {
  it.each(asCurl.filter(([, coding]) => zstd.length > 0 || coding !== 'zstd'))(
    'that is %s is the same wherever it is cut: %s',
    async (what, coding, body, _curl, ours) => {
      const order = readCodings(coding)
      if ('type' in order) throw new Error(order.message)
      const random = seededRandom(seed)
      const sizes = [() => Math.max(1, body.length), () => 1, () => 1 + random.below(20), () => 1 + random.below(60)]
      for (const size of sizes) {
        const { parts, outcome } = await decode(body, size, order)
        expect(outcome?.code ?? 'ok', `SEED=${seed}`).toBe(ours)
        if (ours !== 'ok' || body.length === 0) continue
        const whole = what.startsWith('of two') ? Buffer.concat([text, text]) : text
        expect(Buffer.concat(parts).equals(whole), `SEED=${seed}`).toBe(true)
      }
    },
  )
})

describe('a body that ends early', () => {
  const bodies: readonly (readonly [Coding, Buffer])[] = [
    ['gzip', gzip],
    ['deflate', deflate],
    ['br', br],
    ...(zstd.length > 0 ? [['zstd', zstd] as const] : []),
  ]
  it.each(bodies)('is no whole one, wherever it ends: %s', async (coding, body) => {
    for (let length = 1; length < body.length; length++) {
      const { outcome } = await decode(body.subarray(0, length), () => length, [coding])
      expect(outcome?.type, `${length} of ${body.length} bytes`).toBe('decode')
    }
  })
})

describe('a decoder whose output is not taken', () => {
  it('says so, decodes no further, and goes on when it is', async () => {
    const body = gzipSync(Buffer.alloc(20_000_000))
    const state = { bytes: 0, atLastTake: 0, most: 0, takes: 0 }
    const outcome = await new Promise<Failure | null>((resolve) => {
      const decoder = new Decoder(['gzip'], 1e9, {
        onDecoded(part) {
          state.bytes += part.length
          state.most = Math.max(state.most, state.bytes - state.atLastTake)
          return false
        },
        // Much later: all that comes in the meantime comes unasked.
        onceDrained: (resume) => {
          state.takes += 1
          setTimeout(() => {
            state.atLastTake = state.bytes
            resume()
          }, 1)
        },
        onDecodeEnd: () => resolve(null),
        onDecodeFailed: resolve,
      })
      decoder.write(body)
      decoder.end()
    })
    expect(outcome).toBeNull()
    expect(state.bytes).toBe(20_000_000)
    // What zlib had ready when it was told, and no more.
    expect(state.most).toBeLessThan(200_000)
    expect(state.takes).toBeGreaterThan(50)
  })

  it('has enough when much waits for it, and says when that is taken', async () => {
    const body = gzipSync(Buffer.alloc(400_000), { level: 0 })
    const outcome = await new Promise<Failure | null>((resolve) => {
      const decoder = new Decoder(['gzip'], 1e9, {
        onDecoded: () => true,
        onceDrained: () => {},
        onDecodeEnd: () => resolve(null),
        onDecodeFailed: resolve,
      })
      const half = body.length >> 1
      expect(decoder.write(body.subarray(0, half))).toBe(true)
      expect(decoder.write(body.subarray(half))).toBe(false)
      decoder.onceDrained(() => decoder.end())
    })
    expect(outcome).toBeNull()
  })
})

async function decode(body: Buffer, size: number | (() => number), order: readonly Coding[] = ['gzip']) {
  const parts: Buffer[] = []
  let ends = 0
  const outcome = await new Promise<Failure | null>((resolve) => {
    const over = (failure: Failure | null) => {
      ends += 1
      resolve(failure)
    }
    const decoder = new Decoder(order, 100_000, {
      onDecoded: (part) => parts.push(part) > 0,
      onceDrained: () => {},
      onDecodeEnd: () => over(null),
      onDecodeFailed: over,
    })
    const send = async () => {
      for (let at = 0; at < body.length; ) {
        const end = at + (typeof size === 'number' ? size : size())
        decoder.write(body.subarray(at, end))
        at = end
        // So that zlib gets them one by one, not as one piece.
        await new Promise((next) => setImmediate(next))
      }
      decoder.end()
    }
    void send()
  })
  await new Promise((resolve) => setImmediate(resolve))
  return { parts, outcome, ends }
}
