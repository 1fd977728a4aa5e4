// A lane: the tasks of one host that wait in the frontier, and for how long the host was held back.

import type { Attempt, Blame, FetchTask } from '../types.js'
import { FreshTasks } from './fresh-tasks.js'
import { Heap, type HeapItem } from './heap.js'
import type { ParkedRuns } from './parked-runs.js'
import type { Resumption } from './resumption.js'

/** `ready`: the host may be asked. `parked`: until `wakeAt`, or until a request of its own ends. `empty`: no task waits. */
export type LaneState = 'ready' | 'parked' | 'empty'

/** Of the mean, what the newest request counts. */
const newestShare = 0.2

type Delayed = Resumption & HeapItem

export class Lane implements HeapItem {
  readonly host: string
  heapIndex = -1
  wakeAt = Number.POSITIVE_INFINITY
  /** It stands in the ring, and among the urgent. */
  inRing = false
  inUrgent = false
  /** Requests of this host under way. */
  inFlight = 0
  /** Its tasks outside memory: the backlog's; it has nothing to do with the state `parked`. Null where there are none. */
  parked: ParkedRuns | null = null
  /** Some of them are on their way back, out of a run of so many. */
  isRefilling = false
  inRead = 0
  /** Mean time that a request of this host takes, the last ones counting most; 0 before the first. */
  meanFetchMs = 0
  /** When the last request began that was answered, and not by a 429; monotonic ms. */
  answeredAt = Number.NEGATIVE_INFINITY
  /** How long its tasks take at least, as of the last plan, and whether the run cannot end before they do. */
  restMs = 0
  isUrgent = false

  #state: LaneState = 'empty'
  /** The clock of held-back time: ms summed up before `#since`, where it started to run or was read off the gate. */
  #limitedMs = 0
  #since = 0
  readonly #fresh = new FreshTasks()
  /** The last one was refused. */
  #isFreshDue = false
  #resumed: Heap<Delayed> | null = null

  constructor(host: string) {
    this.host = host
  }

  get state(): LaneState {
    return this.#state
  }

  /** Tasks waiting. */
  get length(): number {
    return this.#fresh.length + (this.#resumed?.length ?? 0)
  }

  /** Tasks waiting that were not begun. */
  get freshLength(): number {
    return this.#fresh.length
  }

  /** Tasks waiting, in memory and out of it. */
  get backlog(): number {
    return this.length + this.inRead + (this.parked?.count ?? 0)
  }

  /** Nothing is left of it to remember. */
  get isDone(): boolean {
    return this.length === 0 && this.inFlight === 0 && this.parked === null && !this.isRefilling
  }

  /**
   * `gateMs` is the gate's own clock of held-back time: a ready host that the gate holds back is held back too.
   */
  setState(state: LaneState, now: number, gateMs: number): void {
    // Also where the state stays: `wakeAt` is about to change.
    this.#limitedMs = this.limitedMs(now, gateMs)
    this.#state = state
    this.#since = state === 'ready' ? gateMs : now
  }

  /** Ms for which this lane's tasks were held back so far. Only differences mean something. */
  limitedMs(now: number, gateMs: number): number {
    switch (this.#state) {
      case 'parked':
        // From `wakeAt` on the host may be asked: what is waited for then is a worker.
        return this.#limitedMs + Math.max(0, Math.min(now, this.wakeAt) - this.#since)
      case 'ready':
        return this.#limitedMs + gateMs - this.#since
      case 'empty':
        return this.#limitedMs
    }
  }

  add(task: FetchTask): void {
    this.#fresh.push(task)
  }

  /** Adds a task that was begun. It goes before all that were not, so that what is begun gets finished. */
  resume(resumption: Resumption): void {
    this.#resumed ??= new Heap<Delayed>((delayed) => delayed.dueAt)
    this.#resumed.put({ ...resumption, heapIndex: -1 })
  }

  /** When the first task is due: a fresh one always is. Infinity without tasks. */
  dueAt(): number {
    if (this.#fresh.length > 0) return Number.NEGATIVE_INFINITY
    return this.#resumed?.peek()?.dueAt ?? Number.POSITIVE_INFINITY
  }

  /** The begun task that is due first. After one that was refused a fresh one gets its turn: the host may refuse only that URL. */
  nextResumed(now: number): Resumption | undefined {
    const first = this.#resumed?.peek()
    if (!first || first.dueAt > now) return undefined
    if (first.cause === 'pushback' && this.#isFreshDue && this.#fresh.length > 0) return undefined
    if (first.cause === 'pushback') this.#isFreshDue = true
    return this.#resumed?.pop()
  }

  nextFresh(): FetchTask | undefined {
    this.#isFreshDue = false
    return this.#fresh.shift()
  }

  /** Takes out the newest tasks that were not begun, in their order. */
  takeNewest(count: number): FetchTask[] {
    return this.#fresh.takeLast(count)
  }

  /** A request took so long. */
  learn(fetchMs: number): void {
    this.meanFetchMs += this.meanFetchMs === 0 ? fetchMs : (fetchMs - this.meanFetchMs) * newestShare
  }

  /**
   * Notes what a request brought, and tells whose doing a refusal is: its URL's, if that was refused before, and others were answered
   * since. Once that was so it is taken to be so, also when there are no others any more.
   */
  heed(task: FetchTask, attempt: Attempt | undefined): Blame {
    if (attempt === undefined || attempt.statusCode === null) return 'host'
    if (attempt.statusCode !== 429) {
      this.answeredAt = attempt.startedAt
      return 'host'
    }
    this.#isFreshDue = true
    if (task.isRefusedAlone) return 'url'
    task.isRefusedAlone = task.lastAttempt?.statusCode === 429 && this.answeredAt > task.lastAttempt.startedAt
    return task.isRefusedAlone ? 'acquitted' : 'host'
  }

  /** Takes out the tasks that were begun. */
  *takeResumed(): Generator<FetchTask> {
    for (let next = this.#resumed?.pop(); next; next = this.#resumed?.pop()) yield next.task
  }
}
