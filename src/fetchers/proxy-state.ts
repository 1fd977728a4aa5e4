// Proxies that cannot be reached: what depends on one fails at once then, instead of waiting for it again and again.

import { formatDuration } from '../core/units.js'
import type { Failure, ProxyServer } from '../types.js'

/** Failures in a row before a proxy is given up, however long they took. */
const leastFailures = 4
/** Between two tries of a proxy that is given up. */
const restMs = 1000

interface Outage {
  readonly since: number
  failures: number
  lastAt: number
  /** When the next connection is let through, to see whether it is back; Infinity while one is being tried. */
  retryAt: number
  isGivenUp: boolean
}

/** A host's outage is known to the limiter, by its host; a proxy is everybody's. */
export class ProxyStates {
  readonly #breakerMs: number | null
  readonly #outages = new Map<string, Outage>()

  /** @param breakerMs how long a proxy cannot be reached before it is given up; null is for ever */
  constructor(breakerMs: number | null) {
    this.#breakerMs = breakerMs
  }

  /** Why there is to be no connection to the proxy; null where there may be one, which is then told of by `reached` or `failed`. */
  refusal({ name }: ProxyServer, now: number): Failure | null {
    const outage = this.#outages.get(name)
    if (outage === undefined || !outage.isGivenUp) return null
    if (now >= outage.retryAt) {
      outage.retryAt = now + restMs
      return null
    }
    const after = `${outage.failures} failures in ${formatDuration(outage.lastAt - outage.since)}`
    const message = `the proxy ${name} is given up after ${after}; not tried again (--no-breaker tries every URL)`
    return { type: 'proxy', code: 'PROXY_DOWN', message }
  }

  reached({ name }: ProxyServer): void {
    if (this.#outages.size > 0) this.#outages.delete(name)
  }

  failed({ name }: ProxyServer, startedAt: number, now: number): void {
    if (this.#breakerMs === null) return
    const outage = this.#outages.get(name) ?? { since: startedAt, failures: 0, lastAt: 0, retryAt: 0, isGivenUp: false }
    outage.failures += 1
    outage.lastAt = now
    outage.retryAt = Math.max(outage.retryAt, now + restMs)
    outage.isGivenUp ||= outage.failures >= leastFailures && now - outage.since >= this.#breakerMs
    this.#outages.set(name, outage)
  }
}
