// Which hosts the run's end depends on: those whose remaining work takes longest under their limits.

import type { Limiter } from '../types.js'
import type { Lane } from './lane.js'
import type { Schedule } from './schedule.js'

/** How often it is looked at, in ms: with many hosts less often, as it takes longer. */
const everyMs = 100
const everyMsPerHost = 0.2
/** Hosts that take about as long as the one that takes longest are on the critical path, too. */
const criticalShare = 0.7
/**
 * None is where all work takes the workers much longer than any host. How much work there is is a guess, and a bad one while all that
 * is known are first requests, which take longest; a host that goes first without need takes no more than its limits allow.
 */
const boundShare = 0.3
/** Of the mean time of a request of whatever host, what the newest one counts, once there are many. */
const newestShare = 0.01

/**
 * Lets hosts go first whose backlog takes longest under their limits, where that may be as long as all work takes the workers. Where workers are plentiful this changes nothing; where they are scarce, serving hosts in turn
 * would leave the longest backlog for the end, with all workers but its own idle.
 */
export class CriticalPath {
  readonly #schedule: Schedule
  readonly #limiter: Limiter
  readonly #workers: number
  /** Of whatever host. */
  #meanFetchMs = 0
  #requests = 0
  #nextAt = Number.NEGATIVE_INFINITY

  constructor(schedule: Schedule, limiter: Limiter, workers: number) {
    this.#schedule = schedule
    this.#limiter = limiter
    this.#workers = workers
  }

  /** A request of the host took so long. */
  learn(lane: Lane, fetchMs: number): void {
    lane.learn(fetchMs)
    this.#requests++
    this.#meanFetchMs += (fetchMs - this.#meanFetchMs) * Math.max(newestShare, 1 / this.#requests)
  }

  /** Marks the hosts on the critical path, now and then. */
  replan(now: number): void {
    if (now < this.#nextAt) return
    this.#nextAt = now + Math.max(everyMs, everyMsPerHost * this.#schedule.size)
    let longestMs = 0
    let workMs = 0
    for (const lane of this.#schedule.lanes) {
      const { backlog } = lane
      // The first request to a host takes longest: until it was asked more often, that is not what the rest of it will take.
      const fetchMs = lane.meanFetchMs === 0 ? this.#meanFetchMs : Math.min(lane.meanFetchMs, this.#meanFetchMs)
      lane.restMs = backlog * this.#limiter.msPerRequest(lane.host, fetchMs)
      longestMs = Math.max(longestMs, lane.restMs)
      workMs += backlog * fetchMs
    }
    const isBound = longestMs > 0 && longestMs >= boundShare * (workMs / this.#workers)
    for (const lane of this.#schedule.lanes) {
      this.#schedule.setUrgent(lane, isBound && lane.restMs >= criticalShare * longestMs)
    }
  }
}
