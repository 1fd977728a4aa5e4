// The rate that a host bears, found by what it refuses.

/*
 * All there is to tune, in one place; test/limiters/bearable-rate.test.ts has what comes of it.
 *
 * The first refusal sets the rate to a share of what the host gave in the second before. From there it is searched for: the rate
 * doubles every second until the next refusal. Now there is a point at which the host refuses, and the rate settles a little below
 * it, for longer each time that the point proves to be where it was. Then it is tried whether the host bears more by now: the
 * rate grows, slowly at first, and once it is well past the point there is none any more: the search goes on.
 *
 * Time is counted in answers, each worth the interval between two requests: the rate of a host that is slow to answer, or is asked
 * less than it might be, grows slower accordingly.
 */

/** The least that tells a rate. */
const answersPerMeasure = 6
/** Of what the host gave in a second, where no rate is known yet; and the least that is begun with. */
const firstShare = 0.7
const firstPerSecond = 1
/** Growth per ms while the point is searched for: the rate doubles in so many ms. */
const searchGrowth = Math.LN2 / 1000
/** Growth per ms where it is tried whether more is borne; it doubles in so many ms, up to that of a search. */
const trialGrowth = 0.03 / 1000
const trialDoublingMs = 4000
/** An answer counts for no more than that then: at a low rate, too, it takes some to double it. */
const longestTrialStepMs = 100
/** Past that share of the point there is none any more. */
const obsoleteShare = 1.25
/** Of the point: where the rate begins after a refusal, and where it settles. */
const cutShare = 0.7
const settledShare = 0.96
/** From the one to the other. */
const recoveryMs = 650
/** How long it stays there, growing with each refusal at about the same rate. */
const shortestStayMs = 5000
const stayGrowth = 2.4
const longestStayMs = 300_000
/** A trial that is refused moves the point up by no more than that. */
const confirmedShare = 1.05
const sameWithin = 0.15
/** A trial costs a pause: the rate stays where it is for so many times as long. */
const staysPerPause = 5
/** Refusals before a stay was over: each is taken for so much less than what was given, three times as much at most. */
const earlyCut = 0.055
const mostEarly = 3
/** A refusal cuts to no less than this share of the rate, but for a quota: as much as before, after a pause of that length. */
const leastShare = 0.42
const quotaPauseMs = 10_000
const sameAmountWithin = 0.25
/** Refusals that can be taken back, if they turn out not to be of the rate. */
const mostTakenBack = 32
/** One a minute. */
const leastPerSecond = 1 / 60

/** Gaps down to this share of the interval make up for late starts. No less than `settledShare`: the host never sees a gap too short. */
export const shortestGap = 0.975

export class BearableRate {
  #perSecond: number
  /** The rate that the host refused; Infinity while it is searched for. */
  #point = Number.POSITIVE_INFINITY
  #hadPoint = false
  #growth = searchGrowth
  #settledMs = 0
  #stayMs = shortestStayMs
  /** Refusals in a row that came before a stay was over. */
  #early = 0
  /** Since the last refusal. */
  #since: number
  #accepted = 0
  /** Between the two refusals before. */
  #acceptedBefore: number
  #pauseEnds: number

  /** What the rate and its point were before each of the last refusals. */
  readonly #before: { readonly perSecond: number; readonly point: number; readonly stayMs: number }[] = []

  /** Answers before the first refusal: per second, and in all. */
  constructor({ perSecond, accepted }: { perSecond: number; accepted: number }, now: number) {
    this.#perSecond = Math.max(firstPerSecond, firstShare * perSecond)
    this.#acceptedBefore = accepted
    this.#since = now
    this.#pauseEnds = now
  }

  get intervalMs(): number {
    return 1000 / this.#perSecond
  }

  /** What is given is to be measured over this time, in ms. */
  get spanMs(): number {
    return answersPerMeasure * this.intervalMs
  }

  /** The refusal that was told of last holds back the host until then. */
  pausedUntil(time: number): void {
    this.#pauseEnds = Math.max(this.#pauseEnds, time)
    const cost = this.#pauseEnds - this.#since
    this.#stayMs = Math.max(this.#stayMs, Math.min(longestStayMs, staysPerPause * cost))
  }

  /** The host answered. `isPaced`: requests come as fast as the rate allows; else the answer says nothing about more. */
  accepted(isPaced: boolean): void {
    this.#accepted++
    if (!isPaced) return
    const passedMs = this.intervalMs
    const settled = settledShare * this.#point
    if (this.#point === Number.POSITIVE_INFINITY) {
      this.#grow(this.#hadPoint ? Math.min(longestTrialStepMs, passedMs) : passedMs)
    } else if (this.#perSecond < settled) {
      const step = ((settledShare - cutShare) * this.#point * passedMs) / recoveryMs
      this.#perSecond = Math.min(settled, this.#perSecond + step)
    } else if (this.#settledMs < this.#stayMs) {
      this.#settledMs += passedMs
    } else {
      this.#early = 0
      this.#grow(Math.min(longestTrialStepMs, passedMs))
      if (this.#perSecond > obsoleteShare * this.#point) this.#forgetPoint()
    }
  }

  /** The host refused: once for all the requests that it refuses together. */
  refused(givenPerSecond: number, now: number): void {
    // Nothing was given since the last time: the rate is not what it is about.
    if (this.#accepted === 0) return
    this.#before.push({ perSecond: this.#perSecond, point: this.#point, stayMs: this.#stayMs })
    if (this.#before.length > mostTakenBack) this.#before.shift()
    const point = this.#refusedRate(givenPerSecond, now)
    const isSame = Math.abs(point / this.#point - 1) < sameWithin
    this.#stayMs = isSame ? Math.min(longestStayMs, stayGrowth * this.#stayMs) : shortestStayMs
    this.#point = Math.max(leastPerSecond / cutShare, point)
    this.#perSecond = cutShare * this.#point
    this.#hadPoint = true
    this.#growth = trialGrowth
    this.#settledMs = 0
    this.#since = now
    this.#acceptedBefore = this.#accepted
    this.#accepted = 0
  }

  /** One of the last refusals was not of the rate: what it took is given back. False where that is all there was. */
  takeBack(): boolean {
    const before = this.#before.pop()
    if (before === undefined) return false
    this.#perSecond = Math.max(this.#perSecond, before.perSecond)
    this.#point = Math.max(this.#point, before.point)
    this.#stayMs = before.stayMs
    this.#early = Math.max(0, this.#early - 1)
    return true
  }

  #refusedRate(givenPerSecond: number, now: number): number {
    const pauseMs = this.#pauseEnds - this.#since
    const isSameAmount = Math.abs(this.#accepted / this.#acceptedBefore - 1) < sameAmountWithin
    // What a host gives at once, and as much again after a long pause, is a quota per minute or so.
    if (pauseMs >= quotaPauseMs && isSameAmount) {
      return Math.min(this.#perSecond, (1000 * this.#accepted) / Math.max(1000, now - this.#since))
    }
    if (this.#point === Number.POSITIVE_INFINITY) return this.#atMost(givenPerSecond)
    if (this.#settledMs >= this.#stayMs) return Math.min(this.#perSecond, confirmedShare * this.#point)
    this.#early = Math.min(mostEarly, this.#early + 1)
    return this.#atMost(givenPerSecond * (1 - earlyCut * this.#early))
  }

  #atMost(given: number): number {
    return Math.min(this.#perSecond, Math.max(leastShare * this.#perSecond, given))
  }

  #grow(passedMs: number): void {
    this.#growth = Math.min(searchGrowth, this.#growth * 2 ** Math.min(1, passedMs / trialDoublingMs))
    this.#perSecond *= Math.exp(Math.min(Math.LN2, this.#growth * passedMs))
  }

  #forgetPoint(): void {
    this.#point = Number.POSITIVE_INFINITY
    this.#stayMs = shortestStayMs
  }
}
