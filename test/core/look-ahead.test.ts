import { describe, expect, it } from 'vitest'
import { LookAhead } from '../../src/core/look-ahead.js'
import { Schedule } from '../../src/core/schedule.js'
import { Slots } from '../../src/core/slots.js'
import { memoryStore } from '../support/memory-store.js'
import { makeTask } from '../support/values.js'
import { settled } from '../support/virtual-clock.js'

const task = (id: number, host: string) => makeTask(id, `http://${host}/`)

function setUp({ capacity = 100, isEager = false } = {}) {
  const schedule = new Schedule()
  const slots = new Slots(capacity)
  const store = memoryStore()
  const errors: unknown[] = []
  const lookAhead = new LookAhead({
    store,
    schedule,
    slots,
    isEager,
    onRead: (lane, tasks) => {
      for (const read of tasks) lane.add(read)
    },
    onError: (error) => errors.push(error),
  })
  let id = 0
  /** Lets a task of the host in as the frontier does. */
  const enter = (host: string, isStarving = false) => {
    const entered = task(++id, host)
    const entry = lookAhead.enter(entered, isStarving)
    if (entry === 'admit') {
      slots.take(entered)
      schedule.laneOf(host).add(entered)
    }
    return entry
  }
  const enterMany = (host: string, count: number, isStarving = false) =>
    Array.from({ length: count }, () => enter(host, isStarving))
  /** A task of the host is taken and done. */
  const finish = (host: string) => {
    const lane = schedule.laneOf(host)
    const taken = lane.nextFresh()
    lookAhead.refill(lane)
    if (taken) slots.give(taken)
    lookAhead.settled()
    return taken
  }
  const inMemory = (host: string) => schedule.laneOf(host).length
  return { schedule, slots, store, errors, lookAhead, enter, enterMany, finish, inMemory }
}

describe('LookAhead', () => {
  it('lets tasks in while there are slots, and then has them wait', () => {
    const { enterMany, slots } = setUp()
    expect(new Set(enterMany('a', 100))).toEqual(new Set(['admit']))
    expect(enterMany('a', 1)).toEqual(['wait'])
    expect(slots.used).toBe(100)
  })

  it('parks the newest tasks of the longest host for another, when a worker starves', () => {
    const { enter, enterMany, inMemory, lookAhead, slots } = setUp()
    enterMany('a', 100)
    expect(enter('b', true)).toBe('admit')
    expect([inMemory('a'), inMemory('b'), lookAhead.count]).toEqual([50, 1, 50])
    expect(slots.used).toBe(51)
  })

  it('parks what follows of a host that has parked tasks, without a slot', () => {
    const { enter, enterMany, lookAhead, slots } = setUp()
    enterMany('a', 100)
    enter('b', true)
    expect(new Set(enterMany('a', 1000))).toEqual(new Set(['parked']))
    expect([slots.used, lookAhead.count]).toEqual([51, 1050])
  })

  it('looks down the whole list where it is eager, though nobody starves', () => {
    const { enterMany, lookAhead, inMemory } = setUp({ isEager: true })
    for (const host of ['a', 'b', 'c', 'd']) expect(enterMany(host, 1000)).not.toContain('wait')
    expect(lookAhead.count).toBeGreaterThan(3800)
    for (const host of ['a', 'b', 'c', 'd']) expect(inMemory(host), host).toBeGreaterThan(0)
  })

  it('fetches a host back before it runs dry, in its order, until nothing is parked', async () => {
    const { enterMany, finish, lookAhead, slots, inMemory } = setUp({ isEager: true })
    enterMany('a', 500)
    const done: (number | undefined)[] = []
    while (done.length < 500) {
      expect(inMemory('a'), `after ${done.length}`).toBeGreaterThan(0)
      done.push(finish('a')?.id)
      await settled()
    }
    expect(done).toEqual(Array.from({ length: 500 }, (_, index) => index + 1))
    expect([slots.used, lookAhead.count]).toEqual([0, 0])
  })

  it('reads many at a time', async () => {
    const { enterMany, finish, store } = setUp({ capacity: 1000, isEager: true })
    enterMany('a', 10_000)
    for (let count = 0; count < 10_000; count++) {
      finish('a')
      await settled()
    }
    expect(store.reads).toBeLessThan(150)
  })

  it('gives a slot that was freed to a host that ran dry before a new task', async () => {
    const { enter, enterMany, finish, inMemory, lookAhead } = setUp({ capacity: 4 })
    enterMany('a', 4)
    enter('b', true)
    enterMany('b', 1)
    enterMany('a', 10)
    while (inMemory('a') > 0) finish('a')
    await settled()
    expect(inMemory('a')).toBeGreaterThan(0)
    expect(lookAhead.count).toBeGreaterThan(0)
  })

  it('never takes more slots than there are, for any order', async () => {
    const { enter, finish, slots, lookAhead, schedule } = setUp({ capacity: 10, isEager: true })
    const hosts = ['a', 'b', 'c', 'd', 'e', 'f', 'g']
    let admitted = 0
    let done = 0
    for (let step = 0; step < 3000; step++) {
      const host = hosts[(step * step) % hosts.length] ?? 'a'
      if (enter(host, step % 3 === 0) !== 'wait') admitted++
      expect(slots.used).toBeLessThanOrEqual(10)
      const ready = hosts.find((name) => (schedule.find(name)?.length ?? 0) > 0)
      if (step % 2 === 0 && ready && finish(ready)) done++
      await settled()
    }
    for (let idle = 0; idle < 3 && done < admitted; ) {
      const ready = hosts.find((name) => (schedule.find(name)?.length ?? 0) > 0)
      if (ready && finish(ready)) done++
      else idle++
      await settled()
    }
    expect([done, slots.used, lookAhead.count]).toEqual([admitted, 0, 0])
  })

  it('leaves all as it is where nothing can be parked', () => {
    const { enter, enterMany, inMemory, store } = setUp()
    enterMany('a', 100)
    store.fill()
    expect(enter('b', true)).toBe('wait')
    expect(inMemory('a')).toBe(100)
  })

  it('tells of a list that cannot be read again', async () => {
    const { enterMany, enter, errors, finish, store, inMemory } = setUp()
    enterMany('a', 100)
    enter('b', true)
    store.read = async () => {
      throw new Error('gone')
    }
    while (inMemory('a') > 0) finish('a')
    await settled()
    expect(errors).toEqual([new Error('gone')])
  })
})
