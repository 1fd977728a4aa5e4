import { describe, expect, it } from 'vitest'
import { Ending } from '../../src/core/ending.js'
import type { EndCause } from '../../src/types.js'
import { VirtualClock } from '../support/virtual-clock.js'

const interrupt: EndCause = { kind: 'signal', name: 'SIGINT' }
const terminate: EndCause = { kind: 'signal', name: 'SIGTERM' }
const failure: EndCause = { kind: 'error', error: new Error('the disk is full') }
const readerGone: EndCause = { kind: 'reader-gone' }
const deadline: EndCause = { kind: 'deadline' }

function setUp() {
  const clock = new VirtualClock()
  return { clock, ending: new Ending(clock) }
}

describe('Ending', () => {
  it('has no cause and stops nothing as long as nobody ends the run', () => {
    const { ending, clock } = setUp()
    expect(ending.cause).toBeNull()
    expect([ending.intake.aborted, ending.flight.aborted]).toEqual([false, false])
    expect(clock.timers).toBe(0)
  })

  it('stops intake at once, and what is in flight after the grace', async () => {
    const { ending, clock } = setUp()
    ending.end(interrupt, 1000)
    expect([ending.intake.aborted, ending.flight.aborted]).toEqual([true, false])
    await clock.advance(999)
    expect(ending.flight.aborted).toBe(false)
    await clock.advance(1)
    expect(ending.flight.aborted).toBe(true)
    expect(ending.cause).toBe(interrupt)
  })

  it('drops what is in flight at once where there is no grace', () => {
    const { ending, clock } = setUp()
    ending.end(deadline, 0)
    expect([ending.intake.aborted, ending.flight.aborted]).toEqual([true, true])
    expect(clock.timers).toBe(0)
  })

  it('drops what is in flight when it is called again without grace', () => {
    const { ending, clock } = setUp()
    ending.end(interrupt, 1000)
    ending.end(interrupt, 0)
    expect(ending.flight.aborted).toBe(true)
    expect(clock.timers).toBe(0)
  })

  it('keeps the grace that ends first', async () => {
    const { ending, clock } = setUp()
    ending.end(interrupt, 1000)
    await clock.advance(900)
    ending.end(failure, 1000)
    await clock.advance(100)
    expect(ending.flight.aborted).toBe(true)
    expect(clock.timers).toBe(0)
  })

  it('shortens the grace where a later end gives less', async () => {
    const { ending, clock } = setUp()
    ending.end(interrupt, 10_000)
    ending.end(failure, 1000)
    await clock.advance(1000)
    expect(ending.flight.aborted).toBe(true)
    expect(clock.timers).toBe(0)
  })

  it('needs no timer once what is in flight was dropped', () => {
    const { ending, clock } = setUp()
    ending.end(deadline, 0)
    ending.end(interrupt, 1000)
    expect(clock.timers).toBe(0)
  })

  it.each<[string, EndCause[], EndCause]>([
    ['the first of equal weight stays', [interrupt, terminate, deadline], interrupt],
    ['a deadline is not replaced by a signal', [deadline, interrupt], deadline],
    ['a reader that went away outweighs a signal', [interrupt, readerGone], readerGone],
    ['an error outweighs a signal', [interrupt, failure], failure],
    ['an error outweighs a reader that went away', [readerGone, failure], failure],
    ['nothing replaces an error', [failure, readerGone, interrupt, deadline], failure],
    ['the first error stays', [failure, { kind: 'error', error: new Error('another') }], failure],
  ])('tells why the run ended: %s', (_name, causes, expected) => {
    const { ending } = setUp()
    for (const cause of causes) ending.end(cause, 0)
    expect(ending.cause).toBe(expected)
  })

  it('leaves no timer behind when the run is over', () => {
    const { ending, clock } = setUp()
    ending.end(interrupt, 1000)
    ending.dispose()
    expect(clock.timers).toBe(0)
  })

  it('starts no timer when a signal comes after the run was over', () => {
    const { ending, clock } = setUp()
    ending.dispose()
    ending.end(interrupt, 10_000)
    expect(clock.timers).toBe(0)
  })
})
