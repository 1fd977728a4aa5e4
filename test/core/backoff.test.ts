import { describe, expect, it } from 'vitest'
import { backoffDelay } from '../../src/core/backoff.js'

describe('backoffDelay', () => {
  it('is anywhere from nothing to its bound: full jitter', () => {
    expect([0, 0.25, 0.5].map((random) => backoffDelay(0, random))).toEqual([0, 125, 250])
    expect(backoffDelay(3, 0)).toBe(0)
  })

  it('has a bound of 500 ms at first, which doubles up to 30 s', () => {
    const bounds = [0, 1, 2, 3, 4, 5, 6, 7, 100, 5000].map((retry) => backoffDelay(retry, 0.5) * 2)
    expect(bounds).toEqual([500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000, 30_000])
  })
})
