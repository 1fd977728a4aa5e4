import { describe, expect, it } from 'vitest'
import type { Lane } from '../../src/core/lane.js'
import { Schedule } from '../../src/core/schedule.js'
import { makeTask } from '../support/values.js'

const forever = Number.POSITIVE_INFINITY

/** A lane with tasks. */
function laneWith(schedule: Schedule, host: string, tasks = 1): Lane {
  const lane = schedule.laneOf(host)
  for (let id = 1; id <= tasks; id++) lane.add(makeTask(id, `http://${host}/`))
  return lane
}

describe('Schedule', () => {
  it('serves ready lanes in turn, each once per entry', () => {
    const schedule = new Schedule()
    const [a, b] = [laneWith(schedule, 'a'), laneWith(schedule, 'b')]
    for (const lane of [a, b, a]) schedule.place(lane, 0, 0, 0)
    expect([schedule.nextReady(), schedule.nextReady(), schedule.nextReady()]).toEqual([a, b, undefined])
  })

  it('passes over a lane that was parked since it became ready, and serves it once it is ready again', () => {
    const schedule = new Schedule()
    const lane = laneWith(schedule, 'a')
    schedule.place(lane, 0, 0, 0)
    schedule.place(lane, 100, 0, 0)
    expect(schedule.nextReady()).toBeUndefined()
    schedule.place(lane, 0, 100, 0)
    expect(schedule.nextReady()).toBe(lane)
  })

  it('wakes parked lanes in the order of their times, and those that wait for a request never', () => {
    const schedule = new Schedule()
    const [a, b, c] = [laneWith(schedule, 'a'), laneWith(schedule, 'b'), laneWith(schedule, 'c')]
    schedule.place(a, 300, 0, 0)
    schedule.place(b, 100, 0, 0)
    schedule.place(c, forever, 0, 0)
    expect(schedule.wakeAt).toBe(100)
    expect(schedule.nextAwake(99)).toBeUndefined()
    expect(schedule.nextAwake(100)).toBe(b)
    schedule.place(b, forever, 100, 0)
    expect(schedule.wakeAt).toBe(300)
    schedule.place(a, 0, 300, 0)
    expect(schedule.wakeAt).toBe(forever)
  })

  it('forgets a lane without a task once none of its requests is under way', () => {
    const schedule = new Schedule()
    const lane = schedule.laneOf('a')
    lane.inFlight = 1
    schedule.place(lane, 0, 0, 0)
    expect(schedule.find('a')).toBe(lane)
    lane.inFlight = 0
    schedule.place(lane, 0, 0, 0)
    expect(schedule.find('a')).toBeUndefined()
    expect([...schedule.lanes]).toEqual([])
  })

  it('names the parked lane with the most tasks', () => {
    const schedule = new Schedule()
    expect(schedule.waitingHost(0)).toBeNull()
    schedule.place(laneWith(schedule, 'ready', 5), 0, 0, 0)
    schedule.place(laneWith(schedule, 'short', 1), 10, 0, 0)
    schedule.place(laneWith(schedule, 'long', 3), forever, 0, 0)
    expect(schedule.waitingHost(0)?.host).toBe('long')
  })
})
