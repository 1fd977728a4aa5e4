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
    stopListening = endOnSignals(ending, graceMs)
    return { clock, ending }
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

  it('leaves the third one to the system, which ends the process', () => {
    setUp()
    process.emit('SIGINT')
    expect(listeners()).toEqual(before.map((count) => count + 1))
    process.emit('SIGINT')
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
