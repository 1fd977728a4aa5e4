// A host that cannot be reached: it is tried by one request at a time, ever more rarely, and given up in the end.

import { formatDuration } from '../core/units.js'
import type { Attempt, Failure } from '../types.js'

/** Between two tries. */
const firstWaitMs = 250
const longestWaitMs = 4000
/** So much shorter or longer, at random: hosts that fail together are not tried together. */
const jitter = 0.25

/** Failures in a row before a host is given up, however long they took. */
const leastFailures = 4
/**
 * Between two tries of a host that is given up: what is refused rests on a try that is not much older. One that takes long holds up
 * a worker, and has the host rest so many times as long.
 */
const shortestRestMs = 1000
const longestRestMs = 60_000
const restPerTry = 5

/** Definitive, cached and instant: there is nothing to wait for. */
const absentNames: ReadonlySet<string> = new Set(['ENOTFOUND', 'ENODATA'])
/** Says nothing about the host. */
const ownFailures: ReadonlySet<string> = new Set(['aborted', 'blocked', 'invalid_request', 'invalid_url', 'write'])

export type Contact = 'none' | 'made' | 'unknown'

/** Whether the attempt reached the host. */
export function contactOf({ failure, exhausted, stale, statusCode, remoteIp, isProxied }: Attempt): Contact {
  if (failure === null || statusCode !== null) return 'made'
  if (failure.type === 'proxy') return remoteIp !== null && isOfHost(failure.code) ? 'none' : 'unknown'
  // There was no connection to the proxy.
  if (isProxied && failure.type === 'timeout' && remoteIp === null) return 'unknown'
  if (exhausted || stale || ownFailures.has(failure.type)) return 'unknown'
  if (failure.type === 'connect' || failure.type === 'dns' || failure.code === 'TIMEOUT_CONNECT') return 'none'
  // The time for the whole attempt was over before there was a connection.
  return failure.type === 'timeout' && remoteIp === null ? 'none' : 'made'
}

/** What a proxy says that was reached, and did not reach the host. All else is between it and us, and says nothing of any host. */
function isOfHost(code: string): boolean {
  return /^(?:HTTP_5\d\d|TIMEOUT_CONNECT|SOCKS_(?:FAILURE|\w+_UNREACHABLE|CONNECTION_REFUSED|TTL_EXPIRED))$/.test(code)
}

export interface OutageOptions {
  /** How long a host fails before it is given up, in ms; null is for ever. */
  readonly breakerMs: number | null
  /** A number in [0, 1): jitter. */
  readonly random: () => number
}

export class Outage {
  readonly host: string
  /** Monotonic ms: when the first failure came. */
  readonly since: number
  readonly #options: OutageOptions
  /** In a row, each of a request that was made to see whether it would fail. */
  #failures = 0
  #retryAt = 0
  #probedAt: number | null = null
  #refusal: Failure | null = null

  constructor(host: string, failure: Failure, now: number, options: OutageOptions) {
    this.host = host
    this.since = now
    this.#options = options
    this.#failed(failure, now, 0)
  }

  /** A host that can be reached, and refuses whatever it is asked: it is given up at once. */
  static ofRefusals(host: string, refusals: number, statusCode: number, now: number, options: OutageOptions): Outage {
    const code = 'HOST_REFUSES'
    const what = `${host} answered ${statusCode} and nothing else, ${refusals} times in a row`
    const message = `${what}; not tried again (--no-breaker tries every URL)`
    const failure: Failure = { type: 'http_status', code, message }
    const outage = new Outage(host, failure, now, options)
    outage.#failures = refusals
    outage.#refusal = failure
    outage.#retryAt = now + shortestRestMs
    return outage
  }

  get failures(): number {
    return this.#failures
  }

  /** Why the host is given up; null while it is not. */
  get refusal(): Failure | null {
    return this.#refusal
  }

  get isProbed(): boolean {
    return this.#probedAt !== null
  }

  /** Ms until the host may be tried; Infinity while it is. */
  delay(now: number): number {
    return this.#probedAt === null ? Math.max(0, this.#retryAt - now) : Number.POSITIVE_INFINITY
  }

  acquire(now: number): void {
    this.#probedAt = now
  }

  /**
   * A request ended that did not reach the host, or of which that is not known (`failure` is null then). Whether the host is given
   * up by that.
   *
   * @param inFlight requests to the host that are still under way
   */
  ended(failure: Failure | null, startedAt: number | undefined, inFlight: number, now: number): boolean {
    if (this.#probedAt === null) return false
    // What began before the host was tried ends late, and is no further try.
    if (inFlight > 0 && startedAt !== undefined && startedAt < this.#probedAt) return false
    const tookMs = now - this.#probedAt
    this.#probedAt = null
    if (failure === null) return false
    const wasGivenUp = this.#refusal !== null
    this.#failed(failure, now, tookMs)
    return !wasGivenUp && this.#refusal !== null
  }

  #failed(failure: Failure, now: number, tookMs: number): void {
    this.#failures++
    const failedMs = now - this.since
    const { breakerMs } = this.#options
    if (breakerMs !== null && this.#failures >= leastFailures && failedMs >= breakerMs) {
      this.#retryAt = now + Math.min(longestRestMs, Math.max(shortestRestMs, restPerTry * tookMs))
      this.#refusal = givenUp(this.host, this.#failures, failedMs, failure)
      return
    }
    const waitMs = Math.min(longestWaitMs, firstWaitMs * 2 ** (this.#failures - 1))
    const isAbsent = failure.type === 'dns' && absentNames.has(failure.code)
    this.#retryAt = isAbsent ? now : now + waitMs * (1 - jitter + 2 * jitter * this.#options.random())
  }
}

function givenUp(host: string, failures: number, failedMs: number, { type, code }: Failure): Failure {
  const after = `${failures} failures in ${formatDuration(failedMs)}, the last ${code}`
  const message = `${host} is given up after ${after}; not tried again (--no-breaker tries every URL)`
  return { type, code: 'HOST_DOWN', message }
}
