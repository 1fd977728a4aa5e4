// Looking further down the list than memory reaches: who is parked so that others can enter, and who is fetched back.

import type { FetchTask, TaskStore } from '../types.js'
import { Backlog } from './backlog.js'
import type { Lane } from './lane.js'
import type { Schedule } from './schedule.js'
import type { Slots } from './slots.js'

export interface LookAheadParts {
  readonly store: TaskStore
  readonly schedule: Schedule
  readonly slots: Slots
  /** Look ahead as long as there is a list, not only when a worker has nothing to do: the longest backlog may stand last. */
  readonly isEager: boolean
  /** Takes tasks that came back. Slots were kept for them; `isRefilling` is over. */
  readonly onRead: (lane: Lane, tasks: readonly FetchTask[]) => void
  readonly onError: (error: unknown) => void
}

/** Most tasks of a host that come back at a time. */
const mostAtOnce = 256

/** A lane that needs more slots than are free holds up those behind it, but not the first of them: one may need a single slot. */
const mostLookedAt = 16

/** `admit`: a slot is free. `parked`: it is out of memory now. `wait`: neither, for the time being. */
type Entry = 'admit' | 'parked' | 'wait'

/**
 * Slots are shared out: a host with parked tasks is fetched back before its lane runs dry, and before anything new is admitted. Where
 * all slots are taken, the longest lanes give up theirs. A host keeps a few tasks in memory, so that there is no host with parked
 * tasks alone, and no more of them than slots.
 */
export class LookAhead {
  readonly #parts: LookAheadParts
  readonly #backlog: Backlog
  /** Lanes that wait for slots to be fetched back to; the urgent ones come first. */
  readonly #hungry = new Set<Lane>()
  readonly #hungryUrgent = new Set<Lane>()
  /** All lanes were found short when so many tasks had been settled; a few more have to be before it is worth another look. */
  #shortUntil = 0
  #settled = 0

  constructor(parts: LookAheadParts) {
    this.#parts = parts
    this.#backlog = new Backlog(parts.store)
  }

  /** Tasks parked. */
  get count(): number {
    return this.#backlog.count
  }

  /** Whether a task may enter. `isStarving`: a worker waits, and no host in memory may be asked. */
  enter(task: FetchTask, isStarving: boolean): Entry {
    const { isEager, schedule } = this.#parts
    const lane = schedule.find(task.target.host)
    if (lane?.parked && this.#backlog.park(lane, task)) return 'parked'
    if (this.#hasRoom) return 'admit'
    if (!isEager && !isStarving) return 'wait'
    if (lane && lane.freshLength >= this.#batch(lane) && this.#backlog.park(lane, task)) return 'parked'
    this.#evict()
    return this.#hasRoom ? 'admit' : 'wait'
  }

  /** Whether it may help to read on although all slots are taken. */
  get canMakeRoom(): boolean {
    return this.#settled >= this.#shortUntil
  }

  /** To be called when a task of the lane was taken. */
  refill(lane: Lane): void {
    if (lane.parked === null || lane.isRefilling) return
    // Those that wait for a retry do not count: until it is due, they give the host nothing to do.
    const { freshLength } = lane
    const batch = this.#batch(lane)
    if (freshLength > batch >> 1) return
    const wanted = Math.min(lane.parked.count, batch - freshLength)
    // One by one would be a read for each; but a host without any is not to wait for more.
    const least = freshLength === 0 ? 1 : (wanted + 1) >> 1
    const each = this.#parts.slots.forBytes(lane.parked.meanBytes)
    const free = Math.floor(this.#free / each)
    if (free < least) {
      const hungry = lane.isUrgent ? this.#hungryUrgent : this.#hungry
      hungry.add(lane)
      return
    }
    this.#forget(lane)
    void this.#readBack(lane, Math.min(wanted, free), each)
  }

  /** To be called when a task was settled, whether or not that freed a slot. */
  settled(): void {
    this.#settled++
    if (this.#isHungry) this.#feedHungry()
  }

  /** To be called when a worker has nothing to do: hosts that wait for slots get those of others. */
  starving(): void {
    if (this.#isHungry && this.#free <= 0) this.#evict()
  }

  get #free(): number {
    return this.#parts.slots.free
  }

  get #hasRoom(): boolean {
    return this.#free > 0 && !this.#isHungry
  }

  get #isHungry(): boolean {
    return this.#hungry.size + this.#hungryUrgent.size > 0
  }

  /** As many tasks of a host in memory that half the slots would do for all; urgent hosts share another quarter. */
  #batch(lane: Lane): number {
    const { schedule, slots } = this.#parts
    const tasks = slots.capacity / slots.perTask
    const share = tasks / (2 * Math.max(1, schedule.size))
    const urgentShare = lane.isUrgent ? tasks / (4 * Math.max(1, schedule.urgent)) : 0
    return Math.max(1, Math.min(mostAtOnce, Math.floor(Math.max(share, urgentShare))))
  }

  #feedHungry(): void {
    let left = mostLookedAt
    for (const hungry of [this.#hungryUrgent, this.#hungry]) {
      for (const lane of hungry) {
        if (this.#free <= 0 || left === 0) return
        left--
        if (lane.parked === null || lane.freshLength > this.#batch(lane) >> 1) this.#forget(lane)
        else this.refill(lane)
      }
    }
  }

  #forget(lane: Lane): void {
    this.#hungry.delete(lane)
    this.#hungryUrgent.delete(lane)
  }

  /** @param each slots that one of them is thought to take */
  async #readBack(lane: Lane, most: number, each: number): Promise<void> {
    const { onError, onRead, slots } = this.#parts
    lane.isRefilling = true
    slots.reserve(most * each)
    try {
      const tasks = await this.#backlog.read(lane, most)
      lane.isRefilling = false
      slots.release(most * each)
      for (const task of tasks) slots.take(task)
      onRead(lane, tasks)
      this.#feedHungry()
    } catch (error) {
      onError(error)
    }
  }

  /** Parks the newest tasks of the longest lanes: all beyond half the longest one's length, which frees many at a time. */
  #evict(): void {
    const { schedule, slots } = this.#parts
    if (!this.canMakeRoom) return
    let longest = 0
    for (const lane of schedule.lanes) {
      if (lane.freshLength > this.#batch(lane)) longest = Math.max(longest, lane.freshLength)
    }
    const before = slots.used
    if (longest > 0) {
      for (const lane of schedule.lanes) {
        const level = Math.max(this.#batch(lane), longest >> 1)
        if (lane.freshLength <= level) continue
        const tasks = lane.takeNewest(lane.freshLength - level)
        const kept = this.#backlog.parkFirst(lane, tasks)
        for (const task of kept) lane.add(task)
        for (const task of tasks.slice(0, tasks.length - kept.length)) slots.give(task)
      }
    }
    if (slots.used === before) this.#shortUntil = this.#settled + Math.ceil(slots.capacity / 16)
    this.#feedHungry()
  }
}
