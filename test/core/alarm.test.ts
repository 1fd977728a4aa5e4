import { describe, expect, it } from 'vitest'
import { Alarm } from '../../src/core/alarm.js'
import { VirtualClock } from '../support/virtual-clock.js'

function setUp() {
  const clock = new VirtualClock()
  const rings: number[] = []
  const alarm = new Alarm(clock, () => rings.push(clock.now()))
  return { clock, rings, alarm }
}

describe('Alarm', () => {
  it('rings once, at its time', async () => {
    const { clock, rings, alarm } = setUp()
    await clock.advance(5)
    alarm.set(20)
    await clock.advance(100)
    expect(rings).toEqual([20])
    expect(clock.timers).toBe(0)
  })

  it('rings at the time set last, earlier or later', async () => {
    const { clock, rings, alarm } = setUp()
    alarm.set(20)
    alarm.set(10)
    await clock.advance(15)
    alarm.set(40)
    alarm.set(50)
    await clock.advance(100)
    expect(rings).toEqual([10, 50])
  })

  it('leaves no timer when it is cleared, and may be set again', async () => {
    const { clock, rings, alarm } = setUp()
    alarm.set(20)
    alarm.clear()
    expect(clock.timers).toBe(0)
    alarm.set(20)
    await clock.advance(20)
    expect(rings).toEqual([20])
  })
})
