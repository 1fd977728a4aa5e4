// A run on virtual time: the real frontier and limiter, with a list, a store and a network that exist only as numbers.

import { Backlog } from '../../dist/core/backlog.js'
import { Frontier } from '../../dist/core/frontier.js'
import { Heap } from '../../dist/core/heap.js'
import { emptyAttempt } from '../../dist/core/attempt.js'
import { Lane } from '../../dist/core/lane.js'
import { createTask } from '../../dist/core/task.js'
import { HostLimiter } from '../../dist/limiters/host-limiter.js'

const request = { method: 'GET', headers: [], body: null }
const template = { request, defaultScheme: 'http' }
const done = { kind: 'done', failure: null }

/** mulberry32: the same run for the same seed. */
export function seededRandom(seed) {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Time that moves from event to event. */
class EventClock {
  #now = 0
  #order = 0
  #events = new Heap((event) => event.at)

  now() {
    return this.#now
  }

  schedule(callback, ms) {
    const event = { at: this.#now + Math.max(0, ms), order: this.#order++, callback, heapIndex: -1 }
    this.#events.put(event)
    return { cancel: () => this.#events.remove(event) }
  }

  get timers() {
    return this.#events.length
  }

  /** Runs events until none is left. */
  async run() {
    for (let event = this.#events.pop(); event; event = this.#events.pop()) {
      this.#now = event.at
      event.callback()
      await settled()
    }
  }
}

/** What an event set going, promise by promise, has come to its end after so many turns. */
async function settled() {
  for (let turn = 0; turn < 8; turn++) await Promise.resolve()
}

/**
 * @param hostOf host number by place in the list
 * @param latencyMs of a request, by host number; `meanMs` its mean
 * @returns makespan and more, in virtual ms
 */
export async function simulate({ hostOf, latencyMs, workers, capacity, limits, looksAhead, onDone }) {
  const clock = new EventClock()
  const limiter = new HostLimiter({
    intervalMs: null,
    perHost: Infinity,
    isAdaptive: true,
    maxPauseMs: 120_000,
    ...limits,
  })
  const frontier = new Frontier({
    capacity,
    workers,
    limiter,
    gate: null,
    clock,
    store: looksAhead ? store(hostOf) : null,
    isEager: true,
  })
  const attempt = { ...emptyAttempt(0, 0), statusCode: 200 }
  const counts = { requests: 0, peakBytes: 0 }

  async function work() {
    for (let task = await frontier.take(); task; task = await frontier.take()) {
      frontier.started(task)
      counts.requests++
      const host = hostOf[task.id - 1]
      await new Promise((resolve) => clock.schedule(resolve, latencyMs(host)))
      frontier.settle(task, { ...attempt, startedAt: task.since }, done)
      onDone?.(host, clock.now())
    }
  }

  async function feed() {
    for (let index = 0; index < hostOf.length; index++) {
      const admitted = frontier.push(taskAt(index, hostOf))
      if (admitted !== true) await admitted
      if ((index & 0xffff) === 0) counts.peakBytes = Math.max(counts.peakBytes, memoryUsed())
    }
    frontier.seal()
  }

  const all = [feed(), ...Array.from({ length: workers }, work)]
  await settled()
  await clock.run()
  if (frontier.inFlight > 0 || clock.timers > 0 || counts.requests !== hostOf.length) {
    throw new Error(`lost: ${hostOf.length - counts.requests} of ${hostOf.length} tasks, ${clock.timers} timers left`)
  }
  await Promise.all(all)
  return { makespanMs: clock.now(), ...counts }
}

function taskAt(index, hostOf) {
  return createTask(index + 1, `http://h${hostOf[index]}.test/${index}`, template, 0)
}

/** Parked tasks are not kept at all: the list says again what they were. */
function store(hostOf) {
  return {
    put: (task) => ({ list: 0, start: task.id, end: task.id + 1 }),
    async read(run, most) {
      const count = Math.min(most, run.count)
      const tasks = Array.from({ length: count }, (_, index) => taskAt(run.firstId + index - 1, hostOf))
      return { tasks, end: run.firstId + count }
    },
    async close() {},
  }
}

function memoryUsed() {
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}

/** No schedule ends before: each host's work under its limits, and all work over all workers. */
export function lowerBoundMs({ hostOf, meanMs, workers, limits: { intervalMs = null, perHost = Infinity } = {} }) {
  const counts = new Map()
  for (const host of hostOf) counts.set(host, (counts.get(host) ?? 0) + 1)
  let longest = 0
  let work = 0
  for (const [host, count] of counts) {
    const latency = meanMs(host)
    longest = Math.max(
      longest,
      (count - 1) * (intervalMs ?? 0) + latency,
      (count * latency) / Math.min(perHost, workers),
    )
    work += count * latency
  }
  return Math.max(longest, work / workers)
}

/** A frontier with so many tasks of 1,000 hosts waiting in it. */
export function fillFrontier(count) {
  const clock = new EventClock()
  const limiter = new HostLimiter({ intervalMs: 100, perHost: 1, isAdaptive: true, maxPauseMs: 120_000 })
  const frontier = new Frontier({
    capacity: count,
    workers: 1,
    limiter,
    gate: null,
    clock,
    store: null,
    isEager: false,
  })
  for (let id = 1; id <= count; id++)
    void frontier.push(createTask(id, `http://h${id % 1000}.test/path/${id}`, template, 0))
  return { frontier, count }
}

/** Lanes with so many parked tasks in all, in lines of 60 bytes. */
export function fillBacklog(count, hosts, isSorted) {
  const backlog = new Backlog({ put: ({ list, start, end }) => ({ list, start, end }) })
  const lanes = Array.from({ length: hosts }, (_, host) => new Lane(`h${host}.test`))
  for (let id = 1; id <= count; id++) {
    const host = isSorted ? Math.floor(((id - 1) * hosts) / count) : (id * 7919) % hosts
    const place = { list: 0, start: id * 60, end: id * 60 + 59 }
    backlog.park(lanes[host], createTask(id, `http://h${host}.test/path/${id}`, template, 0, place))
  }
  return { backlog, lanes, count: backlog.count }
}
