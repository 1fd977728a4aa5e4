// The politeness receipt: what was asked of each host, as it was observed, beside the limits that were to hold.

import type { Attempt, HostLimits, HostReceipt, ReceiptReport } from '../types.js'
import { LastSecond } from './last-second.js'
import { Rows } from './rows.js'
import { formatRate } from './units.js'

export interface ReceiptOptions {
  readonly limitsOf: (host: string) => HostLimits
  /** Keep every host, not only those that matter for what comes. */
  readonly keepAll: boolean
}

/** A gap may be 20 % short, to make up for a start that was late by an interval at most (see `Spacing`). */
const shortestGap = 0.8
/** Times are binary fractions of a ms. */
const roundingMs = 0.01
const violationsKept = 10
const hostsKept = 1000
/** Where there are more, those with the most requests are left, and those that are not idle. */
const hostsLeft = 750

const requests = 0
const inFlight = 1
const peak = 2
const inLastSecond = 3
const mostPerSecond = 4
const status429 = 5
const lastStart = 6
const smallestGap = 7
/** When the next start is due where each comes on time. */
const due = 8
const violations = 9
const columns = 10

/**
 * Is told by the frontier what it does, and believes no limiter. That n starts take (n - 2) intervals at least, whichever one looks
 * at, is what GCRA with a tolerance of one interval says (ITU-T I.371), so that no start need be remembered for it.
 *
 * A host takes less than 200 bytes, its name included. What is forgotten has no request under way, none in the last second, its
 * limits were kept, and its rate would let it begin anew: nothing is lost but its numbers.
 */
export class Receipt {
  readonly #limitsOf: (host: string) => HostLimits
  readonly #keepAll: boolean
  readonly #byHost = new Map<string, number>()
  readonly #rows = new Rows(columns)
  readonly #names: string[] = []
  readonly #limits: HostLimits[] = []
  readonly #lastSecond = new LastSecond((row) => this.#rows.increase(row, inLastSecond, -1))
  #forgetAtSize = hostsKept
  #requests = 0
  #status429 = 0
  readonly #forgotten = { hosts: 0, requests: 0 }
  #violationCount = 0
  readonly #violations: string[] = []

  constructor({ limitsOf, keepAll }: ReceiptOptions) {
    this.#limitsOf = limitsOf
    this.#keepAll = keepAll
  }

  /** Hosts that are known. */
  get size(): number {
    return this.#byHost.size
  }

  get violationCount(): number {
    return this.#violationCount
  }

  /** A request was given out. Times are monotonic ms, and come in their order. */
  acquired(host: string, now: number): void {
    const row = this.#byHost.get(host) ?? this.#remember(host, now)
    const count = this.#rows.increase(row, inFlight)
    if (count <= this.#rows.get(row, peak)) return
    this.#rows.set(row, peak, count)
    const { perHost } = this.#limits[row] as HostLimits
    if (count > perHost) this.#violated(row, `${count} requests in flight, where ${perHost} may be`)
  }

  /** It was handed to a connection. */
  started(host: string, now: number): void {
    const row = this.#byHost.get(host) ?? this.#remember(host, now)
    this.#requests++
    this.#rows.increase(row, requests)
    const gapMs = now - this.#rows.get(row, lastStart)
    this.#rows.set(row, lastStart, now)
    if (gapMs < this.#rows.get(row, smallestGap)) this.#rows.set(row, smallestGap, gapMs)
    this.#lastSecond.push(row, now)
    const count = this.#rows.increase(row, inLastSecond)
    if (count > this.#rows.get(row, mostPerSecond)) this.#rows.set(row, mostPerSecond, count)
    const { intervalMs } = this.#limits[row] as HostLimits
    if (intervalMs !== null) this.#checkRate(row, intervalMs, gapMs, now)
  }

  /** It ended, whether or not it ever had a connection. */
  ended(host: string, attempt: Attempt | undefined, now: number): void {
    const row = this.#byHost.get(host) ?? this.#remember(host, now)
    if (this.#rows.get(row, inFlight) > 0) this.#rows.increase(row, inFlight, -1)
    if (attempt === undefined || attempt.statusCode !== 429) return
    this.#status429++
    this.#rows.increase(row, status429)
  }

  report(): ReceiptReport {
    const rows = this.#rowsByRequests()
    return {
      requests: this.#requests,
      status429: this.#status429,
      hosts: { [Symbol.iterator]: () => this.#receipts(rows) },
      forgotten: { ...this.#forgotten },
      violations: { count: this.#violationCount, first: [...this.#violations] },
    }
  }

  /** One by one: there may be a million. */
  *#receipts(rows: readonly number[]): Generator<HostReceipt, void, undefined> {
    for (const row of rows) {
      const { intervalMs, perHost } = this.#limits[row] as HostLimits
      const gapMs = this.#rows.get(row, smallestGap)
      yield {
        host: this.#names[row] as string,
        requests: this.#rows.get(row, requests),
        peakInFlight: this.#rows.get(row, peak),
        smallestGapMs: gapMs === Number.POSITIVE_INFINITY ? null : gapMs,
        mostPerSecond: this.#rows.get(row, mostPerSecond),
        status429: this.#rows.get(row, status429),
        intervalMs,
        perHost,
        isKept: this.#rows.get(row, violations) === 0,
      }
    }
  }

  #checkRate(row: number, intervalMs: number, gapMs: number, now: number): void {
    const dueAt = this.#rows.get(row, due)
    this.#rows.set(row, due, Math.max(now, dueAt) + intervalMs)
    if (gapMs < shortestGap * intervalMs - roundingMs) {
      this.#violated(row, `a gap of ${gapMs.toFixed(2)} ms at ${formatRate(1000 / intervalMs)}`)
    } else if (now < dueAt - intervalMs - roundingMs) {
      this.#violated(row, `${(dueAt - now).toFixed(2)} ms ahead of ${formatRate(1000 / intervalMs)}`)
    }
  }

  #violated(row: number, how: string): void {
    this.#violationCount++
    this.#rows.increase(row, violations)
    if (this.#violations.length < violationsKept) this.#violations.push(`${this.#names[row]}: ${how}`)
  }

  #remember(host: string, now: number): number {
    if (!this.#keepAll && this.#byHost.size >= this.#forgetAtSize) this.#forgetIdle(now)
    const row = this.#rows.add()
    this.#byHost.set(host, row)
    this.#names[row] = host
    this.#limits[row] = this.#limitsOf(host)
    this.#rows.set(row, lastStart, Number.NEGATIVE_INFINITY)
    this.#rows.set(row, smallestGap, Number.POSITIVE_INFINITY)
    this.#rows.set(row, due, Number.NEGATIVE_INFINITY)
    return row
  }

  /** Seldom: not before a third more have come since, also where few could be forgotten. */
  #forgetIdle(now: number): void {
    this.#lastSecond.expire(now)
    for (const row of this.#rowsByRequests().slice(hostsLeft)) {
      if (!this.#isForgettable(row, now)) continue
      this.#forgotten.hosts++
      this.#forgotten.requests += this.#rows.get(row, requests)
      this.#byHost.delete(this.#names[row] as string)
      this.#rows.free(row)
    }
    this.#forgetAtSize = Math.max(hostsKept, Math.ceil(this.#byHost.size * (hostsKept / hostsLeft)))
  }

  #isForgettable(row: number, now: number): boolean {
    const isIdle = this.#rows.get(row, inFlight) === 0 && this.#rows.get(row, inLastSecond) === 0
    return isIdle && this.#rows.get(row, due) <= now && this.#rows.get(row, violations) === 0
  }

  #rowsByRequests(): number[] {
    return [...this.#byHost.values()].toSorted((a, b) => this.#rows.get(b, requests) - this.#rows.get(a, requests))
  }
}
