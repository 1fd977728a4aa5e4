// Which hosts the run's end depends on: those whose remaining work takes longest under their limits.

import type { Limiter } from '../types.js'
import type { Lane } from './lane.js'
import type { Schedule } from './schedule.js'

/** How often it is looked at, in ms: with many hosts less often, as it takes longer. */
const everyMs = 100
const everyMsPerHost = 0.2
/** A host within so much of the run's shortest end is on the critical path: a delay of it would be a delay of the end. */
const criticalShare = 0.95
/** Of the mean time of a request of whatever host, what the newest one counts. */
const newestShare = 0.01

/**
 * Lets hosts go first whose backlog, under their limits, takes as long as the run will in any case: all work over all workers, or the
 * backlog of another host. Where workers are plentiful this changes nothing; where they are scarce, serving hosts in turn
 * would leave the longest backlog for the end, with all workers but its own idle.
 */
export class CriticalPath {
  readonly #schedule: Schedule
  readonly #limiter: Limiter
  readonly #workers: number
  /** For hosts not asked yet. */
  #meanFetchMs = 0
  #nextAt = Number.NEGATIVE_INFINITY

  constructor(schedule: Schedule, limiter: Limiter, workers: number) {
    this.#schedule = schedule
    this.#limiter = limiter
    this.#workers = workers
  }

  /** A request of the host took so long. */
  learn(lane: Lane, fetchMs: number): void {
    lane.learn(fetchMs)
    this.#meanFetchMs += this.#meanFetchMs === 0 ? fetchMs : (fetchMs - this.#meanFetchMs) * newestShare
  }

  /** Marks the hosts on the critical path, now and then. */
  replan(now: number): void {
    if (now < this.#nextAt) return
    this.#nextAt = now + Math.max(everyMs, everyMsPerHost * this.#schedule.size)
    let longestMs = 0
    let workMs = 0
    for (const lane of this.#schedule.lanes) {
      const { backlog } = lane
      const fetchMs = lane.meanFetchMs === 0 ? this.#meanFetchMs : lane.meanFetchMs
      lane.restMs = backlog * this.#limiter.msPerRequest(lane.host, fetchMs)
      longestMs = Math.max(longestMs, lane.restMs)
      workMs += backlog * fetchMs
    }
    const endMs = Math.max(longestMs, workMs / this.#workers) * criticalShare
    for (const lane of this.#schedule.lanes) {
      this.#schedule.setUrgent(lane, lane.restMs > 0 && lane.restMs >= endMs)
    }
  }
}
