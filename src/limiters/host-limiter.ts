// When a host may be asked: its limits, what it said of its pace, whether it can be reached. Forgets the hosts that are done with.

import { Heap } from '../core/heap.js'
import type { Attempt, Blame, Failure, HostLimits, HostOutage, Limiter } from '../types.js'
import { HostLimitTable, type HostRule, isLimited } from './host-limits.js'
import { type Conduct, HostState, isNews } from './host-state.js'
import { OutageList } from './outage-list.js'
import { wordOf } from './pushback.js'
import { RecentTraffic } from './traffic.js'

export interface HostLimiterOptions extends HostLimits {
  /** Limits of some hosts, in place of those for all. */
  readonly rules?: readonly HostRule[]
  /** Whether a host that pushes back, or announces a quota, is held back for everyone. */
  readonly isAdaptive: boolean
  /** The longest pause that a host may ask for, in ms. */
  readonly maxPauseMs: number
  /** How long a host cannot be reached before it is given up, in ms; null, or not given, is never. */
  readonly breakerMs?: number | null
  /** A number in [0, 1): jitter. */
  readonly random?: () => number
}

/** Keeps nothing of a host that has no request in flight, no time to wait for, and nothing that was learned of it. */
export class HostLimiter implements Limiter {
  readonly #table: HostLimitTable
  readonly #conduct: Conduct
  readonly #outages = new OutageList()
  readonly #traffic = new RecentTraffic()
  readonly #hosts = new Map<string, HostState>()
  readonly #idle = new Heap<HostState>((state) => state.forgetAt)

  constructor(limits: HostLimiterOptions) {
    this.#table = new HostLimitTable(limits, limits.rules ?? [])
    this.#conduct = {
      isAdaptive: limits.isAdaptive,
      maxPauseMs: limits.maxPauseMs,
      breakerMs: limits.breakerMs ?? null,
      random: limits.random ?? Math.random,
      outages: this.#outages,
    }
  }

  /** Hosts remembered. */
  get size(): number {
    return this.#hosts.size
  }

  /** No host has a limit or showed one: each may be asked at any time. */
  get isUnlimited(): boolean {
    return this.#hosts.size === 0 && !this.#table.hasLimits
  }

  /** The first hosts that were given up, a hundred at most. */
  outages(): readonly HostOutage[] {
    return this.#outages.listed
  }

  /** How often a host was given up. */
  get outageCount(): number {
    return this.#outages.count
  }

  delay(host: string, now: number): number {
    return this.#hosts.get(host)?.delay(now) ?? 0
  }

  refusal(host: string, now: number): Failure | null {
    return this.#hosts.get(host)?.refusal(now) ?? null
  }

  acquire(host: string, now: number): void {
    this.#forgetIdle(now)
    let state = this.#hosts.get(host)
    if (state === undefined) {
      if (!this.#table.hasLimits || !isLimited(this.#table.of(host))) return this.#traffic.begin(host, now)
      state = this.#remember(host, now)
    }
    this.#idle.remove(state)
    state.acquire(now)
  }

  started(host: string, now: number): void {
    if (this.#table.hasRates) this.#hosts.get(host)?.started(now)
  }

  release(host: string, brought: Attempt | undefined, now: number, blame: Blame = 'host'): void {
    const attempt = blame === 'host' ? brought : undefined
    if (blame === 'acquitted') this.#hosts.get(host)?.takeBackRefusal()
    let state = this.#hosts.get(host)
    if (state === undefined) {
      if (attempt === undefined || !isNews(attempt, this.#conduct.isAdaptive)) {
        return this.#releaseUnlimited(host, attempt, now)
      }
      state = this.#remember(host, now)
    }
    state.release(attempt, now)
    if (state.traffic.inFlight === 0) this.#idle.put(state)
    this.#forgetIdle(now)
  }

  msPerRequest(host: string, fetchMs: number): number {
    const state = this.#hosts.get(host)
    if (state) return state.msPerRequest(fetchMs)
    const { intervalMs, perHost } = this.#table.of(host)
    return Math.max(intervalMs ?? 0, fetchMs / perHost)
  }

  #releaseUnlimited(host: string, attempt: Attempt | undefined, now: number): void {
    const traffic = this.#traffic.find(host)
    if (traffic === undefined) return
    if (traffic.inFlight > 0) traffic.inFlight--
    if (attempt && this.#conduct.isAdaptive && wordOf(attempt) === 'given') traffic.given(now)
  }

  #remember(host: string, now: number): HostState {
    const state = new HostState(host, this.#table.of(host), this.#traffic.take(host, now), this.#conduct)
    this.#hosts.set(host, state)
    return state
  }

  #forgetIdle(now: number): void {
    for (let state = this.#idle.peek(); state && state.forgetAt <= now; state = this.#idle.peek()) {
      this.#idle.remove(state)
      this.#hosts.delete(state.host)
    }
  }
}
