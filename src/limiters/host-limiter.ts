// When a host may be asked: its rate, its concurrency, and what it said itself (429, 503 with Retry-After).

import { Heap, type HeapItem } from '../core/heap.js'
import { Spacing } from '../core/spacing.js'
import type { Attempt, Failure, Limiter } from '../types.js'

export interface HostLimits {
  /** Ms between two requests to a host; null without a rate. */
  readonly intervalMs: number | null
  /** Requests to a host at a time; Infinity without a limit. */
  readonly perHost: number
  /** Whether a 429, or a 503 with Retry-After, holds back the host for everyone. */
  readonly isAdaptive: boolean
  /** The longest pause that a host may ask for, in ms. */
  readonly maxPauseMs: number
}

/** A host that answers 429 without Retry-After rests this long, doubling while it goes on doing so. */
const firstPauseMs = 1000
const longestPauseMs = 30_000

interface HostState extends HeapItem {
  readonly host: string
  readonly spacing: Spacing | null
  inFlight: number
  /** A request was given out and has no connection yet. Where there is a rate, the next one waits for that. */
  isStarting: boolean
  /** The host asked to be left alone until then. */
  pausedUntil: number
  /** 429s without Retry-After in a row, a burst counting once. */
  pushbacks: number
  /** When nothing is left to remember, once no request is in flight. */
  forgetAt: number
}

/** Keeps nothing of a host that has no request in flight and no time to wait for. */
export class HostLimiter implements Limiter {
  readonly #limits: HostLimits
  readonly #hosts = new Map<string, HostState>()
  readonly #idle = new Heap<HostState>((state) => state.forgetAt)

  constructor(limits: HostLimits) {
    this.#limits = limits
  }

  /** Hosts remembered. */
  get size(): number {
    return this.#hosts.size
  }

  delay(host: string, now: number): number {
    const state = this.#hosts.get(host)
    if (state === undefined) return 0
    if (state.inFlight >= this.#limits.perHost) return Number.POSITIVE_INFINITY
    const pauseMs = Math.max(0, state.pausedUntil - now)
    if (state.spacing === null) return pauseMs
    // Connections that open together would put their requests on the wire together, however they were spaced before.
    return state.isStarting ? Number.POSITIVE_INFINITY : Math.max(pauseMs, state.spacing.delay(now))
  }

  acquire(host: string, now: number): void {
    this.#forgetIdle(now)
    let state = this.#hosts.get(host)
    if (state === undefined) {
      if (this.#limits.intervalMs === null && this.#limits.perHost === Number.POSITIVE_INFINITY) return
      state = this.#remember(host)
    }
    this.#idle.remove(state)
    state.inFlight++
    state.isStarting = true
    state.spacing?.acquire(now)
  }

  started(host: string, now: number): void {
    if (this.#limits.intervalMs === null) return
    const state = this.#hosts.get(host)
    if (state === undefined) return
    state.isStarting = false
    state.spacing?.postpone(now)
  }

  release(host: string, attempt: Attempt | undefined, now: number): void {
    let state = this.#hosts.get(host)
    if (attempt && this.#limits.isAdaptive) {
      if (isPushback(attempt)) {
        state ??= this.#remember(host)
        this.#pause(state, attempt, now)
      } else if (state && attempt.failure === null && attempt.startedAt >= state.pausedUntil) {
        state.pushbacks = 0
      }
    }
    if (state === undefined) return
    // A request that began before there was anything to remember of its host was not counted.
    if (state.inFlight > 0) state.inFlight--
    if (state.inFlight === 0) {
      const pauseEnds = state.pausedUntil + (state.pushbacks > 0 ? longestPauseMs : 0)
      state.forgetAt = Math.max(pauseEnds, state.spacing?.forgettableAt ?? now)
      this.#idle.put(state)
    }
    this.#forgetIdle(now)
  }

  refusal(): Failure | null {
    return null
  }

  msPerRequest(_host: string, fetchMs: number): number {
    return Math.max(this.#limits.intervalMs ?? 0, fetchMs / this.#limits.perHost)
  }

  #remember(host: string): HostState {
    const { intervalMs } = this.#limits
    const state: HostState = {
      host,
      spacing: intervalMs === null ? null : new Spacing(intervalMs),
      inFlight: 0,
      isStarting: false,
      pausedUntil: Number.NEGATIVE_INFINITY,
      pushbacks: 0,
      forgetAt: 0,
      heapIndex: -1,
    }
    this.#hosts.set(host, state)
    return state
  }

  /** An answer to a request that began before the last pause ended is of the same burst: it may prolong the pause, not deepen it. */
  #pause(state: HostState, attempt: Attempt, now: number): void {
    const isSameBurst = attempt.startedAt < state.pausedUntil
    if (attempt.retryAfterMs !== null) {
      this.#pauseUntil(state, now, attempt.retryAfterMs)
    } else if (!isSameBurst) {
      this.#pauseUntil(state, now, Math.min(longestPauseMs, firstPauseMs * 2 ** state.pushbacks))
      state.pushbacks++
    }
  }

  #pauseUntil(state: HostState, now: number, pauseMs: number): void {
    state.pausedUntil = Math.max(state.pausedUntil, now + Math.min(pauseMs, this.#limits.maxPauseMs))
  }

  #forgetIdle(now: number): void {
    for (let state = this.#idle.peek(); state && state.forgetAt <= now; state = this.#idle.peek()) {
      this.#idle.remove(state)
      this.#hosts.delete(state.host)
    }
  }
}

function isPushback(attempt: Attempt): boolean {
  return attempt.statusCode === 429 || (attempt.statusCode === 503 && attempt.retryAfterMs !== null)
}
