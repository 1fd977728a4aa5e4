// The same time limit for many: one timer for the oldest of them, instead of one for each.

import { AgeList, type AgeLinks } from './age-list.js'
import { startTimer, type Timer } from './timer.js'

export interface Limited extends AgeLinks<Limited> {
  /** Monotonic ms. */
  readonly startedAt: number
  onTimeLimit(): void
}

export class TimeLimit {
  readonly ms: number
  readonly #members = new AgeList<Limited>()
  /** Runs for the member that was the oldest when it was started, or for one that has left since. */
  #timer: Timer | null = null

  constructor(ms: number) {
    this.ms = ms
  }

  /** From its start on. Members start in the order in which they are added. */
  add(member: Limited): void {
    this.#members.add(member)
    this.#timer ??= startTimer(onTimer, this.ms, this)
  }

  remove(member: Limited): void {
    this.#members.remove(member)
    if (this.#members.size > 0 || this.#timer === null) return
    clearTimeout(this.#timer)
    this.#timer = null
  }

  onTimer(): void {
    this.#timer = null
    const now = performance.now()
    for (let oldest = this.#members.oldest; oldest !== null; oldest = this.#members.oldest) {
      const leftMs = oldest.startedAt + this.ms - now
      if (leftMs > 0) {
        this.#timer = startTimer(onTimer, Math.ceil(leftMs), this)
        return
      }
      this.#members.remove(oldest)
      oldest.onTimeLimit()
    }
  }
}

function onTimer(limit: TimeLimit): void {
  limit.onTimer()
}
