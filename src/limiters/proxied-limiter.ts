// A proxy that cannot be reached, be it for the second that its restart takes: what goes through it waits, and one request at a time looks for it.

import type { Attempt, Blame, Failure, Limiter } from '../types.js'
import { Outage, type OutageOptions } from './outage.js'

export interface ProxiedLimiterOptions extends OutageOptions {
  readonly limiter: Limiter
  /** Whether requests to a host, `hostname:port`, may go through a proxy. */
  readonly isProxied: (host: string) => boolean
}

/** Of a host that waits for the outcome of another one's try: nobody tells it. */
const longestLookMs = 500

/** Mistyped: there is nothing to wait for. */
const absentNames: ReadonlySet<string> = new Set(['ENOTFOUND', 'ENODATA'])

type Contact = 'made' | 'none' | 'given-up' | 'unknown'

/** Without it all URLs would fail one after the other, in the time that each takes to be refused. Nothing waits once it is given up: then it is the fetcher that refuses, at once. */
export class ProxiedLimiter implements Limiter {
  readonly #limiter: Limiter
  readonly #isProxied: (host: string) => boolean
  readonly #outageOptions: OutageOptions
  #outage: Outage | null = null
  /** By the fetcher, which tries it now and then, and refuses the rest. */
  #isGivenUp = false
  /** Of the request that looks for it. */
  #triedFor: string | null = null

  constructor({ limiter, isProxied, breakerMs, random }: ProxiedLimiterOptions) {
    this.#limiter = limiter
    this.#isProxied = isProxied
    this.#outageOptions = { breakerMs, random }
  }

  delay(host: string, now: number): number {
    const delay = this.#limiter.delay(host, now)
    const outage = this.#heldBackBy(host)
    return outage === null ? delay : Math.max(delay, Math.min(outage.delay(now), longestLookMs))
  }

  acquire(host: string, now: number): void {
    this.#limiter.acquire(host, now)
    const outage = this.#heldBackBy(host)
    if (outage === null || outage.isProbed) return
    outage.acquire(now)
    this.#triedFor = host
  }

  started(host: string, now: number): void {
    this.#limiter.started(host, now)
  }

  release(host: string, attempt: Attempt | undefined, now: number, blame: Blame): void {
    this.#limiter.release(host, attempt, now, blame)
    if (attempt === undefined) {
      if (host === this.#triedFor) this.#ended(null, undefined, now)
    } else if (attempt.isProxied) this.#learn(attempt, now)
    else if (host === this.#triedFor) this.#ended(null, attempt.startedAt, now)
  }

  refusal(host: string, now: number): Failure | null {
    return this.#limiter.refusal(host, now)
  }

  msPerRequest(host: string, fetchMs: number): number {
    return this.#limiter.msPerRequest(host, fetchMs)
  }

  #heldBackBy(host: string): Outage | null {
    const outage = this.#outage
    if (outage === null || this.#isGivenUp || outage.refusal !== null) return null
    return this.#isProxied(host) ? outage : null
  }

  #learn(attempt: Attempt, now: number): void {
    const { failure, startedAt } = attempt
    const contact = contactOf(attempt)
    if (contact === 'given-up') this.#isGivenUp = true
    else if (contact === 'made') {
      // A response that had begun before says nothing of now.
      if (this.#outage !== null && startedAt >= this.#outage.since) this.#over()
    } else if (contact === 'unknown' || failure === null) this.#ended(null, startedAt, now)
    else if (this.#outage !== null) this.#ended(failure, startedAt, now)
    else this.#outage = new Outage('proxy', failure, now, this.#outageOptions)
  }

  #ended(failure: Failure | null, startedAt: number | undefined, now: number): void {
    // Others are under way, for all that is known here.
    this.#outage?.ended(failure, startedAt, 1, now)
  }

  #over(): void {
    this.#outage = null
    this.#isGivenUp = false
    this.#triedFor = null
  }
}

/** Whether a proxy was reached. A connection that was there before and broke says neither. */
function contactOf({ failure, statusCode, remoteIp, connectMs }: Attempt): Contact {
  if (statusCode !== null || failure === null) return 'made'
  if (failure.code === 'PROXY_DOWN') return 'given-up'
  if (remoteIp !== null) return connectMs === null ? 'unknown' : 'made'
  if (failure.type !== 'proxy' && failure.type !== 'timeout') return 'unknown'
  return absentNames.has(failure.code) ? 'unknown' : 'none'
}
