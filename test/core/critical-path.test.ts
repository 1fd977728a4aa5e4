import { describe, expect, it } from 'vitest'
import { CriticalPath } from '../../src/core/critical-path.js'
import { Schedule } from '../../src/core/schedule.js'
import type { Limiter } from '../../src/types.js'
import { makeTask } from '../support/values.js'

/** Hosts with so many tasks each, of 100 ms, a request in so many ms at most. */
function setUp(sizes: Record<string, number>, intervalMs: Record<string, number>, workers: number) {
  const schedule = new Schedule()
  const limiter: Limiter = {
    delay: () => 0,
    acquire() {},
    started() {},
    release() {},
    refusal: () => null,
    msPerRequest: (host) => intervalMs[host] ?? 0,
  }
  const path = new CriticalPath(schedule, limiter, workers)
  for (const [host, size] of Object.entries(sizes)) {
    const lane = schedule.laneOf(host)
    for (let id = 1; id <= size; id++) lane.add(makeTask(id, `http://${host}/`))
    path.learn(lane, 100)
  }
  const urgent = (now: number) => {
    path.replan(now)
    return [...schedule.lanes].filter((lane) => lane.isUrgent).map((lane) => lane.host)
  }
  return { schedule, path, urgent }
}

describe('CriticalPath', () => {
  it('holds the host whose backlog takes longest under its limits', () => {
    const { urgent } = setUp({ long: 100, short: 10, free: 50 }, { long: 200, short: 200 }, 10)
    expect(urgent(0)).toEqual(['long'])
  })

  it('holds all that take about as long', () => {
    const { urgent } = setUp({ a: 100, b: 75, c: 65 }, { a: 200, b: 200, c: 200 }, 10)
    expect(urgent(0)).toEqual(['a', 'b'])
  })

  it('holds none where all work takes the workers much longer than any host', () => {
    const { urgent } = setUp({ a: 10, b: 10, free: 200 }, { a: 200, b: 200 }, 1)
    expect(urgent(0)).toEqual([])
  })

  it('is not misled by hosts whose first request took long', () => {
    const { schedule, path, urgent } = setUp({ long: 100 }, { long: 200 }, 10)
    for (let host = 0; host < 50; host++) {
      const lane = schedule.laneOf(`slow${host}`)
      for (let id = 1; id <= 10; id++) lane.add(makeTask(id, `http://${lane.host}/`))
      path.learn(lane, host < 10 ? 2000 : 20)
    }
    expect(urgent(0)).toEqual(['long'])
  })

  it('holds none where there are no limits', () => {
    expect(setUp({ a: 100, b: 1 }, {}, 10).urgent(0)).toEqual([])
  })

  it('is looked at again after a while, not at every call', () => {
    const { schedule, urgent } = setUp({ a: 100, b: 50 }, { a: 200, b: 200 }, 10)
    urgent(0)
    schedule.laneOf('a').takeNewest(90)
    expect(urgent(50)).toEqual(['a'])
    expect(urgent(150)).toEqual(['b'])
    expect(schedule.urgent).toBe(1)
  })
})
