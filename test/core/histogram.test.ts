import { describe, expect, it } from 'vitest'
import { Histogram } from '../../src/core/histogram.js'
import { seed, seededRandom } from '../support/random.js'

function filled(values: readonly number[]): Histogram {
  const histogram = new Histogram()
  for (const value of values) histogram.add(value)
  return histogram
}

describe('Histogram', () => {
  it('is empty until it has a value', () => {
    expect(new Histogram().isEmpty).toBe(true)
    expect(filled([1]).isEmpty).toBe(false)
  })

  it('knows the least and the greatest value exactly', () => {
    const histogram = filled([3.21, 70, 1234.5])
    expect([histogram.quantile(0), histogram.quantile(1)]).toEqual([3.21, 1234.5])
    expect(filled([42]).quantile(0.5)).toBe(42)
  })

  it(`is within 1 % of the value at a rank, whatever the values (seed ${seed})`, () => {
    const random = seededRandom(seed)
    const values = Array.from({ length: 2000 }, () => 0.01 * 10 ** (random.next() * 9))
    const histogram = filled(values)
    const sorted = values.toSorted((a, b) => a - b)
    for (const q of [0.01, 0.5, 0.9, 0.99, 1]) {
      const exact = sorted[Math.ceil(q * sorted.length) - 1] ?? Number.NaN
      expect(Math.abs(histogram.quantile(q) / exact - 1)).toBeLessThanOrEqual(0.0101)
    }
  })
})
