import { describe, expect, it } from 'vitest'
import { GateClock } from '../../src/core/gate-clock.js'
import { Spacing } from '../../src/core/spacing.js'

describe('GateClock', () => {
  it('is never closed where there is no gate', () => {
    const clock = new GateClock(null)
    clock.acquire(5)
    expect(clock.delay(5)).toBe(0)
    expect(clock.closedMs(1000)).toBe(0)
  })

  it('asks the gate, and passes on every start', () => {
    const clock = new GateClock(new Spacing(100))
    expect(clock.delay(0)).toBe(0)
    clock.acquire(0)
    expect(clock.delay(30)).toBe(70)
  })

  it('has nothing to show before the first start', () => {
    expect(new GateClock(new Spacing(100)).closedMs(1000)).toBe(0)
  })

  it('runs while the gate is closed and stands still while it is open', () => {
    const clock = new GateClock(new Spacing(100))
    clock.acquire(1000)
    expect([1000, 1030, 1100, 1500].map((now) => clock.closedMs(now))).toEqual([0, 30, 100, 100])
    clock.acquire(2000)
    expect([2000, 2030, 2100, 9000].map((now) => clock.closedMs(now))).toEqual([100, 130, 200, 200])
  })

  it('counts no moment twice where a start comes while the gate is closed', () => {
    const clock = new GateClock(new Spacing(100))
    clock.acquire(0)
    clock.acquire(60)
    expect(clock.closedMs(60)).toBe(60)
    expect(clock.closedMs(100)).toBe(100)
    expect(clock.closedMs(10_000)).toBe(200)
  })
})
