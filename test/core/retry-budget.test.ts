import { describe, expect, it } from 'vitest'
import { RetryBudget } from '../../src/core/retry-budget.js'

/** Every request fails and wants two more. */
function outage(share: number, urls: number) {
  const budget = new RetryBudget(share)
  let retries = 0
  for (let url = 0; url < urls; url++) {
    budget.onRequest()
    for (let retry = 0; retry < 2 && budget.spend(); retry++) {
      budget.onRequest()
      retries++
    }
  }
  return { retries, share: retries / (retries + urls) }
}

describe('RetryBudget', () => {
  it('keeps retries to a share of all requests when everything fails', () => {
    expect(outage(0.2, 10_000).share).toBeLessThanOrEqual(0.2)
    expect(outage(0.2, 10_000).share).toBeGreaterThan(0.199)
    expect(outage(0.5, 10_000).share).toBeCloseTo(0.5, 3)
  })

  it('leaves a short run its retries', () => {
    expect(outage(0.2, 25).retries).toBe(50)
    expect(outage(0.2, 100).retries).toBe(50)
  })

  it('has none at 0, and no limit at 1', () => {
    expect(outage(0, 100).retries).toBe(0)
    expect(outage(1, 1000).retries).toBe(2000)
  })
})
