// The frontier: a bounded, host-fair intake. It alone decides which task runs next, and when.

import type { Attempt, Clock, FetchTask, Gate, Limiter, Next, TaskStore, WaitingHost } from '../types.js'
import { Alarm } from './alarm.js'
import { CriticalPath } from './critical-path.js'
import { GateClock } from './gate-clock.js'
import type { Lane } from './lane.js'
import { Latch } from './latch.js'
import { LookAhead } from './look-ahead.js'
import { beginRequest, type Resumption, resumptionOf } from './resumption.js'
import { Schedule } from './schedule.js'
import { Slots } from './slots.js'
import { Takers } from './takers.js'
import { startWaiting, stopWaiting } from './waiting.js'

export interface FrontierOptions {
  /** Tasks in memory that are not settled, waiting and under way; a retry or a redirect keeps its slot, so that requeueing never waits. */
  readonly capacity: number
  /** How many take tasks. */
  readonly workers: number
  /** Where tasks of saturated hosts are kept while others enter; null: a list is seen no further than the capacity. */
  readonly store: TaskStore | null
  /** Look down the whole list at once: hosts have limits, and the one that takes longest under them may stand last. */
  readonly isEager: boolean
  readonly limiter: Limiter
  readonly gate: Gate | null
  readonly clock: Clock
}

/** Tasks that are fetched before more are admitted: one by one would cost a wait for each. */
const refill = 1000

/**
 * A lane per host. A lane with tasks is in the ring of ready hosts, parked until a time (in the heap), or parked until one of
 * its requests ends. Ready hosts are served in turn, one task each; only tasks whose host may be asked now come out.
 */
export class Frontier {
  /** Down to so many unsettled tasks a feeder that waits goes on waiting, unless a worker does, too. */
  readonly #lowWater: number
  readonly #limiter: Limiter
  readonly #gate: GateClock
  readonly #clock: Clock
  readonly #alarm: Alarm
  readonly #schedule = new Schedule()
  readonly #takers = new Takers()
  readonly #room = new Latch()
  readonly #criticalPath: CriticalPath
  readonly #slots: Slots
  readonly #lookAhead: LookAhead | null

  #inFlight = 0
  #retries = 0
  #isSealed = false
  #isStopped = false
  #broken: { readonly error: unknown } | null = null

  constructor(options: FrontierOptions) {
    this.#criticalPath = new CriticalPath(this.#schedule, options.limiter, options.workers)
    this.#slots = new Slots(options.capacity)
    this.#lookAhead =
      options.store === null
        ? null
        : new LookAhead({
            store: options.store,
            schedule: this.#schedule,
            slots: this.#slots,
            isEager: options.isEager,
            onRead: (lane, tasks) => this.#readBack(lane, tasks),
            onError: (error) => this.#fail(error),
          })
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
    const slots = this.#slots
    if (this.#lookAhead === null) {
      if (slots.free <= 0) return this.#pushLater(task)
    } else if (slots.free <= 0 || this.#lookAhead.count > 0) {
      const entry = this.#lookAhead.enter(task, this.#isStarving)
      if (entry === 'parked') return true
      if (entry === 'wait') return this.#pushLater(task)
    }
    slots.take(task)
    const now = this.#clock.now()
    this.#admitTo(this.#schedule.laneOf(task.target.host), task, now)
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
    if (this.#broken !== null) throw this.#broken.error
    if (this.#isOver()) return undefined
    const now = this.#clock.now()
    const task = this.#next(now)
    if (task) return task
    const taken = this.#takers.wait()
    this.#lookFurther()
    this.#setAlarm(now)
    return taken
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
    if (task.refusal === null) this.#release(task, lane, attempt, now)
    task.lastAttempt = next.kind === 'done' ? null : (attempt ?? null)
    if (next.kind === 'done') this.#slots.give(task)
    else this.#requeue(resumptionOf(task, next, now), now)
    this.#lookAhead?.settled()
    this.#place(lane, now)
    this.#criticalPath.replan(now)
    this.#serve(now)
    if (this.#slots.used <= this.#lowWater) this.#room.open()
    if (this.#isOver()) this.#endTakers()
  }

  /** Ends intake: nothing is taken or admitted any more, what is under way can still be settled. */
  stop(): void {
    this.#isStopped = true
    this.#room.open()
    this.#endTakers()
  }

  /** After `stop`: the tasks that were begun and will not be finished. Those never begun are just dropped. */
  *abandoned(): Generator<FetchTask> {
    const now = this.#clock.now()
    for (const lane of this.#schedule.lanes) {
      for (const task of lane.takeResumed()) {
        stopWaiting(task, lane, now, now, this.#gate.closedMs(now))
        yield task
      }
    }
  }

  /** The held-back host with the most tasks. */
  waitingHost(): WaitingHost | null {
    return this.#schedule.waitingHost(this.#clock.now())
  }

  async #pushLater(task: FetchTask): Promise<boolean> {
    await this.#room.wait()
    return this.push(task)
  }

  #admitTo(lane: Lane, task: FetchTask, now: number): void {
    startWaiting(task, lane, now, this.#gate.closedMs(now))
    lane.add(task)
    if (lane.state !== 'ready') this.#place(lane, now)
  }

  /** Parked tasks came back. */
  #readBack(lane: Lane, tasks: readonly FetchTask[]): void {
    if (this.#isStopped) return
    const now = this.#clock.now()
    for (const task of tasks) this.#admitTo(lane, task, now)
    this.#place(lane, now)
    this.#lookAhead?.refill(lane)
    this.#serve(now)
  }

  #release(task: FetchTask, lane: Lane, attempt: Attempt | undefined, now: number): void {
    const fetchMs = now - task.since
    task.fetchMs += fetchMs
    task.firstAttemptAt ??= attempt?.wallTime ?? null
    this.#criticalPath.learn(lane, fetchMs)
    if (!task.isStarted) this.#limiter.started(lane.host, now)
    this.#limiter.release(lane.host, attempt, now, lane.heed(task, attempt))
  }

  /** A worker waits, and no host in memory may be asked. */
  get #isStarving(): boolean {
    return this.#takers.length > 0 && !this.#schedule.mayHaveReady
  }

  /** Reads on for a worker that waits: where there is room, or where room can be made. */
  #lookFurther(): void {
    if (this.#slots.free > 0) return this.#room.open()
    if (this.#lookAhead === null || !this.#isStarving || !this.#lookAhead.canMakeRoom) return
    this.#lookAhead.starving()
    this.#room.open()
  }

  #fail(error: unknown): void {
    if (this.#isStopped) return
    this.#broken ??= { error }
    this.#takers.fail(error)
  }

  #requeue(resumption: Resumption, now: number): void {
    const lane = this.#schedule.laneOf(resumption.task.target.host)
    startWaiting(resumption.task, lane, now, this.#gate.closedMs(now))
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
      const task = resumption?.task ?? lane.nextFresh()
      if (task) return this.#giveOut(task, resumption, lane, now)
      this.#place(lane, now)
    }
    return undefined
  }

  #giveOut(task: FetchTask, resumption: Resumption | undefined, lane: Lane, now: number): FetchTask {
    stopWaiting(task, lane, resumption?.dueAt ?? task.since, now, this.#gate.closedMs(now))
    lane.inFlight++
    this.#inFlight++
    task.hostOutlook = lane.backlog > 0 ? 'more' : this.#schedule.mayHaveReady ? 'none' : 'unknown'
    task.refusal = this.#limiter.refusal(lane.host, now)
    if (task.refusal === null) {
      if (beginRequest(task, resumption?.cause ?? null, now)) this.#retries++
      this.#limiter.acquire(lane.host, now)
      this.#gate.acquire(now)
    }
    this.#place(lane, now)
    this.#lookAhead?.refill(lane)
    return task
  }

  /** Hands tasks to those who wait for one. */
  #serve(now: number): void {
    if (this.#isStopped) return
    while (this.#takers.length > 0) {
      const task = this.#next(now)
      if (!task) break
      this.#takers.give(task)
    }
    this.#setAlarm(now)
    if (this.#takers.length > 0) this.#lookFurther()
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
    return this.#isStopped || (this.#isSealed && this.#slots.used === 0 && !this.#lookAhead?.count)
  }

  #endTakers(): void {
    if (!this.#isOver()) return
    this.#alarm.clear()
    while (this.#takers.length > 0) this.#takers.give(undefined)
  }
}
