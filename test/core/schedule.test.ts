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

describe('Schedule: urgent lanes', () => {
  /** Which of the hosts are served, in turn, if all have tasks without end. */
  function turns(schedule: Schedule, hosts: readonly string[], urgent: readonly string[], count: number): string[] {
    for (const host of hosts) {
      const lane = schedule.laneOf(host)
      lane.add(makeTask(1, `http://${host}/`))
      schedule.place(lane, 0, 0, 0)
      schedule.setUrgent(lane, urgent.includes(host))
    }
    return Array.from({ length: count }, () => {
      const lane = schedule.nextReady()
      if (!lane) throw new Error('all are ready')
      schedule.place(lane, 0, 0, 0)
      return lane.host
    })
  }

  it('go first, but for every eighth turn, so that whoever waits has a bound on it', () => {
    const served = turns(new Schedule(), ['a', 'b', 'c', 'd'], ['c'], 240)
    expect(served.filter((host) => host === 'c').length).toBeGreaterThanOrEqual(200)
    for (const host of ['a', 'b', 'd']) {
      const at = served.flatMap((name, turn) => (name === host ? [turn] : []))
      const gaps = at.map((turn, index) => turn - (at[index - 1] ?? 0))
      expect(Math.max(...gaps), host).toBeLessThanOrEqual(8 * 4)
    }
  })

  it('take turns among themselves', () => {
    const served = turns(new Schedule(), ['a', 'b', 'c'], ['a', 'b', 'c'], 30)
    for (const host of ['a', 'b', 'c']) expect(served.filter((name) => name === host)).toHaveLength(10)
  })

  it('are counted, also when they are done with', () => {
    const schedule = new Schedule()
    turns(schedule, ['a', 'b'], ['a', 'b'], 0)
    expect(schedule.urgent).toBe(2)
    const lane = schedule.laneOf('a')
    lane.nextFresh()
    schedule.place(lane, 0, 0, 0)
    expect([schedule.urgent, schedule.size]).toEqual([1, 1])
  })
})
