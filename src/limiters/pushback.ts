// What an answer says about the pace: whether the host pushes back, and how long it is left alone then.

import type { Attempt } from '../types.js'

/**
 * `refused`: too many requests, the host says. `strained`: it may be that, if it goes on. `given`: an answer like any other.
 * `silent`: nothing was said.
 */
export type Word = 'refused' | 'strained' | 'given' | 'silent'

/** A host that does not say for how long rests this long, doubling while it goes on doing so. */
const firstPauseMs = 1000
const longestPauseMs = 30_000

/** So many failures in a row, without an answer between them, are a refusal. */
const failuresOfRefusal = 3
/** So many refusals in a row, two to three minutes where the host does not say for how long, and it refuses everything. */
const mostRefusals = 10

/**
 * So many refusals of that kind, without as many answers in a row as make a recovery, and it is not the pace that makes the host
 * fail: waiting would only lose time.
 */
const mostOfFailures = 5
const answersOfRecovery = 20

export function wordOf({ statusCode, retryAfterMs, failure, exhausted, stale }: Attempt): Word {
  if (statusCode === 429 || (statusCode === 503 && retryAfterMs !== null)) return 'refused'
  if (statusCode === 503) return 'strained'
  if (failure?.type === 'timeout') return failure.code === 'TIMEOUT_CONNECT' ? 'silent' : 'strained'
  return statusCode === null || exhausted || stale ? 'silent' : 'given'
}

export class Pushback {
  /** The host asked to be left alone until then. */
  pausedUntil = Number.NEGATIVE_INFINITY
  /** Refusals in a row, a burst counting once. */
  #doublings = 0
  #failures = 0
  #refusalsByFailure = 0
  /** Answers without a failure between them. */
  #answers = 0

  /** Something is to be remembered of what was said. */
  get isUnresolved(): boolean {
    return this.#doublings > 0 || this.#failures > 0
  }

  /** It refused so often, and gave no answer between, that waiting longer is in vain. */
  get isHopeless(): boolean {
    return this.#doublings >= mostRefusals
  }

  /** Refusals in a row, a burst counting once. */
  get refusals(): number {
    return this.#doublings
  }

  given(attempt: Attempt): void {
    this.#failures = 0
    this.#answers++
    if (attempt.startedAt < this.pausedUntil) return
    this.#doublings = 0
    if (this.#answers >= answersOfRecovery) this.#refusalsByFailure = 0
  }

  /**
   * Whether it is a refusal of its own. An answer to a request that began before the last pause ended is of the same burst: it may
   * prolong the pause, not deepen it.
   */
  refused(attempt: Attempt, now: number, maxPauseMs: number): boolean {
    const isSameBurst = attempt.startedAt < this.pausedUntil
    const asked = attempt.retryAfterMs ?? (attempt.quota?.remaining === 0 ? attempt.quota.resetMs : null)
    if (asked !== null) this.#pause(now, Math.min(asked, maxPauseMs))
    if (isSameBurst) return false
    // What the host asked for counts the first time. It refuses again: that was too short.
    const doublings = asked === null ? this.#doublings : this.#doublings - 1
    if (doublings >= 0) this.#pause(now, Math.min(longestPauseMs, firstPauseMs * 2 ** doublings, maxPauseMs))
    this.#doublings++
    return true
  }

  /** Whether the host failed often enough for that to be a refusal of its own. */
  strained(attempt: Attempt, now: number, maxPauseMs: number): boolean {
    if (attempt.startedAt < this.pausedUntil) return false
    this.#failures++
    this.#answers = 0
    if (this.#failures < failuresOfRefusal || this.#refusalsByFailure >= mostOfFailures) return false
    this.#failures = 0
    this.#refusalsByFailure++
    return this.refused(attempt, now, maxPauseMs)
  }

  #pause(now: number, pauseMs: number): void {
    this.pausedUntil = Math.max(this.pausedUntil, now + pauseMs)
  }
}
