import { describe, expect, it } from 'vitest'
import { Seen } from '../../src/core/seen.js'
import { sha256 } from '../support/digest.js'
import { seed, seededRandom } from '../support/random.js'

const ok = { statusCode: 200, errorType: null }

describe('Seen', () => {
  it('tells the first of those that are alike', () => {
    const seen = new Seen(sha256)
    expect(seen.add('a', 1)).toBe(1)
    expect(seen.add('b', 2)).toBe(2)
    expect(seen.add('a', 3)).toBe(1)
    expect(seen.add('a', 4)).toBe(1)
    expect(seen.size).toBe(2)
  })

  it('keeps what became of the first', () => {
    const seen = new Seen(sha256)
    seen.add('a', 5)
    seen.add('b', 9)
    expect(seen.outcome(5)).toBe(null)
    expect(seen.settle(5, ok)).toBe(true)
    expect(seen.settle(9, { statusCode: null, errorType: 'dns' })).toBe(true)
    expect(seen.outcome(5)).toEqual(ok)
    expect(seen.outcome(9)).toEqual({ statusCode: null, errorType: 'dns' })
  })

  it('knows nothing of an id that was no first', () => {
    const seen = new Seen(sha256)
    seen.add('a', 5)
    seen.add('a', 6)
    for (const id of [1, 6, 7]) {
      expect(seen.settle(id, ok), `${id}`).toBe(false)
      expect(seen.outcome(id), `${id}`).toBe(null)
    }
    expect(seen.outcome(5)).toBe(null)
  })

  it('has ids beyond 32 bits', () => {
    const seen = new Seen(sha256)
    const ids = [2 ** 32 - 1, 2 ** 32, 2 ** 45 - 1]
    for (const id of ids) seen.add(`${id}`, id)
    seen.settle(2 ** 32, ok)
    for (const id of ids) expect(seen.add(`${id}`, 2 ** 45)).toBe(id)
    expect(ids.map((id) => seen.outcome(id))).toEqual([null, ok, null])
  })

  it('takes ids only in their order', () => {
    const seen = new Seen(sha256)
    seen.add('a', 7)
    expect(() => seen.add('b', 7)).toThrow(RangeError)
  })

  // All of one table, all with the same place in it.
  it.each([
    ['the first eight bytes', (text: string) => `........${text.padStart(4)}`],
    ['all but the first three bytes', (text: string) => `${text.padStart(4).slice(-3)}.........`],
    ['all but four bytes in the middle', (text: string) => `....${text.padStart(4)}....`],
  ])('tells digests apart that share %s', (_what, digest) => {
    const seen = new Seen(digest)
    const keys = Array.from({ length: 500 }, (_, index) => `${index}`)
    for (const [index, key] of keys.entries()) expect(seen.add(key, index + 1)).toBe(index + 1)
    for (const [index, key] of keys.entries()) expect(seen.add(key, 1000)).toBe(index + 1)
  })

  it('looks at no more than twelve bytes of the digest', () => {
    const seen = new Seen((text) => text)
    expect(seen.add('twelve bytes, and more', 1)).toBe(1)
    expect(seen.add('twelve bytes.', 2)).toBe(1)
  })

  it('answers as a map would, while it grows', () => {
    const random = seededRandom(seed)
    const seen = new Seen(sha256)
    const firsts = new Map<string, number>()
    const outcomes = new Map<number, number>()
    for (let id = 1; id <= 40_000; id++) {
      const key = `https://a.test/${random.below(60_000)}`
      const first = firsts.get(key) ?? id
      firsts.set(key, first)
      expect(seen.add(key, id), `SEED=${seed}`).toBe(first)
      const settled = 1 + random.below(id)
      const statusCode = 100 + random.below(900)
      if (seen.settle(settled, { statusCode, errorType: null })) outcomes.set(settled, statusCode)
    }
    expect(seen.size, `SEED=${seed}`).toBe(firsts.size)
    expect(outcomes.size, `SEED=${seed}`).toBeGreaterThan(1000)
    for (const id of firsts.values()) {
      expect(seen.outcome(id)?.statusCode, `SEED=${seed}`).toBe(outcomes.get(id))
    }
  })
})

describe('Seen, where ids come in any order', () => {
  it('knows what was alike, and what became of it', () => {
    const seen = new Seen(sha256, false)
    expect([seen.add('x', 9), seen.add('y', 2), seen.add('x', 1), seen.add('y', 30)]).toEqual([9, 2, 9, 2])
    expect(seen.outcome(2)).toBeNull()
    expect([
      seen.settle(9, { statusCode: 200, errorType: null }),
      seen.settle(1, { statusCode: 200, errorType: null }),
    ]).toEqual([true, false])
    expect(seen.add('x', 5)).toBe(9)
    expect(seen.outcome(9)).toEqual({ statusCode: 200, errorType: null })
  })
})
