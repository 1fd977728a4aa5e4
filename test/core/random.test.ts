// Random numbers: those of the reference, evenly spread.

import { describe, expect, it } from 'vitest'
import { seededRandom, shuffle, xoshiro128 } from '../../src/core/random.js'

const draw = (next: () => number, count: number): number[] => Array.from({ length: count }, next)

/** Sum of squared deviations from what is expected of each cell. */
function chiSquare(counts: readonly number[], cells: number): number {
  const expected = counts.reduce((sum, count) => sum + count, 0) / cells
  const empty = (cells - counts.length) * expected
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, empty)
}

describe('xoshiro128', () => {
  it('gives the numbers of the reference implementation', () => {
    expect(draw(xoshiro128([1, 2, 3, 4]), 10)).toEqual([
      11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 3734860849, 3729100597, 4258142804,
    ])
  })
})

describe('seededRandom', () => {
  // By the reference implementation in C, with its state from SplitMix.
  it.each([
    [0, [3809008728, 1133695204, 53579671, 2891528803, 139681546]],
    [1, [2442144158, 3238099751, 3819917871, 2104621829, 2021136066]],
    [42, [2837322924, 544945897, 479756282, 3500138142, 339756180]],
    [2 ** 32 - 1, [835879718, 1921286648, 2356205009, 1885780724, 980451116]],
  ])('repeats the numbers of seed %i', (seed, numbers) => {
    const random = seededRandom(seed)
    expect(draw(() => random.next(), 5)).toEqual(numbers)
  })

  it('draws below a limit, every number as likely as the other', () => {
    const random = seededRandom(7)
    const counts = [0, 0, 0, 0, 0, 0, 0]
    for (let round = 0; round < 70_000; round++) {
      const drawn = random.below(7)
      counts[drawn] = (counts[drawn] ?? 0) + 1
    }
    // 6 degrees of freedom: above 38 once in a million.
    expect(counts).toHaveLength(7)
    expect(chiSquare(counts, 7)).toBeLessThan(38)
    expect(draw(() => random.below(1), 3)).toEqual([0, 0, 0])
  })

  it('does not favour small numbers where the limit does not divide the range', () => {
    const random = seededRandom(8)
    const limit = 3 * 2 ** 30
    // A mere remainder would be in the lower third half of the time.
    const low = draw(() => random.below(limit), 30_000).filter((drawn) => drawn < 2 ** 30).length
    expect(Math.abs(low - 10_000)).toBeLessThan(500)
  })
})

describe('shuffle', () => {
  it('makes every order of four as likely as any other', () => {
    const counts = new Map<string, number>()
    for (let seed = 0; seed < 24_000; seed++) {
      const order = shuffle([1, 2, 3, 4], seededRandom(seed)).join('')
      counts.set(order, (counts.get(order) ?? 0) + 1)
    }
    // 23 degrees of freedom: above 73 once in a million.
    expect(chiSquare([...counts.values()], 24)).toBeLessThan(73)
  })

  it('loses nothing', () => {
    for (let length = 0; length < 50; length++) {
      const items = Array.from({ length }, (_, index) => index)
      expect(shuffle([...items], seededRandom(length)).toSorted((a, b) => a - b)).toEqual(items)
    }
  })
})
