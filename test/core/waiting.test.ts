import { describe, expect, it } from 'vitest'
import { Lane } from '../../src/core/lane.js'
import { startWaiting, stopWaiting } from '../../src/core/waiting.js'
import { makeTask } from '../support/values.js'

/** A task that waits from 0 to 100 in a lane that is parked until `parkedUntil`. */
function waited(parkedUntil: number, dueAt: number) {
  const lane = new Lane('a.test')
  const task = makeTask(1, 'http://a.test/')
  lane.setState(parkedUntil > 0 ? 'parked' : 'ready', 0, 0)
  lane.wakeAt = parkedUntil
  startWaiting(task, lane, 0, 0)
  stopWaiting(task, lane, dueAt, 100, 0)
  return [task.limitedMs, task.queuedMs]
}

describe('what a task waits for', () => {
  it('is a worker, where its host might be asked', () => {
    expect(waited(0, 0)).toEqual([0, 100])
  })

  it('is its host, as long as that is held back', () => {
    expect(waited(30, 0)).toEqual([30, 70])
  })

  it('is its own backoff, until it is due', () => {
    expect(waited(0, 40)).toEqual([40, 60])
  })

  it('counts a time once that is both', () => {
    expect(waited(30, 40)).toEqual([40, 60])
    expect(waited(60, 40)).toEqual([60, 40])
  })

  it('is never more than the wait', () => {
    expect(waited(500, 900)).toEqual([100, 0])
  })
})
