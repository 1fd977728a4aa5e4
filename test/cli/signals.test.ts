import { afterEach, describe, expect, it } from 'vitest'
import { endOnSignals } from '../../src/cli/signals.js'
import { Ending } from '../../src/core/ending.js'
import { VirtualClock } from '../support/virtual-clock.js'

const names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
const listeners = () => names.map((name) => process.listenerCount(name))

describe('endOnSignals', () => {
  const before = listeners()
  let stopListening: () => void = () => {}
  afterEach(() => stopListening())

  function setUp(graceMs = 1000) {
    const clock = new VirtualClock()
    const ending = new Ending(clock)
    const gaveUp: string[] = []
    stopListening = endOnSignals(ending, { graceMs, clock, giveUp: (name) => void gaveUp.push(name) })
    return { clock, ending, gaveUp }
  }

  it.each(names)('lets what is in flight finish after a first %s, for as long as the grace', async (name) => {
    const { clock, ending } = setUp()
    process.emit(name)
    expect(ending.cause).toEqual({ kind: 'signal', name })
    expect([ending.intake.aborted, ending.flight.aborted]).toEqual([true, false])
    await clock.advance(1000)
    expect(ending.flight.aborted).toBe(true)
  })

  it('drops what is in flight at the second one, and says what the first one was', () => {
    const { clock, ending } = setUp()
    process.emit('SIGTERM')
    process.emit('SIGINT')
    expect(ending.flight.aborted).toBe(true)
    expect(ending.cause).toEqual({ kind: 'signal', name: 'SIGTERM' })
    expect(clock.timers).toBe(0)
  })

  it('takes the same signal again at once for an echo of the first, as npx sends it', async () => {
    const { clock, ending } = setUp()
    process.emit('SIGINT')
    process.emit('SIGINT')
    expect(ending.flight.aborted).toBe(false)
    await clock.advance(100)
    process.emit('SIGINT')
    expect(ending.flight.aborted).toBe(true)
  })

  it('gives up at the third one, and listens no longer', () => {
    const { gaveUp } = setUp()
    for (const name of ['SIGINT', 'SIGTERM'] as const) process.emit(name)
    expect(listeners()).toEqual(before.map((count) => count + 1))
    expect(gaveUp).toEqual([])
    process.emit('SIGINT')
    expect(gaveUp).toEqual(['SIGINT'])
    expect(listeners()).toEqual(before)
  })

  it('listens no longer once the run is over', () => {
    const { ending } = setUp()
    stopListening()
    expect(listeners()).toEqual(before)
    stopListening()
    expect(listeners()).toEqual(before)
    expect(ending.cause).toBeNull()
  })
})
