// A run against one host that allows so much and refuses the rest, on virtual time: the limiter is driven as the frontier drives it.

import { Heap, type HeapItem } from '../../src/core/heap.js'
import type { Attempt, Limiter, Quota } from '../../src/types.js'
import type { Random } from '../support/random.js'
import { makeAttempt } from '../support/values.js'

/** What a host says to a request that comes now. */
export interface Answer {
  readonly statusCode: number
  readonly retryAfterMs?: number
  readonly quota?: Quota
}

export type Host = (now: number) => Answer

const given: Answer = { statusCode: 200 }

function refusal(retryAfterMs: number | null): Answer {
  return retryAfterMs === null ? { statusCode: 429 } : { statusCode: 429, retryAfterMs }
}

/** Allows `burst` at once, and one more each `1 / perSecond`; `perSecond` may change with time. */
export function tokenBucket(perSecond: (now: number) => number, burst: number, retryAfterMs: number | null): Host {
  let tokens = burst
  let last = 0
  return (now) => {
    tokens = Math.min(burst, tokens + (perSecond(now) * (now - last)) / 1000)
    last = now
    // What adds up to one token, but for rounding.
    if (tokens < 1 - 1e-9) return refusal(retryAfterMs)
    tokens--
    return given
  }
}

/** Counts from the clock's full second, or minute. `tellsReset`: Retry-After is what is left of it. */
export function fixedWindow(limit: number, windowMs: number, retryAfterMs: number | null | 'reset'): Host {
  let window = -1
  let count = 0
  return (now) => {
    const current = Math.floor(now / windowMs)
    if (current !== window) count = 0
    window = current
    const resetMs = (window + 1) * windowMs - now
    if (++count > limit) return refusal(retryAfterMs === 'reset' ? Math.ceil(resetMs / 1000) * 1000 : retryAfterMs)
    return given
  }
}

/** No more than `limit` in any span of `windowMs`. */
export function slidingWindow(limit: number, windowMs: number, retryAfterMs: number | null): Host {
  const times: number[] = []
  return (now) => {
    while (times.length > 0 && (times[0] ?? 0) <= now - windowMs) times.shift()
    if (times.length >= limit) return refusal(retryAfterMs)
    times.push(now)
    return given
  }
}

export interface Run {
  readonly urls: number
  readonly workers: number
  readonly latencyMs: number
  /** Either way, so much more or less. */
  readonly jitterMs?: number
  readonly random: Random
}

export interface Outcome {
  readonly tookMs: number
  readonly refused: number
  /** Of all answers. */
  readonly refusedShare: number
  /** When each URL was given. */
  readonly givenAt: readonly number[]
}

interface Event extends HeapItem {
  readonly at: number
  readonly order: number
  readonly happen: (now: number) => void
}

/** What is refused is asked for again. Timers are up to a millisecond late, as those of the event loop are. */
export function simulate(limiter: Limiter, host: Host, run: Run): Outcome {
  const { random, latencyMs, jitterMs = 0 } = run
  const events = new Heap<Event>((event) => event.at + event.order * 1e-9)
  let order = 0
  const at = (time: number, happen: (now: number) => void) =>
    events.put({ at: time, order: order++, happen, heapIndex: -1 })
  const way = () => latencyMs / 2 + jitterMs * (random.next() - 0.5)
  const givenAt: number[] = []
  /** URLs to fetch, and workers that wait for one. */
  const left = { urls: run.urls, workers: run.workers }
  let refused = 0
  let wakeAt = Number.POSITIVE_INFINITY

  const end = (attempt: Attempt, now: number) => {
    limiter.release('h', attempt, now, 'host')
    left.workers++
    if (attempt.statusCode === 200) givenAt.push(now)
    else {
      refused++
      left.urls++
    }
    serve(now)
  }
  const begin = (now: number) => {
    limiter.acquire('h', now)
    limiter.started('h', now)
    left.urls--
    left.workers--
    at(now + way(), (arrived) => {
      const answer = host(arrived)
      at(arrived + way(), (answered) => end(makeAttempt({ ...answer, startedAt: now }), answered))
    })
  }
  const serve = (now: number) => {
    while (left.urls > 0 && left.workers > 0) {
      const delayMs = limiter.delay('h', now)
      if (delayMs > 0) return wake(now + delayMs + random.next())
      begin(now)
    }
  }
  const wake = (time: number) => {
    if (time >= wakeAt || time === Number.POSITIVE_INFINITY) return
    wakeAt = time
    at(time, (now) => {
      if (wakeAt !== time) return
      wakeAt = Number.POSITIVE_INFINITY
      serve(now)
    })
  }
  serve(0)
  for (let event = events.pop(); event; event = events.pop()) event.happen(event.at)
  const tookMs = givenAt.at(-1) ?? 0
  return { tookMs, refused, refusedShare: refused / (refused + givenAt.length), givenAt }
}
