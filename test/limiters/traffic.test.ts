import { describe, expect, it } from 'vitest'
import { RecentTraffic, Traffic } from '../../src/limiters/traffic.js'

describe('Traffic', () => {
  it('counts what was given in its first second as that of a second', () => {
    const traffic = new Traffic(0)
    for (let now = 0; now < 100; now += 10) traffic.given(now)
    expect(traffic.perSecond(100)).toBe(10)
    expect(traffic.accepted).toBe(10)
  })

  it.each([5000, 5400, 5950])('says how much is given per second, whenever it is asked: after %i ms', (until) => {
    const traffic = new Traffic(0)
    for (let now = 0; now < until; now += 50) traffic.given(now)
    expect(traffic.perSecond(until)).toBeCloseTo(20, 5)
  })

  it('forgets what was given two seconds ago', () => {
    const traffic = new Traffic(0)
    for (let count = 0; count < 10; count++) traffic.given(0)
    expect(traffic.perSecond(2000)).toBe(0)
    expect(traffic.accepted).toBe(10)
  })

  it('measures a slow rate over as long as is said', () => {
    const traffic = new Traffic(0)
    for (let now = 0; now <= 60_000; now += 4000) traffic.given(now, 32_000)
    expect(traffic.perSecond(62_000)).toBeGreaterThan(0.2)
    expect(traffic.perSecond(62_000)).toBeLessThan(0.3)
  })
})

describe('RecentTraffic', () => {
  it('finds the traffic of a host that was asked lately', () => {
    const recent = new RecentTraffic()
    recent.begin('a', 0)
    recent.begin('a', 1500)
    expect(recent.find('a')?.inFlight).toBe(2)
    expect(recent.find('b')).toBeUndefined()
  })

  it('forgets a host of two seconds ago, but not while its requests are under way', () => {
    const recent = new RecentTraffic()
    recent.begin('done', 0)
    recent.begin('slow', 0)
    const done = recent.find('done')
    if (done) done.inFlight = 0
    for (let now = 1000; now <= 9000; now += 1000) recent.begin('other', now)
    expect(recent.find('done')).toBeUndefined()
    expect(recent.find('slow')?.inFlight).toBe(1)
    expect(recent.size).toBe(2)
  })

  it('hands a host over once, with what is known of it', () => {
    const recent = new RecentTraffic()
    recent.begin('a', 0)
    expect(recent.take('a', 10).inFlight).toBe(1)
    expect(recent.take('a', 10).inFlight).toBe(0)
    expect(recent.size).toBe(0)
  })
})
