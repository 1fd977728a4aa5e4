import { describe, expect, it } from 'vitest'
import { HostLimiter, type HostLimiterOptions } from '../../src/limiters/host-limiter.js'
import type { Attempt } from '../../src/types.js'
import { type Random, seed, seededRandom } from '../support/random.js'
import { makeAttempt } from '../support/values.js'

const host = 'a.test'
const forever = Number.POSITIVE_INFINITY

function makeLimiter(changes: Partial<HostLimiterOptions> = {}): HostLimiter {
  return new HostLimiter({ intervalMs: null, perHost: forever, isAdaptive: true, maxPauseMs: 120_000, ...changes })
}

/** A request that starts and ends when it says. */
function request(limiter: HostLimiter, from: number, to: number, response: Partial<Attempt> = {}): void {
  begin(limiter, host, from)
  limiter.release(host, makeAttempt({ ...response, startedAt: from }), to)
}

const tooMany = { statusCode: 429 } as const

/** A request is given out, and its connection is there at once. */
function begin(limiter: HostLimiter, name: string, now: number): void {
  limiter.acquire(name, now)
  limiter.started(name, now)
}

describe('HostLimiter: without limits', () => {
  it('lets every request start, and remembers nothing', () => {
    const limiter = makeLimiter()
    for (let count = 0; count < 100; count++) begin(limiter, `h${count}`, 0)
    expect(limiter.delay('h1', 0)).toBe(0)
    expect(limiter.size).toBe(0)
    for (let count = 0; count < 100; count++) limiter.release(`h${count}`, makeAttempt(), 5)
    expect(limiter.size).toBe(0)
  })
})

describe('HostLimiter: rate', () => {
  it('spaces the requests to a host, and those to another host apart from them', () => {
    const limiter = makeLimiter({ intervalMs: 100 })
    begin(limiter, host, 0)
    expect(limiter.delay(host, 0)).toBe(100)
    expect(limiter.delay(host, 60)).toBe(40)
    expect(limiter.delay(host, 100)).toBe(0)
    expect(limiter.delay('b.test', 0)).toBe(0)
  })

  it('holds for a request that comes after the last one ended', () => {
    const limiter = makeLimiter({ intervalMs: 100 })
    request(limiter, 0, 1)
    expect(limiter.delay(host, 1)).toBe(99)
  })

  it('counts a request that never ran', () => {
    const limiter = makeLimiter({ intervalMs: 100 })
    begin(limiter, host, 0)
    limiter.release(host, undefined, 1)
    expect(limiter.delay(host, 1)).toBe(99)
  })
})

describe('HostLimiter: concurrency', () => {
  it('lets no more requests run at a time than allowed: the next waits for one of them to end', () => {
    const limiter = makeLimiter({ perHost: 2 })
    begin(limiter, host, 0)
    expect(limiter.delay(host, 0)).toBe(0)
    begin(limiter, host, 0)
    expect(limiter.delay(host, 1e9)).toBe(forever)
    expect(limiter.delay('b.test', 0)).toBe(0)
    limiter.release(host, makeAttempt(), 1e9)
    expect(limiter.delay(host, 1e9)).toBe(0)
  })

  it('frees the place of a request that never ran', () => {
    const limiter = makeLimiter({ perHost: 1 })
    begin(limiter, host, 0)
    limiter.release(host, undefined, 1)
    expect(limiter.delay(host, 1)).toBe(0)
  })

  it('keeps the rate as well', () => {
    const limiter = makeLimiter({ perHost: 1, intervalMs: 100 })
    begin(limiter, host, 0)
    expect(limiter.delay(host, 30)).toBe(forever)
    limiter.release(host, makeAttempt(), 30)
    expect(limiter.delay(host, 30)).toBe(70)
  })
})

describe('HostLimiter: what the host says itself', () => {
  it('pauses a host for as long as its Retry-After says, after 429 and 503', () => {
    for (const statusCode of [429, 503]) {
      const limiter = makeLimiter()
      request(limiter, 0, 10, { statusCode, retryAfterMs: 5000 })
      expect(limiter.delay(host, 10)).toBe(5000)
      expect(limiter.delay(host, 5009)).toBe(1)
      expect(limiter.delay(host, 5010)).toBe(0)
      expect(limiter.delay('b.test', 10)).toBe(0)
    }
  })

  it('pauses no host after a 503 without Retry-After, nor after another status with one', () => {
    for (const response of [{ statusCode: 503 }, { statusCode: 500, retryAfterMs: 5000 }, { retryAfterMs: 5000 }]) {
      const limiter = makeLimiter()
      request(limiter, 0, 10, response)
      expect(limiter.delay(host, 10)).toBe(0)
    }
  })

  it('pauses a host whose 429 was not received to its end', () => {
    const limiter = makeLimiter()
    const failure = { type: 'network', code: 'ECONNRESET', message: 'closed' } as const
    request(limiter, 0, 10, { statusCode: 429, retryAfterMs: 5000, failure })
    expect(limiter.delay(host, 10)).toBe(5000)
  })

  it('pauses a host that has other limits, too', () => {
    const limiter = makeLimiter({ intervalMs: 100, perHost: 1 })
    request(limiter, 0, 10, { statusCode: 429, retryAfterMs: 5000 })
    expect(limiter.delay(host, 10)).toBe(5000)
  })

  it('does not wait longer than the cap', () => {
    const limiter = makeLimiter({ maxPauseMs: 2000 })
    request(limiter, 0, 10, { statusCode: 503, retryAfterMs: 1e9 })
    expect(limiter.delay(host, 10)).toBe(2000)
    expect(limiter.delay(host, 2010)).toBe(0)
  })

  it('keeps the longer of two pauses', () => {
    const limiter = makeLimiter()
    begin(limiter, host, 0)
    begin(limiter, host, 0)
    limiter.release(host, makeAttempt({ statusCode: 429, retryAfterMs: 5000 }), 10)
    limiter.release(host, makeAttempt({ statusCode: 429, retryAfterMs: 1000 }), 20)
    expect(limiter.delay(host, 20)).toBe(4990)
    limiter.release(host, makeAttempt({ statusCode: 429, retryAfterMs: 9000 }), 30)
    expect(limiter.delay(host, 30)).toBe(9000)
  })

  it('heeds none of it where that is not wanted', () => {
    const limiter = makeLimiter({ isAdaptive: false })
    request(limiter, 0, 10, { statusCode: 429, retryAfterMs: 5000 })
    request(limiter, 10, 20, tooMany)
    expect(limiter.delay(host, 20)).toBe(0)
    expect(limiter.size).toBe(0)
  })
})

describe('HostLimiter: 429 without Retry-After', () => {
  it('pauses a host for a second, and twice as long each time it says so again, up to 30 s', () => {
    const limiter = makeLimiter()
    const pauses: number[] = []
    for (let now = 0; pauses.length < 7; now += limiter.delay(host, now)) {
      request(limiter, now, now, tooMany)
      pauses.push(limiter.delay(host, now))
    }
    expect(pauses).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000])
  })

  it('counts a burst once: answers to requests that started before the pause do not make it longer', () => {
    const limiter = makeLimiter()
    for (let started = 0; started < 10; started++) begin(limiter, host, started)
    for (let started = 0; started < 10; started++) {
      limiter.release(host, makeAttempt({ ...tooMany, startedAt: started }), 100 + started)
    }
    expect(limiter.delay(host, 100)).toBe(1000)
    request(limiter, 1100, 1110, tooMany)
    expect(limiter.delay(host, 1110)).toBe(2000)
  })

  it('counts a burst once, also where the first answer came in the moment in which the others started', () => {
    const limiter = makeLimiter()
    begin(limiter, host, 50)
    begin(limiter, host, 50)
    limiter.release(host, makeAttempt({ ...tooMany, startedAt: 50 }), 50)
    limiter.release(host, makeAttempt({ ...tooMany, startedAt: 50 }), 90)
    expect(limiter.delay(host, 50)).toBe(1000)
  })

  it('begins with a second again once the host answered otherwise', () => {
    const limiter = makeLimiter()
    request(limiter, 0, 0, tooMany)
    request(limiter, 1000, 1000, tooMany)
    for (let now = 3000; now < 4000; now += 50) request(limiter, now, now, { statusCode: 200 })
    request(limiter, 4000, 4000, tooMany)
    expect(limiter.delay(host, 4000)).toBe(1000)
  })

  it('is not taken back by an answer to a request that started before the pause', () => {
    const limiter = makeLimiter()
    begin(limiter, host, 0)
    request(limiter, 0, 10, tooMany)
    limiter.release(host, makeAttempt({ statusCode: 200, startedAt: 0 }), 20)
    expect(limiter.delay(host, 20)).toBe(990)
    request(limiter, 1010, 1010, tooMany)
    expect(limiter.delay(host, 1010)).toBe(2000)
  })

  it('is not taken back by a request that got no answer', () => {
    const limiter = makeLimiter()
    const failure = { type: 'timeout', code: 'TIMEOUT_TOTAL', message: 'late' } as const
    request(limiter, 0, 0, tooMany)
    request(limiter, 1000, 1500, { statusCode: null, failure })
    request(limiter, 1500, 1500, tooMany)
    expect(limiter.delay(host, 1500)).toBe(2000)
  })
})

describe('HostLimiter: a URL that is refused alone', () => {
  it('gives back to its host what its first refusal took, and takes no more', () => {
    const limiter = makeLimiter()
    for (let now = 0; now < 1000; now += 20) request(limiter, now, now + 20)
    request(limiter, 1000, 1020, { statusCode: 429 })
    expect(limiter.msPerRequest(host, 1)).toBeGreaterThan(10)
    begin(limiter, host, 3000)
    limiter.release(host, makeAttempt({ statusCode: 429, startedAt: 3000 }), 3020, 'acquitted')
    expect([limiter.msPerRequest(host, 0), limiter.delay(host, 3020)]).toEqual([0, 0])
    begin(limiter, host, 4000)
    limiter.release(host, makeAttempt({ statusCode: 429, startedAt: 4000 }), 4020, 'url')
    expect([limiter.msPerRequest(host, 0), limiter.delay(host, 4020)]).toEqual([0, 0])
  })
})

describe('HostLimiter: forgetting', () => {
  it('forgets a host that has no request under way and no time to wait for', () => {
    const limiter = makeLimiter({ perHost: 1 })
    for (let count = 0; count < 1000; count++) {
      begin(limiter, `h${count}`, count)
      limiter.release(`h${count}`, makeAttempt({ startedAt: count }), count)
    }
    // What it answered of late is kept for two seconds: its rate would be measured by that.
    request(limiter, 5000, 5000)
    expect(limiter.size).toBe(1)
  })

  it('measures the rate of a host that is asked one request at a time', () => {
    const limiter = makeLimiter({ perHost: 1 })
    for (let now = 0; now < 1000; now += 20) request(limiter, now, now + 20)
    request(limiter, 1000, 1020, { statusCode: 429 })
    expect(limiter.msPerRequest(host, 1)).toBeLessThan(50)
  })

  it('remembers no more hosts than the rate makes wait', () => {
    const limiter = makeLimiter({ intervalMs: 100 })
    for (let count = 0; count < 1000; count++) {
      begin(limiter, `h${count}`, count * 10)
      limiter.release(`h${count}`, makeAttempt({ startedAt: count * 10 }), count * 10)
      expect(limiter.size).toBeLessThanOrEqual(202)
    }
  })

  it('remembers a pause until it is over, and what it was about for two minutes more, whatever happens elsewhere', () => {
    const limiter = makeLimiter({ perHost: 1 })
    request(limiter, 0, 0, { statusCode: 429, retryAfterMs: 60_000 })
    for (let now = 1; now < 60_000; now += 1000) {
      begin(limiter, 'b.test', now)
      limiter.release('b.test', makeAttempt({ startedAt: now }), now)
      expect(limiter.delay(host, now)).toBe(60_000 - now)
    }
    request(limiter, 179_999, 179_999)
    expect(limiter.size).toBe(1)
    begin(limiter, 'b.test', 300_000)
    limiter.release('b.test', makeAttempt({ startedAt: 300_000 }), 300_000)
    expect(limiter.size).toBe(1)
    begin(limiter, 'c.test', 302_000)
    expect(limiter.size).toBe(1)
  })

  it('keeps a host in mind that is slow to answer', () => {
    const limiter = makeLimiter({ perHost: 1, intervalMs: 10 })
    begin(limiter, host, 0)
    for (let now = 0; now < 100_000; now += 1000) {
      begin(limiter, 'b.test', now)
      limiter.release('b.test', makeAttempt({ startedAt: now }), now)
    }
    expect(limiter.delay(host, 100_000)).toBe(forever)
  })
})

describe('HostLimiter, whatever the schedule', () => {
  interface Running {
    readonly host: string
    readonly startedAt: number
    readonly endsAt: number
  }

  /** Hosts that are asked as soon as they may be, or a little later; every answer is random. */
  function simulate(limiter: HostLimiter, limits: HostLimiterOptions, random: Random) {
    const hosts = ['a', 'b', 'c', 'd']
    const starts = new Map<string, number[]>(hosts.map((name) => [name, []]))
    const pausedUntil = new Map<string, number>()
    const running: Running[] = []
    let now = 0
    const end = (ended: Running) => {
      running.splice(running.indexOf(ended), 1)
      const roll = random.next()
      const retryAfterMs = roll < 0.1 ? random.below(500) : null
      const statusCode = roll < 0.05 ? 503 : roll < 0.15 ? 429 : 200
      limiter.release(ended.host, makeAttempt({ statusCode, retryAfterMs, startedAt: ended.startedAt }), now)
      if (retryAfterMs === null || !limits.isAdaptive) return
      const until = now + Math.min(retryAfterMs, limits.maxPauseMs)
      pausedUntil.set(ended.host, Math.max(until, pausedUntil.get(ended.host) ?? 0))
    }
    const start = (name: string) => {
      expect(now).toBeGreaterThanOrEqual(pausedUntil.get(name) ?? 0)
      expect(running.filter((other) => other.host === name).length).toBeLessThan(limits.perHost)
      begin(limiter, name, now)
      starts.get(name)?.push(now)
      running.push({ host: name, startedAt: now, endsAt: now + random.below(120) })
    }
    for (let step = 0; step < 4000; step++) {
      for (const ended of running.filter(({ endsAt }) => endsAt <= now)) end(ended)
      const name = random.pick(hosts)
      if (limiter.delay(name, now) <= 0) start(name)
      now += random.next() < 0.01 ? random.below(40_000) : random.below(8)
    }
    now += 1000
    for (let ended = running[0]; ended; ended = running[0]) end(ended)
    return { starts, now }
  }

  it.each([1, 2, 3, 4, 5, 6, 7, 8])(
    `exceeds no limit, ends every pause and forgets every host (seed ${seed} + %i)`,
    (offset) => {
      const random = seededRandom(seed + offset)
      const limits: HostLimiterOptions = {
        intervalMs: random.pick([null, 3, 50]),
        perHost: random.pick([forever, 1, 3]),
        isAdaptive: random.pick([true, true, false]),
        maxPauseMs: random.pick([100, 120_000]),
      }
      const limiter = new HostLimiter(limits)
      const { starts, now } = simulate(limiter, limits, random)
      for (const times of starts.values()) expectSpaced(times, limits.intervalMs ?? 0)
      const later = now + 400_000
      for (const name of starts.keys()) expect(limiter.delay(name, later)).toBe(0)
      // The last one that is asked is still remembered: its rate counts from there.
      begin(limiter, 'e', later)
      limiter.release('e', makeAttempt({ startedAt: later }), later)
      expect(limiter.size).toBeLessThanOrEqual(1)
    },
  )
})

/** Gaps are four fifths of the interval at least, and n + 1 starts take n - 1 intervals at least. */
function expectSpaced(times: readonly number[], intervalMs: number): void {
  for (const [from, start] of times.entries()) {
    const gap = (times[from + 1] ?? forever) - start
    if (gap < 0.8 * intervalMs - 1e-6) expect.fail(`a gap of ${gap} ms at an interval of ${intervalMs} ms`)
    for (let to = from + 2; to < times.length; to++) {
      const spanned = (times[to] ?? 0) - start
      if (spanned < (to - from - 1) * intervalMs - 1e-6) {
        expect.fail(`${to - from + 1} starts within ${spanned} ms at an interval of ${intervalMs} ms`)
      }
    }
  }
}

describe('HostLimiter: limits of some hosts', () => {
  const rules = [
    { pattern: 'slow.test', intervalMs: 1000 },
    { pattern: '*.slow.test', intervalMs: 100, perHost: 1 },
    { pattern: 'free.test', intervalMs: null, perHost: forever },
  ]

  it('hold for those hosts, each counted apart, and the others have those for all', () => {
    const limiter = makeLimiter({ intervalMs: 10, rules })
    for (const name of ['slow.test', 'slow.test:8080', 'a.slow.test', 'free.test', 'other.test'])
      begin(limiter, name, 0)
    const names = [
      'slow.test',
      'slow.test:8080',
      'slow.test:8081',
      'a.slow.test',
      'b.slow.test',
      'free.test',
      'other.test',
    ]
    expect(names.map((name) => limiter.delay(name, 0))).toEqual([1000, 1000, 0, forever, 0, 0, 10])
  })

  it('are told as what a further request takes', () => {
    const limiter = makeLimiter({ perHost: 4, rules })
    const names = ['slow.test', 'a.slow.test', 'free.test', 'other.test']
    expect(names.map((name) => limiter.msPerRequest(name, 200))).toEqual([1000, 200, 0, 50])
    for (const name of names) begin(limiter, name, 0)
    expect(names.map((name) => limiter.msPerRequest(name, 200))).toEqual([1000, 200, 0, 50])
  })

  it('leave nothing to remember of the hosts that have none', () => {
    const limiter = makeLimiter({ rules })
    begin(limiter, 'free.test', 0)
    begin(limiter, 'other.test', 0)
    expect(limiter.size).toBe(0)
    begin(limiter, 'slow.test', 0)
    expect(limiter.size).toBe(1)
  })
})

describe('HostLimiter: whether there is any limit', () => {
  it('is none without limits, until a host shows one', () => {
    const limiter = makeLimiter()
    begin(limiter, host, 0)
    expect(limiter.isUnlimited).toBe(true)
    limiter.release(host, makeAttempt(tooMany), 0)
    expect(limiter.isUnlimited).toBe(false)
    begin(limiter, 'b.test', 300_000)
    expect(limiter.isUnlimited).toBe(true)
  })

  it('is one where there are limits, be it of a single host', () => {
    expect(makeLimiter({ perHost: 2 }).isUnlimited).toBe(false)
    expect(makeLimiter({ rules: [{ pattern: 'a', intervalMs: 5 }] }).isUnlimited).toBe(false)
    expect(makeLimiter({ rules: [{ pattern: 'a', intervalMs: null }] }).isUnlimited).toBe(true)
  })
})

describe('HostLimiter: a hundred thousand hosts', () => {
  const failure = { type: 'connect', code: 'ECONNREFUSED', message: 'refused' } as const

  it('visited once each, leave nothing', () => {
    const limiter = makeLimiter({ breakerMs: 10_000 })
    for (let count = 0; count < 100_000; count++) {
      begin(limiter, `h${count}`, count)
      limiter.release(`h${count}`, makeAttempt({ startedAt: count }), count)
    }
    expect(limiter.size).toBe(0)
  })

  it('that tell a quota leave those of ten seconds', () => {
    const limiter = makeLimiter()
    const quota = { remaining: 50, resetMs: 3_600_000 }
    for (let count = 0; count < 100_000; count++) {
      begin(limiter, `h${count}`, count)
      limiter.release(`h${count}`, makeAttempt({ startedAt: count, quota }), count)
    }
    expect(limiter.size).toBeLessThanOrEqual(10_000)
  })

  it('that are down leave those of two minutes', () => {
    const limiter = makeLimiter({ breakerMs: 10_000 })
    for (let count = 0; count < 100_000; count++) {
      begin(limiter, `h${count}`, count * 10)
      limiter.release(`h${count}`, makeAttempt({ startedAt: count * 10, statusCode: null, failure }), count * 10)
    }
    expect(limiter.size).toBeLessThanOrEqual(12_000)
  })
})

describe('HostLimiter: a request without its connection', () => {
  const limits = { intervalMs: 100, perHost: Number.POSITIVE_INFINITY, isAdaptive: true, maxPauseMs: 60_000 }

  it('holds back the next one, and the gap is measured from when it has one', () => {
    const limiter = new HostLimiter(limits)
    limiter.acquire('a.test', 0)
    expect(limiter.delay('a.test', 600)).toBe(Number.POSITIVE_INFINITY)
    limiter.started('a.test', 600)
    expect(limiter.delay('a.test', 600)).toBe(80)
  })

  it('holds back nobody where there is no rate', () => {
    const limiter = new HostLimiter({ ...limits, intervalMs: null })
    limiter.acquire('a.test', 0)
    expect(limiter.delay('a.test', 0)).toBe(0)
  })
})
