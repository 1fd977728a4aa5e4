import { describe, expect, it } from 'vitest'
import { QuotaWindow } from '../../src/limiters/quota-window.js'

const forever = Number.POSITIVE_INFINITY
const window = (remaining: number) => new QuotaWindow({ remaining, resetMs: 10_000 }, 10_000, 0)

describe('QuotaWindow', () => {
  it('lets no more be under way than are left, and then waits for the reset', () => {
    const quota = window(2)
    expect([0, 1, 2, 3].map((inFlight) => quota.delay(inFlight, 4000))).toEqual([0, 0, 6000, 6000])
  })

  it('lets one ask after the reset, and the others wait for its answer', () => {
    const quota = window(0)
    expect(quota.delay(0, 10_000)).toBe(0)
    quota.acquire(0, 10_000)
    expect(quota.delay(1, 10_001)).toBe(forever)
    quota.told({ remaining: 5, resetMs: 10_000 }, 20_050, 0)
    expect(quota.delay(0, 10_050)).toBe(0)
  })

  it('goes by what the one who asked is told, also where the reset did not change', () => {
    const quota = window(0)
    quota.acquire(0, 10_000)
    quota.told({ remaining: 5, resetMs: 0 }, 10_050, 0)
    expect(quota.delay(0, 10_050)).toBe(0)
  })

  it('lets the next one ask where the first brought no answer, but not for one that began before', () => {
    const quota = window(0)
    quota.acquire(1, 10_000)
    expect(quota.ended(500, 1)).toBe(false)
    expect(quota.delay(1, 10_001)).toBe(forever)
    expect(quota.ended(10_000, 1)).toBe(true)
    expect(quota.delay(1, 10_001)).toBe(0)
  })

  it('takes a request that ended without an answer for one that was counted', () => {
    const quota = window(2)
    quota.ended(0, 0)
    expect(quota.delay(1, 0)).toBe(10_000)
    for (let count = 0; count < 5; count++) quota.ended(0, 0)
    expect(quota.delay(0, 10_000)).toBe(0)
  })

  it('is of no more use where a later request is answered without a word of it', () => {
    const quota = new QuotaWindow({ remaining: 3, resetMs: 10_000 }, 12_000, 2000)
    expect(quota.ended(1999, 1)).toBe(false)
    expect(quota.ended(2001, 1)).toBe(true)
  })

  it('goes by the answer that leaves least, in whatever order they come', () => {
    const quota = window(5)
    quota.told({ remaining: 1, resetMs: 9000 }, 10_400, 0)
    quota.told({ remaining: 3, resetMs: 9000 }, 10_200, 0)
    expect(quota.delay(1, 0)).toBe(10_000)
  })

  it('begins anew with a later window, and not with one before', () => {
    const quota = window(0)
    quota.told({ remaining: 9, resetMs: 0 }, 5000, 0)
    expect(quota.delay(0, 0)).toBe(10_000)
    quota.told({ remaining: 9, resetMs: 0 }, 20_000, 0)
    expect(quota.delay(0, 0)).toBe(0)
  })

  it('is over after the reset where something was left', () => {
    expect(window(1).isOver(9999)).toBe(false)
    expect(window(1).isOver(10_000)).toBe(true)
    expect(window(0).isOver(10_000)).toBe(false)
  })

  it('is kept in mind for as long as it matters', () => {
    expect(window(0).forgettableAt(0)).toBeGreaterThan(10_000)
    expect(window(5).forgettableAt(0)).toBe(10_000)
    expect(new QuotaWindow({ remaining: 5, resetMs: 0 }, 3_600_000, 0).forgettableAt(0)).toBe(10_000)
  })
})
