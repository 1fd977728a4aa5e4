// How fast a run goes, smoothed, and when it may end.

import type { RunStatus } from '../types.js'

/** Time constants: how long what was seen keeps its weight. */
const rateMemoryMs = 10_000
const heldBackMemoryMs = 3000
const etaFromMs = 3000
const longestEtaMs = 100 * 3_600_000

/** Samples the counters of a run. Its time is the run's own. */
export class Pace {
  #at = 0
  #done = 0
  #bytes = 0
  readonly #donePerMs = new MovingMean(rateMemoryMs)
  readonly #bytesPerMs = new MovingMean(rateMemoryMs)
  readonly #heldBack = new MovingMean(heldBackMemoryMs)

  sample(status: RunStatus): void {
    const spanMs = status.elapsedMs - this.#at
    if (spanMs <= 0) return
    const done = doneOf(status) - status.earlier
    this.#donePerMs.add((done - this.#done) / spanMs, spanMs)
    this.#bytesPerMs.add((status.wireBytes - this.#bytes) / spanMs, spanMs)
    // A worker is idle although tasks wait: it is the hosts' limits that set the pace.
    this.#heldBack.add(status.waiting !== null && status.inFlight < status.workers ? 1 : 0, spanMs)
    this.#at = status.elapsedMs
    this.#done = done
    this.#bytes = status.wireBytes
  }

  get perSecond(): number {
    return this.#donePerMs.value * 1000
  }

  get bytesPerSecond(): number {
    return this.#bytesPerMs.value * 1000
  }

  /**
   * Ms until the list is done; null where that would be a guess: in the first seconds, without a total, and while hosts' limits
   * set the pace, since the rate of the mix then says nothing about the rest.
   */
  etaMs(status: RunStatus): number | null {
    if (status.total === undefined || status.elapsedMs < etaFromMs || this.#heldBack.value > 0.5) return null
    const etaMs = Math.max(0, status.total - doneOf(status)) / this.#donePerMs.value
    return etaMs < longestEtaMs ? etaMs : null
  }
}

/** URLs that have their record. */
export function doneOf(status: RunStatus): number {
  return status.ok + status.failedHttp + status.failedOther
}

/** An exponentially weighted mean over time that is not biased towards its start at 0. */
class MovingMean {
  readonly #memoryMs: number
  #sum = 0
  #weight = 0

  constructor(memoryMs: number) {
    this.#memoryMs = memoryMs
  }

  add(value: number, spanMs: number): void {
    const kept = Math.exp(-spanMs / this.#memoryMs)
    this.#sum = this.#sum * kept + value * (1 - kept)
    this.#weight = this.#weight * kept + (1 - kept)
  }

  get value(): number {
    return this.#weight === 0 ? 0 : this.#sum / this.#weight
  }
}
