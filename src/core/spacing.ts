// Evenly spaced starts: GCRA (ITU-T I.371) without a burst allowance.

/** A gap may be this much shorter than the interval, to make up for a start that was late. */
const usualShortestGap = 0.8

/**
 * Holds starts `intervalMs` apart. A start that came late, by one interval at most, keeps its place in the schedule: gaps down to
 * 80 % of the interval follow until the time is made up. Later than that, the schedule begins anew: never a burst, however
 * long nobody asked.
 */
export class Spacing {
  #intervalMs: number
  #shortestGapMs: number
  /** When the next start is due. */
  #due = Number.NEGATIVE_INFINITY
  #last = Number.NEGATIVE_INFINITY

  /** @param shortestGap the least part of the interval that a gap may be */
  constructor(intervalMs: number, shortestGap = usualShortestGap) {
    this.#intervalMs = intervalMs
    this.#shortestGapMs = shortestGap * intervalMs
  }

  get intervalMs(): number {
    return this.#intervalMs
  }

  /** The schedule begins anew with the last start: time that was to be made up for is not. */
  setInterval(intervalMs: number, shortestGap = usualShortestGap): void {
    this.#intervalMs = intervalMs
    this.#shortestGapMs = shortestGap * intervalMs
    this.#due = this.#last + intervalMs
  }

  /** Ms until the next start may be; 0 is now. */
  delay(now: number): number {
    return Math.max(0, Math.max(this.#due, this.#last + this.#shortestGapMs) - now)
  }

  acquire(now: number): void {
    const isOnSchedule = now <= this.#due + this.#intervalMs
    this.#due = (isOnSchedule ? this.#due : now) + this.#intervalMs
    this.#last = now
  }

  /** The last start came later than it was acquired: the next gap is measured from there. */
  postpone(now: number): void {
    this.#last = now
    this.#due = Math.max(this.#due, now)
  }

  /** From then on, in monotonic ms, this is as good as new. */
  get forgettableAt(): number {
    return this.#due + this.#intervalMs
  }
}
