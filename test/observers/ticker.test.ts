// Tests of what is done again and again.

import { describe, expect, it } from 'vitest'
import { startTicker } from '../../src/observers/ticker.js'
import { VirtualClock } from '../support/virtual-clock.js'

describe('startTicker', () => {
  it('ticks until it is cancelled, and then leaves no timer', async () => {
    const clock = new VirtualClock()
    const ticks: number[] = []
    const ticker = startTicker(clock, 100, () => ticks.push(clock.now()))
    await clock.advance(350)
    ticker.cancel()
    expect(clock.timers).toBe(0)
    await clock.advance(350)
    expect(ticks).toEqual([100, 200, 300])
  })

  it('can be cancelled from within a tick', async () => {
    const clock = new VirtualClock()
    let ticks = 0
    const ticker = startTicker(clock, 100, () => {
      ticks += 1
      ticker.cancel()
    })
    await clock.advance(1000)
    expect([ticks, clock.timers]).toEqual([1, 0])
  })
})
