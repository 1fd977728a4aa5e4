import { describe, expect, it } from 'vitest'
import { Frontier } from '../../src/core/frontier.js'
import { Lane } from '../../src/core/lane.js'
import { GlobalRate } from '../../src/limiters/global-rate.js'
import { HostLimiter } from '../../src/limiters/host-limiter.js'
import type { Gate, Next } from '../../src/types.js'
import { makeAttempt, makeTask } from '../support/values.js'
import { VirtualClock } from '../support/virtual-clock.js'

const done: Next = { kind: 'done', failure: null }
const fresh = (id: number) => makeTask(id, `http://a.test/${id}`)
const resume = (lane: Lane, id: number, dueAt: number) => lane.resume({ task: fresh(id), dueAt, cause: 'failure' })
const nextId = (lane: Lane, now: number) => (lane.nextResumed(now)?.task ?? lane.nextFresh())?.id

describe('Lane', () => {
  it('gives out fresh tasks in their order', () => {
    const lane = new Lane('a.test')
    const tasks = [1, 2].map(fresh)
    for (const task of tasks) lane.add(task)
    expect(lane).toHaveLength(2)
    expect(lane.nextFresh()).toBe(tasks[0])
    expect(lane.nextFresh()).toBe(tasks[1])
    expect(lane.nextFresh()).toBeUndefined()
    expect(lane).toHaveLength(0)
  })

  it('gives out what was begun before what was not, once it is due', () => {
    const lane = new Lane('a.test')
    lane.add(fresh(1))
    lane.add(fresh(2))
    resume(lane, 3, 50)
    expect(nextId(lane, 49)).toBe(1)
    expect(nextId(lane, 50)).toBe(3)
    expect(nextId(lane, 50)).toBe(2)
  })

  it('gives out what was begun in the order in which it is due', () => {
    const lane = new Lane('a.test')
    resume(lane, 1, 30)
    resume(lane, 2, 10)
    resume(lane, 3, 20)
    expect(lane).toHaveLength(3)
    expect([nextId(lane, 100), nextId(lane, 100), nextId(lane, 100)]).toEqual([2, 3, 1])
  })

  it('keeps a task that is not due yet', () => {
    const lane = new Lane('a.test')
    resume(lane, 1, 30)
    expect(lane.nextResumed(29)).toBeUndefined()
    expect(lane).toHaveLength(1)
  })

  it('knows when its first task is due: a fresh one always is', () => {
    const lane = new Lane('a.test')
    expect(lane.dueAt()).toBe(Number.POSITIVE_INFINITY)
    resume(lane, 1, 30)
    resume(lane, 2, 10)
    expect(lane.dueAt()).toBe(10)
    lane.add(fresh(3))
    expect(lane.dueAt()).toBe(Number.NEGATIVE_INFINITY)
  })

  it('gives up what was begun and keeps what was not', () => {
    const lane = new Lane('a.test')
    lane.add(fresh(1))
    resume(lane, 2, 20)
    resume(lane, 3, 10)
    expect([...lane.takeResumed()].map(({ id }) => id)).toEqual([3, 2])
    expect(lane).toHaveLength(1)
    expect([...lane.takeResumed()]).toEqual([])
  })
})

describe("the lane's clock of held-back time", () => {
  it('runs while the lane is parked and stands still while it is ready or empty', () => {
    const lane = new Lane('a.test')
    expect(lane.limitedMs(100, 0)).toBe(0)
    lane.setState('parked', 100, 0)
    expect(lane.limitedMs(130, 0)).toBe(30)
    lane.setState('ready', 140, 0)
    expect(lane.limitedMs(500, 0)).toBe(40)
    lane.setState('empty', 500, 0)
    expect(lane.limitedMs(900, 0)).toBe(40)
    lane.setState('parked', 1000, 0)
    lane.setState('empty', 1005, 0)
    expect(lane.limitedMs(2000, 0)).toBe(45)
  })

  it("goes by the gate's clock while the lane is ready", () => {
    const lane = new Lane('a.test')
    lane.setState('ready', 100, 7)
    expect(lane.limitedMs(200, 7)).toBe(0)
    expect(lane.limitedMs(300, 57)).toBe(50)
    lane.setState('parked', 300, 57)
    expect(lane.limitedMs(310, 67)).toBe(60)
  })

  it('does not start anew when the state stays what it is', () => {
    const lane = new Lane('a.test')
    lane.setState('parked', 0, 0)
    lane.setState('parked', 50, 0)
    expect(lane.limitedMs(80, 0)).toBe(80)
  })
})

describe('waiting for a worker once the host may be asked again', () => {
  function setUp(gate: Gate | null = null) {
    const clock = new VirtualClock()
    const limiter = new HostLimiter({ intervalMs: 100, perHost: Infinity, isAdaptive: true, maxPauseMs: 120_000 })
    return {
      clock,
      frontier: new Frontier({ workers: 10, store: null, isEager: false, capacity: 10, limiter, gate, clock }),
    }
  }

  it('is queued time after a wait for the rate', async () => {
    const { clock, frontier } = setUp()
    for (const id of [1, 2]) await frontier.push(fresh(id))
    const first = await frontier.take()
    if (!first) throw new Error('no task')
    frontier.started(first)
    await clock.advance(1000)
    frontier.settle(first, makeAttempt(), done)
    expect(await frontier.take()).toMatchObject({ id: 2, limitedMs: 100, queuedMs: 900 })
  })

  it('is queued time after a backoff', async () => {
    const { clock, frontier } = setUp()
    await frontier.push(fresh(1))
    const first = await frontier.take()
    if (!first) throw new Error('no task')
    frontier.started(first)
    await clock.advance(500)
    frontier.settle(first, makeAttempt({ statusCode: 500 }), { kind: 'retry', delayMs: 300, cause: 'failure' })
    await clock.advance(1000)
    expect(await frontier.take()).toMatchObject({ id: 1, limitedMs: 300, queuedMs: 700 })
  })
  it('is limited time as long as the rate over all hosts says: not yet', async () => {
    const { clock, frontier } = setUp(new GlobalRate(1000))
    for (const id of [1, 2]) await frontier.push(fresh(id))
    const first = await frontier.take()
    if (first) frontier.started(first)
    const second = Promise.resolve(frontier.take())
    await clock.run()
    expect(await second).toMatchObject({ id: 2, limitedMs: 1000, queuedMs: 0 })
  })
})

describe('a URL that is refused', () => {
  it('gives way to a fresh one after its turn, where there is one', () => {
    const lane = new Lane('a.test')
    for (const id of [1, 2]) lane.resume({ task: fresh(id), dueAt: 0, cause: 'pushback' })
    for (const id of [3, 4]) lane.add(fresh(id))
    lane.resume({ task: fresh(5), dueAt: 1, cause: 'failure' })
    expect(Array.from({ length: 6 }, () => nextId(lane, 10))).toEqual([1, 3, 2, 5, 4, undefined])
  })

  it('is refused for itself where others were answered since it was refused last', () => {
    const lane = new Lane('a.test')
    const task = fresh(1)
    const refused = (startedAt: number) => makeAttempt({ statusCode: 429, startedAt })
    expect(lane.heed(task, refused(10))).toBe('host')
    task.lastAttempt = refused(10)
    expect(lane.heed(task, refused(20))).toBe('host')
    task.lastAttempt = refused(20)
    expect(lane.heed(fresh(2), makeAttempt({ startedAt: 25 }))).toBe('host')
    expect(lane.heed(task, refused(30))).toBe('acquitted')
    expect(lane.heed(fresh(3), refused(30))).toBe('host')
    task.lastAttempt = refused(30)
    expect(lane.heed(task, refused(40))).toBe('url')
  })
})
