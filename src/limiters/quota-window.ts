// What a host announced of its quota: how many requests are left until it is renewed.

import type { Quota } from '../types.js'

/** Resets are told in whole seconds: those so near to each other are the same. */
const sameResetMs = 1500
/** What is left to a host that is not asked is kept in mind for so long. */
const idleMemoryMs = 10_000

/**
 * No more requests are under way than are left: whether the host counted them already is not known before their answers. Where
 * none was left, one asks after the reset how many there are; the others wait for its answer, for a reset in whole seconds may be
 * up to a second off.
 */
export class QuotaWindow {
  #remaining: number
  /** The quota is renewed then. */
  #resetAt: number
  /** When the request was given out that asks whether it was. */
  #askedAt: number | null = null

  /** When it was told last. */
  #toldAt: number

  constructor(quota: Quota, resetAt: number, now: number) {
    this.#remaining = quota.remaining
    this.#resetAt = resetAt
    this.#toldAt = now
  }

  /** It is past and says no more about the host. */
  isOver(now: number): boolean {
    return now >= this.#resetAt && this.#remaining > 0
  }

  /** From then on, in monotonic ms, it need not be known any more. */
  forgettableAt(now: number): number {
    return this.#remaining > 0 ? Math.min(this.#resetAt, now + idleMemoryMs) : this.#resetAt + idleMemoryMs
  }

  /** Ms until a request may start, if none ends before; Infinity where it depends on an answer. */
  delay(inFlight: number, now: number): number {
    if (inFlight < this.#remaining) return 0
    if (now < this.#resetAt) return this.#resetAt - now
    return this.#askedAt === null ? 0 : Number.POSITIVE_INFINITY
  }

  /** @param inFlight without this one */
  acquire(inFlight: number, now: number): void {
    if (now >= this.#resetAt && inFlight >= this.#remaining) this.#askedAt = now
  }

  /**
   * A further answer. Of several about the same window, which may come out of order, the one that leaves least counts; one
   * about a window before says nothing.
   */
  told(quota: Quota, resetAt: number, now: number): void {
    this.#toldAt = now
    if (Math.abs(resetAt - this.#resetAt) <= sameResetMs && this.#askedAt === null) {
      this.#remaining = Math.min(this.#remaining, quota.remaining)
    } else if (resetAt > this.#resetAt || this.#askedAt !== null) {
      this.#remaining = quota.remaining
      this.#resetAt = resetAt
      this.#askedAt = null
    }
  }

  /**
   * A request ended that told nothing. It may have been counted. Whether it was the one that asked, or began after a quota was
   * told: then the quota is not for all requests, or is none any more.
   *
   * @param inFlight requests to the host that are still under way
   */
  ended(startedAt: number | undefined, inFlight: number): boolean {
    this.#remaining = Math.max(0, this.#remaining - 1)
    if (this.#askedAt === null) return startedAt !== undefined && startedAt > this.#toldAt
    if (inFlight > 0 && startedAt !== undefined && startedAt < this.#askedAt) return false
    this.#askedAt = null
    return true
  }
}
