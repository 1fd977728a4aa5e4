import { describe, expect, it } from 'vitest'
import { Pushback, wordOf } from '../../src/limiters/pushback.js'
import type { Attempt, Failure } from '../../src/types.js'
import { makeAttempt } from '../support/values.js'

const failure = (type: Failure['type'], code = 'X'): Failure => ({ type, code, message: 'x' })
const day = 86_400_000

describe('what an attempt says about the pace', () => {
  it.each<[string, Partial<Attempt>]>([
    ['refused', { statusCode: 429 }],
    ['refused', { statusCode: 429, failure: failure('network') }],
    ['refused', { statusCode: 503, retryAfterMs: 0 }],
    ['strained', { statusCode: 503 }],
    ['strained', { statusCode: null, failure: failure('timeout', 'TIMEOUT_TOTAL') }],
    ['strained', { statusCode: 200, failure: failure('timeout', 'TIMEOUT_IDLE') }],
    ['silent', { statusCode: null, failure: failure('timeout', 'TIMEOUT_CONNECT') }],
    ['silent', { statusCode: null, failure: failure('connect') }],
    ['silent', { statusCode: null, failure: failure('network'), stale: true }],
    ['given', { statusCode: 200 }],
    ['given', { statusCode: 500, retryAfterMs: 1000 }],
    ['given', { statusCode: 200, failure: failure('too_large') }],
  ])('%s: %j', (word, response) => {
    expect(wordOf(makeAttempt(response))).toBe(word)
  })
})

describe('Pushback: a host that goes on refusing', () => {
  /** Refuses at the end of each pause; how long the pauses are. */
  function pauses(pushback: Pushback, response: Partial<Attempt>, count: number): number[] {
    let now = 0
    return Array.from({ length: count }, () => {
      pushback.refused(makeAttempt({ statusCode: 429, ...response, startedAt: now }), now, day)
      const pauseMs = pushback.pausedUntil - now
      now = pushback.pausedUntil
      return pauseMs
    })
  }

  it('is left alone for as long as it asks, and longer where that proves too short', () => {
    expect(pauses(new Pushback(), { retryAfterMs: 1500 }, 5)).toEqual([1500, 1500, 2000, 4000, 8000])
    expect(pauses(new Pushback(), { retryAfterMs: 0 }, 4)).toEqual([0, 1000, 2000, 4000])
  })

  it('is left alone until a quota that is used up is renewed', () => {
    expect(pauses(new Pushback(), { quota: { remaining: 0, resetMs: 7000 } }, 2)).toEqual([7000, 7000])
    expect(pauses(new Pushback(), { quota: { remaining: 1, resetMs: 7000 } }, 2)).toEqual([1000, 2000])
  })
})

describe('Pushback: a host that fails', () => {
  const fails = (pushback: Pushback, startedAt: number, now: number) =>
    pushback.strained(makeAttempt({ statusCode: 503, startedAt }), now, day)

  it('is left alone after the third failure in a row, and after three more', () => {
    const pushback = new Pushback()
    expect([1, 2, 3].map((now) => fails(pushback, now, now))).toEqual([false, false, true])
    expect(pushback.pausedUntil).toBe(1003)
    expect([1003, 1004, 1005].map((now) => fails(pushback, now, now))).toEqual([false, false, true])
    expect(pushback.pausedUntil).toBe(1005 + 2000)
  })

  it('begins to count anew with every answer', () => {
    const pushback = new Pushback()
    for (let now = 0; now < 20; now++) {
      if (now % 3 === 2) pushback.given(makeAttempt({ startedAt: now }))
      else expect(fails(pushback, now, now)).toBe(false)
    }
  })

  it('does not count what began before a pause', () => {
    const pushback = new Pushback()
    for (let now = 1; now <= 50; now++) fails(pushback, 0, now)
    expect(pushback.pausedUntil).toBe(1003)
  })

  it('is not left alone any more where that did not help five times, until it answers for a while', () => {
    const pushback = new Pushback()
    let now = 0
    let refusals = 0
    for (let count = 0; count < 100; count++) {
      now = Math.max(now + 1, pushback.pausedUntil)
      if (fails(pushback, now, now)) refusals++
    }
    expect(refusals).toBe(5)
    expect(now).toBeLessThan(32_000)
    const threeFailures = () => [1, 2, 3].map((ms) => fails(pushback, now + ms, now + ms))
    pushback.given(makeAttempt({ startedAt: now }))
    expect(threeFailures()).toEqual([false, false, false])
    for (let answers = 0; answers < 20; answers++) pushback.given(makeAttempt({ startedAt: now }))
    expect(threeFailures()).toEqual([false, false, true])
    expect(pushback.pausedUntil).toBe(now + 3 + 1000)
  })

  it('is hopeless after ten refusals with no answer between', () => {
    const pushback = new Pushback()
    const refuse = (times: number) => {
      for (let count = 0; count < times; count++) {
        const at = Math.max(0, pushback.pausedUntil)
        pushback.refused(makeAttempt({ statusCode: 429, startedAt: at }), at, 120_000)
      }
    }
    refuse(9)
    expect(pushback.isHopeless).toBe(false)
    pushback.given(makeAttempt({ startedAt: pushback.pausedUntil }))
    refuse(9)
    expect(pushback.isHopeless).toBe(false)
    refuse(1)
    expect([pushback.isHopeless, pushback.refusals]).toEqual([true, 10])
  })
})
