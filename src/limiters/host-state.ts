// All that is remembered of one host, and when it may be asked for all of that together.

import type { HeapItem } from '../core/heap.js'
import { Spacing } from '../core/spacing.js'
import type { Attempt, Failure, HostLimits, Quota } from '../types.js'
import { BearableRate, shortestGap } from './bearable-rate.js'
import { isLimited } from './host-limits.js'
import { contactOf, Outage, type OutageOptions } from './outage.js'
import type { OutageList } from './outage-list.js'
import { Pushback, wordOf } from './pushback.js'
import { QuotaWindow } from './quota-window.js'
import type { Traffic } from './traffic.js'

/** How a host is treated that says or shows something. */
export interface Conduct extends OutageOptions {
  /** Whether what a host says of its pace counts. */
  readonly isAdaptive: boolean
  /** The longest pause that a host may ask for, in ms. */
  readonly maxPauseMs: number
  readonly outages: OutageList
}

/** What was learned of a host is kept so long after its last request. */
const memoryMs = 120_000

/** By what came back of late the rate of a host is measured, should it refuse: that is forgotten no sooner than where there are no limits. */
const trafficMs = 2000

const never = Number.POSITIVE_INFINITY

export class HostState implements HeapItem {
  readonly host: string
  /** When nothing is left to remember, once no request is in flight. */
  forgetAt = 0
  heapIndex = -1
  readonly traffic: Traffic
  readonly #limits: HostLimits
  readonly #conduct: Conduct
  readonly #trafficMs: number
  #spacing: Spacing | null
  /** A request was given out and has no connection yet. Where there is a rate, the next one waits for that. */
  #isStarting = false
  #lastStart = Number.NEGATIVE_INFINITY
  /** Requests come as fast as the rate allows. */
  #isPaced = false
  #pushback: Pushback | null = null
  #rate: BearableRate | null = null
  #quota: QuotaWindow | null = null
  #outage: Outage | null = null

  constructor(host: string, limits: HostLimits, traffic: Traffic, conduct: Conduct) {
    this.host = host
    this.traffic = traffic
    this.#limits = limits
    this.#conduct = conduct
    this.#spacing = limits.intervalMs === null ? null : new Spacing(limits.intervalMs)
    this.#trafficMs = conduct.isAdaptive && isLimited(limits) ? trafficMs : 0
  }

  delay(now: number): number {
    const outage = this.#outage
    // So that what is refused is so at once. Whoever is let through to try the host waits for its limits, too: see `refusal`.
    if (outage?.refusal && !outage.isProbed) return 0
    return Math.max(outage?.delay(now) ?? 0, this.#limitedFor(now))
  }

  refusal(now: number): Failure | null {
    const outage = this.#outage
    if (!outage?.refusal) return null
    return outage.delay(now) > 0 || this.#limitedFor(now) > 0 ? outage.refusal : null
  }

  acquire(now: number): void {
    this.#quota?.acquire(this.traffic.inFlight, now)
    this.traffic.inFlight++
    this.#isStarting = this.#limits.intervalMs !== null
    if (this.#spacing !== null) {
      this.#isPaced = now - this.#lastStart < 1.5 * this.#spacing.intervalMs
      this.#lastStart = now
      this.#spacing.acquire(now)
    }
    this.#outage?.acquire(now)
  }

  started(now: number): void {
    if (this.#limits.intervalMs === null) return
    this.#isStarting = false
    this.#spacing?.postpone(now)
  }

  release(attempt: Attempt | undefined, now: number): void {
    if (this.traffic.inFlight > 0) this.traffic.inFlight--
    this.#heedContact(attempt, now)
    if (this.#conduct.isAdaptive) {
      this.#heedQuota(attempt, now)
      if (attempt) this.#heedPace(attempt, now)
    }
    if (this.traffic.inFlight === 0) this.forgetAt = this.#forgettableAt(now)
  }

  /** A refusal before turned out to be of its URL alone: what it cost the host is given back. */
  takeBackRefusal(): void {
    if (this.#rate === null) return
    if (this.#rate.takeBack()) return this.#keepRate(this.#rate)
    this.#rate = null
    this.#spacing = this.#limits.intervalMs === null ? null : new Spacing(this.#limits.intervalMs)
  }

  /** Ms that each further request takes at least, if one takes `fetchMs`. */
  msPerRequest(fetchMs: number): number {
    if (this.#outage?.refusal) return 0
    const atATime = this.#outage === null ? this.#limits.perHost : 1
    return Math.max(this.#spacing?.intervalMs ?? 0, fetchMs / atATime)
  }

  #limitedFor(now: number): number {
    if (this.#isStarting || this.traffic.inFlight >= this.#limits.perHost) return never
    const pauseMs = this.#pushback === null ? 0 : this.#pushback.pausedUntil - now
    return Math.max(0, pauseMs, this.#spacing?.delay(now) ?? 0, this.#quota?.delay(this.traffic.inFlight, now) ?? 0)
  }

  #heedContact(attempt: Attempt | undefined, now: number): void {
    const contact = attempt === undefined ? 'unknown' : contactOf(attempt)
    const { outages } = this.#conduct
    if (contact === 'made') {
      if (this.#outage?.refusal) outages.tried(this.#outage, true)
      this.#outage = null
      return
    }
    const failure = contact === 'none' ? (attempt?.failure ?? null) : null
    if (this.#outage === null) {
      if (failure) this.#outage = new Outage(this.host, failure, now, this.#conduct)
      return
    }
    const isGivenUp = this.#outage.ended(failure, attempt?.startedAt, this.traffic.inFlight, now)
    if (isGivenUp) outages.givenUp(this.#outage)
    else if (failure && this.#outage.refusal) outages.tried(this.#outage, false)
  }

  #heedQuota(attempt: Attempt | undefined, now: number): void {
    const { inFlight } = this.traffic
    const told: Quota | null = attempt?.quota ?? null
    if (told !== null) {
      const resetAt = now + Math.min(told.resetMs, this.#conduct.maxPauseMs)
      if (this.#quota === null) this.#quota = new QuotaWindow(told, resetAt, now)
      else this.#quota.told(told, resetAt, now)
    } else if (this.#quota?.ended(attempt?.startedAt, inFlight) && attempt?.statusCode != null) {
      // It was asked, and says nothing of a quota any more.
      this.#quota = null
    }
    if (this.#quota?.isOver(now)) this.#quota = null
  }

  #heedPace(attempt: Attempt, now: number): void {
    switch (wordOf(attempt)) {
      case 'given':
        this.traffic.given(now, this.#rate?.spanMs)
        this.#pushback?.given(attempt)
        this.#rate?.accepted(this.#isPaced)
        break
      case 'refused': {
        this.#pushback ??= new Pushback()
        const isNew = this.#pushback.refused(attempt, now, this.#conduct.maxPauseMs)
        // Where a quota is used up it is not the rate that is refused.
        if (isNew && attempt.quota?.remaining !== 0) this.#slowDown(now)
        if (this.#pushback.isHopeless && attempt.statusCode !== null)
          this.#giveUp(this.#pushback, attempt.statusCode, now)
        break
      }
      case 'strained':
        this.#pushback ??= new Pushback()
        // A host that never answered has no rate to be slowed down from.
        if (this.#pushback.strained(attempt, now, this.#conduct.maxPauseMs) && this.traffic.accepted > 0) {
          this.#slowDown(now)
        }
        break
      case 'silent':
        break
    }
    if (this.#rate === null) return
    if (this.#pushback) this.#rate.pausedUntil(this.#pushback.pausedUntil)
    this.#keepRate(this.#rate)
  }

  #giveUp(pushback: Pushback, statusCode: number, now: number): void {
    if (this.#conduct.breakerMs === null || this.#outage !== null) return
    this.#outage = Outage.ofRefusals(this.host, pushback.refusals, statusCode, now, this.#conduct)
    this.#conduct.outages.givenUp(this.#outage)
  }

  #slowDown(now: number): void {
    const perSecond = this.traffic.perSecond(now)
    if (this.#rate === null) this.#rate = new BearableRate({ perSecond, accepted: this.traffic.accepted }, now)
    else this.#rate.refused(perSecond, now)
  }

  /** The limit given is a ceiling. */
  #keepRate(rate: BearableRate): void {
    const given = this.#limits.intervalMs ?? 0
    const intervalMs = Math.max(given, rate.intervalMs)
    if (this.#spacing === null) this.#spacing = new Spacing(intervalMs, shortestGap)
    else if (this.#spacing.intervalMs === intervalMs) return
    else if (intervalMs === given) this.#spacing.setInterval(intervalMs)
    else this.#spacing.setInterval(intervalMs, shortestGap)
  }

  #forgettableAt(now: number): number {
    const pauseEnds = Math.max(now, this.#pushback?.pausedUntil ?? now)
    const hasLearned = this.#rate !== null || this.#outage !== null || this.#pushback?.isUnresolved
    return Math.max(
      pauseEnds + (hasLearned ? memoryMs : this.#trafficMs),
      this.#spacing?.forgettableAt ?? now,
      this.#quota?.forgettableAt(now) ?? now,
    )
  }
}

/** Whether an attempt says something of its host that is to be remembered. */
export function isNews(attempt: Attempt, isAdaptive: boolean): boolean {
  if (attempt.failure !== null && contactOf(attempt) === 'none') return true
  if (!isAdaptive) return false
  if (attempt.quota !== null) return true
  const word = wordOf(attempt)
  return word === 'refused' || word === 'strained'
}
