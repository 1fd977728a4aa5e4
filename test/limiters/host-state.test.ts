// What is remembered of one host, seen through the limiter that asks it.

import { describe, expect, it } from 'vitest'
import { HostLimiter, type HostLimiterOptions } from '../../src/limiters/host-limiter.js'
import type { Attempt, Failure } from '../../src/types.js'
import { seed, seededRandom } from '../support/random.js'
import { makeAttempt } from '../support/values.js'
import { fixedWindow, type Host, simulate } from './simulated-host.js'

const host = 'a.test'
const forever = Number.POSITIVE_INFINITY

function makeLimiter(changes: Partial<HostLimiterOptions> = {}): HostLimiter {
  const limits = { intervalMs: null, perHost: forever, isAdaptive: true, maxPauseMs: 120_000 }
  return new HostLimiter({ ...limits, breakerMs: 10_000, random: () => 0.5, ...changes })
}

function begin(limiter: HostLimiter, now: number): void {
  limiter.acquire(host, now)
  limiter.started(host, now)
}

function end(limiter: HostLimiter, startedAt: number, now: number, response: Partial<Attempt> = {}): void {
  limiter.release(host, makeAttempt({ ...response, startedAt }), now)
}

function request(limiter: HostLimiter, from: number, to: number, response: Partial<Attempt> = {}): void {
  begin(limiter, from)
  end(limiter, from, to, response)
}

function failed(type: Failure['type'], code: string): Partial<Attempt> {
  return { statusCode: null, remoteIp: null, failure: { type, code, message: 'x' } }
}

const refused = failed('connect', 'ECONNREFUSED')

/** Tries the host as soon as it may, until it is given up. */
function giveUp(limiter: HostLimiter, response = refused, start = 0): number {
  let now = start
  request(limiter, now, now, response)
  while (limiter.refusal(host, now) === null) {
    now += Math.max(100, limiter.delay(host, now))
    request(limiter, now, now, response)
  }
  return now
}

describe('a host that cannot be reached', () => {
  it('is asked by one request at a time, after a wait, until it answers', () => {
    const limiter = makeLimiter()
    for (let count = 0; count < 5; count++) begin(limiter, 0)
    end(limiter, 0, 10, refused)
    expect(limiter.delay(host, 10)).toBe(250)
    begin(limiter, 260)
    expect(limiter.delay(host, 5000)).toBe(forever)
    end(limiter, 260, 5000, { statusCode: 404 })
    expect(limiter.delay(host, 5000)).toBe(0)
  })

  it('counts as reached by an answer to a request that began before', () => {
    const limiter = makeLimiter()
    begin(limiter, 0)
    request(limiter, 0, 10, refused)
    expect(limiter.delay(host, 10)).toBe(250)
    end(limiter, 0, 20)
    expect(limiter.delay(host, 20)).toBe(0)
  })

  it.each([
    ['answers', { statusCode: 503 }],
    ['fails at its certificate', { ...failed('tls', 'CERT_HAS_EXPIRED'), remoteIp: '127.0.0.1' }],
    ['closes the connection', { ...failed('network', 'ECONNRESET'), remoteIp: '127.0.0.1' }],
  ])('is reached where it %s', (_what, response) => {
    const limiter = makeLimiter()
    request(limiter, 0, 0, refused)
    request(limiter, 250, 260, response)
    expect(limiter.delay(host, 260)).toBe(0)
  })

  it.each([
    ['this machine is out of resources', { ...failed('connect', 'EMFILE'), exhausted: true }],
    ['the run ended', failed('aborted', 'ABORTED')],
  ])('is not held back where %s', (_what, response) => {
    const limiter = makeLimiter()
    request(limiter, 0, 0, response)
    expect(limiter.delay(host, 0)).toBe(0)
    expect(limiter.size).toBe(0)
  })

  it('goes on being tried where a try was ended without an attempt', () => {
    const limiter = makeLimiter()
    request(limiter, 0, 0, refused)
    begin(limiter, 250)
    limiter.release(host, undefined, 300)
    expect(limiter.delay(host, 300)).toBe(0)
  })

  it('is forgotten two minutes after it was asked last', () => {
    const limiter = makeLimiter()
    request(limiter, 0, 0, refused)
    limiter.acquire('b.test', 119_999)
    expect(limiter.size).toBe(1)
    limiter.acquire('b.test', 120_000)
    expect(limiter.size).toBe(0)
  })

  it('is as much asked as before where the pace of hosts does not count', () => {
    const limiter = makeLimiter({ isAdaptive: false })
    request(limiter, 0, 0, refused)
    expect(limiter.delay(host, 0)).toBe(250)
  })

  it('takes the time of one request for each', () => {
    const limiter = makeLimiter({ perHost: 4 })
    expect(limiter.msPerRequest(host, 200)).toBe(50)
    request(limiter, 0, 0, refused)
    expect(limiter.msPerRequest(host, 200)).toBe(200)
    giveUp(limiter, refused, 250)
    expect(limiter.msPerRequest(host, 200)).toBe(0)
  })
})

describe('a host that is given up', () => {
  it('refuses at once, and says why', () => {
    const limiter = makeLimiter()
    const now = giveUp(limiter)
    expect(now).toBe(11_750)
    expect(limiter.delay(host, now)).toBe(0)
    expect(limiter.refusal(host, now)).toMatchObject({
      type: 'connect',
      code: 'HOST_DOWN',
      message: expect.stringContaining('after 7 failures in 11.8s, the last ECONNREFUSED'),
    })
    expect(limiter.refusal('b.test', now)).toBeNull()
    expect(limiter.outages()).toEqual([{ host, failures: 7, sinceMs: 0, isOver: false }])
    expect(limiter.outageCount).toBe(1)
  })

  it('lets one request through now and then, for which the others wait', () => {
    const limiter = makeLimiter()
    const now = giveUp(limiter)
    expect(limiter.refusal(host, now + 999)).not.toBeNull()
    expect(limiter.refusal(host, now + 1000)).toBeNull()
    begin(limiter, now + 1000)
    expect(limiter.delay(host, now + 1001)).toBe(forever)
    end(limiter, now + 1000, now + 2000, refused)
    expect(limiter.delay(host, now + 2000)).toBe(0)
    expect(limiter.refusal(host, now + 6999)).not.toBeNull()
    expect(limiter.refusal(host, now + 7000)).toBeNull()
  })

  it('is as any other once it answers', () => {
    const limiter = makeLimiter()
    const now = giveUp(limiter) + 5000
    request(limiter, now, now + 10)
    expect(limiter.delay(host, now + 10)).toBe(0)
    expect(limiter.refusal(host, now + 10)).toBeNull()
    expect(limiter.outages()).toEqual([{ host, failures: 7, sinceMs: 0, isOver: true }])
    request(limiter, now + 20, now + 20, refused)
    expect(limiter.delay(host, now + 20)).toBe(250)
    expect(limiter.refusal(host, now + 20)).toBeNull()
  })

  it('is not tried sooner than its rate allows', () => {
    const limiter = makeLimiter({ intervalMs: 30_000 })
    const now = giveUp(limiter)
    expect(limiter.delay(host, now)).toBe(0)
    expect(limiter.refusal(host, now + 29_999)).not.toBeNull()
    expect(limiter.refusal(host, now + 30_000)).toBeNull()
  })

  it('is never one where that is not wanted', () => {
    const limiter = makeLimiter({ breakerMs: null })
    for (let now = 0, count = 0; count < 100; count++, now += limiter.delay(host, now))
      request(limiter, now, now, refused)
    expect(limiter.refusal(host, 1e9)).toBeNull()
    expect(limiter.outageCount).toBe(0)
  })
})

describe('a host that tells its quota', () => {
  /** `limit` in each window; says how many are left, and the full seconds until the next one. */
  function announcing(limit: number, windowMs: number): Host {
    let [window, count] = [-1, 0]
    return (now) => {
      const current = Math.floor(now / windowMs)
      if (current !== window) count = 0
      window = current
      count++
      const resetMs = Math.ceil(((current + 1) * windowMs - now) / 1000) * 1000
      const quota = { remaining: Math.max(0, limit - count), resetMs }
      return count > limit ? { statusCode: 429, quota } : { statusCode: 200, quota }
    }
  }

  it.each([10, 50])('refuses nothing, and loses no more than a second of each window, with %i workers', (workers) => {
    for (let offset = 0; offset < 5; offset++) {
      const random = seededRandom(seed + offset)
      const server = announcing(100, 10_000)
      const startsAt = 10_000 * random.next()
      const outcome = simulate(makeLimiter(), (now) => server(now + startsAt), {
        urls: 2000,
        workers,
        latencyMs: 50,
        jitterMs: 40,
        random,
      })
      expect(outcome.refused, `seed ${seed} + ${offset}`).toBe(0)
      expect(outcome.tookMs).toBeLessThan(20 * 11_000)
    }
  })

  it('is asked no more than its quota allows, and is not held back before', () => {
    const limiter = makeLimiter()
    request(limiter, 0, 10, { quota: { remaining: 3, resetMs: 5000 } })
    const given = [0, 1, 2].map((count) => {
      const delayMs = limiter.delay(host, 20 + count)
      begin(limiter, 20 + count)
      return delayMs
    })
    expect(given).toEqual([0, 0, 0])
    expect(limiter.delay(host, 30)).toBe(4980)
  })

  it('is left alone for no longer than the cap', () => {
    const limiter = makeLimiter({ maxPauseMs: 2000 })
    request(limiter, 0, 0, { quota: { remaining: 0, resetMs: 1e9 } })
    expect(limiter.delay(host, 0)).toBe(2000)
  })

  it('has a quota no more once it does not say so', () => {
    const limiter = makeLimiter()
    request(limiter, 0, 0, { quota: { remaining: 0, resetMs: 1000 } })
    request(limiter, 1000, 1050)
    expect(limiter.delay(host, 1050)).toBe(0)
    expect(limiter.size).toBe(0)
  })

  it('is not slowed down where it refuses what its quota does not hold', () => {
    const limiter = makeLimiter()
    request(limiter, 0, 10, { statusCode: 429, quota: { remaining: 0, resetMs: 3000 } })
    expect(limiter.delay(host, 10)).toBe(3000)
    begin(limiter, 3010)
    end(limiter, 3010, 3050, { quota: { remaining: 10, resetMs: 3000 } })
    begin(limiter, 3050)
    expect(limiter.delay(host, 3050)).toBe(0)
  })

  it('is asked as ever where that is not wanted', () => {
    const limiter = makeLimiter({ isAdaptive: false })
    request(limiter, 0, 0, { quota: { remaining: 0, resetMs: 1000 } })
    expect(limiter.delay(host, 0)).toBe(0)
  })
})

describe('a host that pushes back', () => {
  it('is asked at even distances from then on, and still so a minute later', () => {
    const limiter = makeLimiter()
    for (let count = 0; count < 20; count++) begin(limiter, 0)
    for (let count = 0; count < 10; count++) end(limiter, 0, 50)
    for (let count = 0; count < 10; count++) end(limiter, 0, 51, { statusCode: 429 })
    expect(limiter.delay(host, 51)).toBe(1000)
    begin(limiter, 61_000)
    const gapMs = limiter.delay(host, 61_000)
    expect(gapMs).toBeGreaterThan(100)
    expect(gapMs).toBeLessThan(200)
    expect(limiter.msPerRequest(host, 10)).toBeCloseTo(gapMs, 6)
  })

  it('is slowed down after three failures in a row, at the rate that it answered at before', () => {
    const limiter = makeLimiter()
    for (let now = 0; now < 1000; now += 100) request(limiter, now, now + 10)
    for (let count = 0; count < 3; count++) request(limiter, 1000, 1010 + count, { statusCode: 503 })
    expect(limiter.delay(host, 1012)).toBe(1000)
    begin(limiter, 2012)
    expect(limiter.delay(host, 2012)).toBeGreaterThan(100)
  })

  it('that never answered is left alone, not slowed down', () => {
    const limiter = makeLimiter()
    for (let count = 0; count < 3; count++) request(limiter, 0, count, { statusCode: 503 })
    expect(limiter.delay(host, 2)).toBe(1000)
    begin(limiter, 1002)
    expect(limiter.delay(host, 1002)).toBe(0)
  })

  it.each([1, 2, 3, 4, 5, 6])(
    `never gets more than the limits given, nor anything in a pause (seed ${seed} + %i)`,
    (offset) => {
      const random = seededRandom(seed + offset)
      const intervalMs = random.pick([10, 40, 200])
      const perHost = random.pick([1, 3, forever])
      const limiter = makeLimiter({ intervalMs, perHost, random: () => random.next() })
      const starts: number[] = []
      let inFlight = 0
      let pausedUntil = 0
      const limit = random.pick([5, 20, 100])
      const server = fixedWindow(limit, 1000, random.pick([null, 1000]))
      const watched: HostLimiter = Object.create(limiter, {
        delay: { value: (name: string, now: number) => limiter.delay(name, now) },
        started: { value: (name: string, now: number) => limiter.started(name, now) },
        acquire: {
          value: (name: string, now: number) => {
            expect(now).toBeGreaterThanOrEqual(pausedUntil)
            expect(++inFlight).toBeLessThanOrEqual(perHost)
            starts.push(now)
            limiter.acquire(name, now)
          },
        },
        release: {
          value: (name: string, attempt: Attempt, now: number) => {
            inFlight--
            limiter.release(name, attempt, now)
            if (attempt.statusCode === 429) pausedUntil = Math.max(pausedUntil, now + (attempt.retryAfterMs ?? 0))
          },
        },
      })
      simulate(watched, server, { urls: 1000, workers: 20, latencyMs: 30, jitterMs: 20, random })
      for (const [index, start] of starts.entries()) {
        expect((starts[index + 1] ?? forever) - start).toBeGreaterThanOrEqual(0.8 * intervalMs - 1e-6)
        expect((starts[index + 20] ?? forever) - start).toBeGreaterThanOrEqual(19 * intervalMs - 1e-6)
      }
    },
  )
})
