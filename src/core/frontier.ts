// The frontier: a bounded, host-fair intake. It alone decides which task runs next, and when.

import type { Attempt, Clock, FetchTask, Gate, Limiter, Next, WaitingHost } from '../types.js'
import { Alarm } from './alarm.js'
import { Deque } from './deque.js'
import { GateClock } from './gate-clock.js'
import type { Lane, Resumption } from './lane.js'
import { Schedule } from './schedule.js'

export interface FrontierOptions {
  /** Tasks that are not settled, waiting and under way; a retry or a redirect keeps its slot, so that requeueing never waits. */
  readonly capacity: number
  readonly limiter: Limiter
  readonly gate: Gate | null
  readonly clock: Clock
}

/** Tasks that are fetched before more are admitted: one by one would cost a wait for each. */
const refill = 1000

type Taker = (task: FetchTask | undefined) => void

/**
 * A lane per host. A lane with tasks is in the ring of ready hosts, parked until a time (in the heap), or parked until one of
 * its requests ends. Ready hosts are served in turn, one task each; only tasks whose host may be asked now come out.
 */
export class Frontier {
  readonly #capacity: number
  /** Down to so many unsettled tasks a feeder that waits goes on waiting, unless a worker does, too. */
  readonly #lowWater: number
  readonly #limiter: Limiter
  readonly #gate: GateClock
  readonly #clock: Clock
  readonly #alarm: Alarm

  readonly #schedule = new Schedule()
  readonly #takers = new Deque<Taker>()
  #admit: (() => void) | null = null

  #unsettled = 0
  #inFlight = 0
  #retries = 0
  #isSealed = false
  #isStopped = false

  constructor(options: FrontierOptions) {
    this.#capacity = options.capacity
    this.#lowWater = options.capacity - Math.min(refill, Math.ceil(options.capacity / 4))
    this.#limiter = options.limiter
    this.#gate = new GateClock(options.gate)
    this.#clock = options.clock
    this.#alarm = new Alarm(options.clock, () => this.#serve(this.#clock.now()))
  }

  get inFlight(): number {
    return this.#inFlight
  }

  /** Retries begun, of those that count. */
  get retries(): number {
    return this.#retries
  }

  /** Admits a task once there is room for it. False where the frontier was stopped: then the task is not in it. One feeder at a time. */
  push(task: FetchTask): Promise<boolean> | boolean {
    if (this.#isStopped) return false
    if (this.#unsettled >= this.#capacity) return this.#pushLater(task)
    const now = this.#clock.now()
    const lane = this.#schedule.laneOf(task.target.host)
    this.#unsettled++
    this.#startWaiting(task, lane, now)
    lane.add(task)
    if (lane.state !== 'ready') this.#place(lane, now)
    if (this.#takers.length > 0) this.#serve(now)
    return true
  }

  /** No further task will be pushed: takers end once all are settled. */
  seal(): void {
    this.#isSealed = true
    this.#endTakers()
  }

  /** The next task whose host may be asked now, as soon as there is one; undefined once there will be none. */
  take(): Promise<FetchTask | undefined> | FetchTask | undefined {
    if (this.#isOver()) return undefined
    const now = this.#clock.now()
    const task = this.#next(now)
    if (task) return task
    if (this.#unsettled < this.#capacity) this.#makeRoom()
    return new Promise((resolve) => {
      this.#takers.push(resolve)
      this.#setAlarm(now)
    })
  }

  /** A task that was taken got its connection. Said of a task that is settled without, too, by `settle`. */
  started(task: FetchTask): void {
    if (task.isStarted) return
    task.isStarted = true
    const lane = this.#schedule.find(task.target.host)
    if (lane === undefined) return
    const now = this.#clock.now()
    this.#limiter.started(lane.host, now)
    if (lane.state !== 'parked') return
    this.#place(lane, now)
    this.#serve(now)
  }

  /** Every task that was taken is settled exactly once. Applies what follows to the task. */
  settle(task: FetchTask, attempt: Attempt | undefined, next: Next): void {
    const now = this.#clock.now()
    const lane = this.#schedule.laneOf(task.target.host)
    lane.inFlight--
    this.#inFlight--
    task.fetchMs += now - task.since
    task.firstAttemptAt ??= attempt?.wallTime ?? null
    if (!task.isStarted) this.#limiter.started(lane.host, now)
    this.#limiter.release(lane.host, attempt, now)
    task.lastAttempt = next.kind === 'done' ? null : (attempt ?? null)
    switch (next.kind) {
      case 'done':
        this.#unsettled--
        break
      case 'retry':
        task.freeRetryUsed ||= next.cause === 'stale'
        if (next.cause === 'exhausted') task.exhaustions++
        this.#requeue(lane, { task, dueAt: now + next.delayMs, isRetry: next.cause === 'failure' }, now)
        break
      case 'redirect':
        task.redirects++
        task.target = next.target
        task.request = next.request
        this.#requeue(this.#schedule.laneOf(next.target.host), { task, dueAt: now, isRetry: false }, now)
        break
    }
    this.#place(lane, now)
    this.#serve(now)
    if (this.#unsettled <= this.#lowWater || this.#takers.length > 0) this.#makeRoom()
    if (this.#isOver()) this.#endTakers()
  }

  /** Ends intake: nothing is taken or admitted any more, what is under way can still be settled. */
  stop(): void {
    this.#isStopped = true
    this.#makeRoom()
    this.#endTakers()
  }

  /** After `stop`: the tasks that were begun and will not be finished. Those never begun are just dropped. */
  *abandoned(): Generator<FetchTask> {
    const now = this.#clock.now()
    for (const lane of this.#schedule.lanes) {
      for (const task of lane.takeResumed()) {
        this.#stopWaiting(task, lane, now, now)
        yield task
      }
    }
  }

  /** The held-back host with the most tasks. */
  waitingHost(): WaitingHost | null {
    const longest = this.#schedule.longestParked()
    if (longest === null) return null
    return {
      host: longest.host,
      tasks: longest.length,
      forMs: Math.max(0, longest.wakeAt - this.#clock.now()),
    }
  }

  async #pushLater(task: FetchTask): Promise<boolean> {
    await new Promise<void>((resolve) => {
      this.#admit = resolve
    })
    return this.push(task)
  }

  #requeue(lane: Lane, resumption: Resumption, now: number): void {
    this.#startWaiting(resumption.task, lane, now)
    lane.resume(resumption)
    this.#place(lane, now)
  }

  #place(lane: Lane, now: number): void {
    const delayMs = lane.length === 0 ? 0 : Math.max(this.#limiter.delay(lane.host, now), lane.dueAt() - now)
    this.#schedule.place(lane, delayMs, now, this.#gate.closedMs(now))
  }

  #next(now: number): FetchTask | undefined {
    const schedule = this.#schedule
    for (let lane = schedule.nextAwake(now); lane; lane = schedule.nextAwake(now)) this.#place(lane, now)
    if (this.#gate.delay(now) > 0) return undefined
    for (let lane = schedule.nextReady(); lane; lane = schedule.nextReady()) {
      const resumption = lane.nextResumed(now)
      if (resumption) return this.#resume(resumption, lane, now)
      const fresh = lane.nextFresh()
      if (fresh) return this.#start(fresh, fresh.since, lane, now)
      this.#place(lane, now)
    }
    return undefined
  }

  #resume({ task, dueAt, isRetry }: Resumption, lane: Lane, now: number): FetchTask {
    if (isRetry) {
      task.retries++
      this.#retries++
    }
    return this.#start(task, dueAt, lane, now)
  }

  #start(task: FetchTask, dueAt: number, lane: Lane, now: number): FetchTask {
    this.#stopWaiting(task, lane, now, dueAt)
    task.since = now
    task.isStarted = false
    task.lastUrl = task.target.href
    lane.inFlight++
    this.#inFlight++
    this.#limiter.acquire(lane.host, now)
    this.#gate.acquire(now)
    this.#place(lane, now)
    return task
  }

  #startWaiting(task: FetchTask, lane: Lane, now: number): void {
    task.since = now
    task.limitedMark = lane.limitedMs(now, this.#gate.closedMs(now))
  }

  /** Books the wait: until it was due the task was held back, after that for as long as its lane was (which was so before, too). */
  #stopWaiting(task: FetchTask, lane: Lane, now: number, dueAt: number): void {
    const waitedMs = now - task.since
    const backoffMs = Math.min(waitedMs, Math.max(0, dueAt - task.since))
    const heldBackMs = lane.limitedMs(now, this.#gate.closedMs(now)) - task.limitedMark
    const limitedMs = backoffMs + Math.min(waitedMs - backoffMs, Math.max(0, heldBackMs - backoffMs))
    task.limitedMs += limitedMs
    task.queuedMs += waitedMs - limitedMs
  }

  /** Hands tasks to those who wait for one. */
  #serve(now: number): void {
    if (this.#isStopped) return
    while (this.#takers.length > 0) {
      const task = this.#next(now)
      if (!task) break
      this.#takers.shift()?.(task)
    }
    this.#setAlarm(now)
  }

  /** The alarm is set only while somebody waits for a task that time will free. */
  #setAlarm(now: number): void {
    this.#alarm.set(this.#takers.length === 0 ? Number.POSITIVE_INFINITY : this.#wakeAt(now))
  }

  #wakeAt(now: number): number {
    // A parked lane not later where the gate is closed then: from there on it is the gate that holds it back.
    return this.#schedule.mayHaveReady ? now + this.#gate.delay(now) : this.#schedule.wakeAt
  }

  #isOver(): boolean {
    return this.#isStopped || (this.#isSealed && this.#unsettled === 0)
  }

  #makeRoom(): void {
    const admit = this.#admit
    this.#admit = null
    admit?.()
  }

  #endTakers(): void {
    if (!this.#isOver()) return
    this.#alarm.clear()
    for (let taker = this.#takers.shift(); taker; taker = this.#takers.shift()) taker(undefined)
  }
}
