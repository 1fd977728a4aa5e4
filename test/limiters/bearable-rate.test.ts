// What the limiter makes of hosts that refuse what is too much, without saying how much that is.

import { describe, expect, it } from 'vitest'
import { BearableRate } from '../../src/limiters/bearable-rate.js'
import { HostLimiter } from '../../src/limiters/host-limiter.js'
import { seed, seededRandom } from '../support/random.js'
import {
  fixedWindow,
  type Host,
  type Outcome,
  type Run,
  simulate,
  slidingWindow,
  tokenBucket,
} from './simulated-host.js'

const always = (perSecond: number) => () => perSecond

/** From a moment of the server's clock that is random, with timers that are late at random. */
function runs(makeHost: () => Host, run: Omit<Run, 'random'>, count = 4): Outcome[] {
  return Array.from({ length: count }, (_, offset) => {
    const random = seededRandom(seed + offset)
    const limits = { intervalMs: null, perHost: Infinity, isAdaptive: true, maxPauseMs: 120_000 }
    const host = makeHost()
    const startsAt = 60_000 * random.next()
    return simulate(new HostLimiter({ ...limits, random: () => random.next() }), (now) => host(now + startsAt), {
      ...run,
      random,
    })
  })
}

/** The least part of what the host allows that was used, and the most of all answers that were refused. */
function worst(outcomes: readonly Outcome[], perSecond: number): { readonly used: number; readonly refused: number } {
  return {
    used: Math.min(...outcomes.map(({ givenAt, tookMs }) => (1000 * givenAt.length) / tookMs / perSecond)),
    refused: Math.max(...outcomes.map(({ refusedShare }) => refusedShare)),
  }
}

const note = `seed ${seed}`

describe.each([10, 50])('2,000 URLs of a host that allows 20/s, fetched by %i workers', (workers) => {
  const run = { urls: 2000, workers, latencyMs: 50 }

  describe.each([null, 1000])('and says Retry-After: %s (ms)', (retryAfterMs) => {
    it.each<[string, () => Host]>([
      ['a token bucket that holds 1', () => tokenBucket(always(20), 1, retryAfterMs)],
      ['a token bucket that holds 5', () => tokenBucket(always(20), 5, retryAfterMs)],
      ['a token bucket that holds 20', () => tokenBucket(always(20), 20, retryAfterMs)],
      ['a count per full second', () => fixedWindow(20, 1000, retryAfterMs)],
      ['a count over the last second', () => slidingWindow(20, 1000, retryAfterMs)],
    ])('use four fifths of that at least, one in twenty refused at most: %s', (_name, makeHost) => {
      const { used, refused } = worst(runs(makeHost, run), 20)
      expect(used, note).toBeGreaterThanOrEqual(0.8)
      expect(refused, note).toBeLessThanOrEqual(0.05)
    })

    it('do so where answers take longer or shorter by chance', () => {
      const makeHost = () => tokenBucket(always(20), 5, retryAfterMs)
      const { used, refused } = worst(runs(makeHost, { ...run, jitterMs: 20 }), 20)
      expect(used, note).toBeGreaterThanOrEqual(0.8)
      expect(refused, note).toBeLessThanOrEqual(0.05)
    })
  })
})

describe.each([10, 50])('other limits, with %i workers', (workers) => {
  const run = { urls: 2000, workers, latencyMs: 50 }
  const quota = 100 / 60

  it.each<[string, number, () => Host, number, number]>([
    ['2/s, a bucket that holds 1', 2, () => tokenBucket(always(2), 1, null), 0.85, 0.05],
    ['2/s, a bucket that holds 10', 2, () => tokenBucket(always(2), 10, null), 0.85, 0.06],
    ['100 per full minute, with the time of the reset', quota, () => fixedWindow(100, 60_000, 'reset'), 0.9, 0.05],
    ['100 in any minute, without', quota, () => slidingWindow(100, 60_000, null), 0.8, 0.07],
  ])('are used well: %s', (_name, perSecond, makeHost, leastUsed, mostRefused) => {
    const { used, refused } = worst(runs(makeHost, run), perSecond)
    expect(used, note).toBeGreaterThanOrEqual(leastUsed)
    expect(refused, note).toBeLessThanOrEqual(mostRefused)
  })
})

describe('200/s, with 50 workers', () => {
  it.each<[string, () => Host]>([
    ['a token bucket that holds 50', () => tokenBucket(always(200), 50, null)],
    ['a count per full second', () => fixedWindow(200, 1000, 1000)],
  ])('is used well: %s', (_name, makeHost) => {
    const { used, refused } = worst(runs(makeHost, { urls: 20_000, workers: 50, latencyMs: 50 }, 2), 200)
    expect(used, note).toBeGreaterThanOrEqual(0.8)
    expect(refused, note).toBeLessThanOrEqual(0.05)
  })
})

describe('a host that is slow to answer', () => {
  it('does not refuse much of what is under way', () => {
    const makeHost = () => tokenBucket(always(20), 5, null)
    const { used, refused } = worst(runs(makeHost, { urls: 2000, workers: 50, latencyMs: 1000 }), 20)
    expect(used, note).toBeGreaterThanOrEqual(0.75)
    expect(refused, note).toBeLessThanOrEqual(0.06)
  })
})

describe('a host that changes its mind', () => {
  const run = { urls: 8000, workers: 20, latencyMs: 50 }
  const changing = (before: number, after: number) => () => {
    let first: number | null = null
    return tokenBucket((now) => (now - (first ??= now) < 50_000 ? before : after), 5, null)
  }
  /** URLs per second in a span after the start, in seconds. */
  const pace = ({ givenAt }: Outcome, from: number, to: number) =>
    givenAt.filter((at) => at >= from * 1000 && at < to * 1000).length / (to - from)

  it('is asked more within two minutes of bearing more', () => {
    for (const outcome of runs(changing(20, 40), run)) {
      expect(pace(outcome, 20, 50)).toBeGreaterThan(16)
      expect(pace(outcome, 170, 200)).toBeGreaterThan(32)
    }
  })

  it('is asked less within seconds of bearing less', () => {
    for (const outcome of runs(changing(20, 10), run)) {
      expect(pace(outcome, 60, 200)).toBeGreaterThan(8)
      expect(outcome.refusedShare).toBeLessThan(0.05)
    }
  })
})

describe('BearableRate', () => {
  const answer = (rate: BearableRate, count: number, isPaced = true) => {
    for (let index = 0; index < count; index++) rate.accepted(isPaced)
  }
  const first = () => new BearableRate({ perSecond: 20, accepted: 20 }, 0)

  it('begins a little below what was given before', () => {
    expect(1000 / first().intervalMs).toBeGreaterThan(10)
    expect(1000 / first().intervalMs).toBeLessThan(20)
  })

  it('grows with what is given, not where less is asked for than it allows', () => {
    const rate = first()
    const before = rate.intervalMs
    answer(rate, 100, false)
    expect(rate.intervalMs).toBe(before)
    answer(rate, 20)
    expect(rate.intervalMs).toBeLessThan(before * 0.6)
  })

  it('is not cut again where nothing was given since the last time', () => {
    const rate = first()
    answer(rate, 20)
    rate.refused(20, 5000)
    const cut = rate.intervalMs
    for (let now = 6000; now < 20_000; now += 1000) rate.refused(0, now)
    expect(rate.intervalMs).toBe(cut)
  })

  it('is the quota of a host that gives as much again after a long pause', () => {
    const rate = new BearableRate({ perSecond: 100, accepted: 100 }, 0)
    rate.pausedUntil(60_000)
    answer(rate, 100)
    rate.refused(100, 61_000)
    rate.pausedUntil(120_000)
    answer(rate, 20)
    expect(1000 / rate.intervalMs).toBeCloseTo((0.96 * 100) / 61, 1)
  })

  it('is never less than one a minute', () => {
    const rate = first()
    for (let now = 0; now < 1e9; now += 1e7) {
      rate.refused(0.001, now)
      answer(rate, 1, false)
    }
    expect(rate.intervalMs).toBeCloseTo(60_000, 5)
  })
})
