import { describe, expect, it } from 'vitest'
import { HostLimiter } from '../../src/limiters/host-limiter.js'
import { ProxiedLimiter } from '../../src/limiters/proxied-limiter.js'
import type { Attempt, Failure } from '../../src/types.js'
import { makeAttempt } from '../support/values.js'

const refused: Failure = { type: 'proxy', code: 'ECONNREFUSED', message: 'x' }

function setUp() {
  const conduct = { breakerMs: 10_000, random: () => 0.5 }
  const host = new HostLimiter({
    intervalMs: null,
    perHost: Number.POSITIVE_INFINITY,
    rules: [],
    isAdaptive: true,
    maxPauseMs: 120_000,
    breakerMs: 10_000,
  })
  const limiter = new ProxiedLimiter({ limiter: host, isProxied: (name) => name !== 'straight', ...conduct })
  const ask = (name: string, startedAt: number, endedAt: number, changes: Partial<Attempt>) => {
    limiter.acquire(name, startedAt)
    limiter.started(name, startedAt)
    end(name, startedAt, endedAt, changes)
  }
  const end = (name: string, startedAt: number, endedAt: number, changes: Partial<Attempt>) =>
    limiter.release(name, makeAttempt({ isProxied: true, startedAt, ...changes }), endedAt, 'host')
  return { limiter, ask, end }
}

const unreached: Partial<Attempt> = { failure: refused, statusCode: null, remoteIp: null }

describe('ProxiedLimiter', () => {
  it('holds back what goes through a proxy that cannot be reached, of whatever host, and nothing else', () => {
    const { limiter, ask } = setUp()
    ask('a', 0, 10, unreached)
    expect(['a', 'b', 'straight'].map((host) => limiter.delay(host, 10))).toEqual([250, 250, 0])
    expect(limiter.delay('b', 260)).toBe(0)
    limiter.acquire('b', 260)
    // It is being tried: one request is enough.
    expect(limiter.delay('c', 260)).toBe(500)
    limiter.release('b', makeAttempt({ isProxied: true, startedAt: 260, ...unreached }), 270, 'host')
    expect(limiter.delay('c', 270)).toBe(500)
    ask('c', 770, 780, {})
    expect(['a', 'b', 'c'].map((host) => limiter.delay(host, 780))).toEqual([0, 0, 0])
  })

  it('lets nothing wait for a proxy that is given up', () => {
    const { limiter, ask } = setUp()
    let now = 0
    for (let tries = 0; tries < 20 && now <= 10_000; tries++) {
      for (let wait = limiter.delay('a', now); wait > 0; wait = limiter.delay('a', now)) now += wait
      ask('a', now, now, unreached)
    }
    expect(now).toBeGreaterThanOrEqual(10_000)
    expect(limiter.delay('b', now)).toBe(0)
    ask('b', now + 1, now + 2, {})
    ask('b', now + 3, now + 4, unreached)
    expect(limiter.delay('a', now + 4)).toBe(250)
  })

  it('does not take for its return what was under way before, nor a connection that broke', () => {
    const { limiter, ask, end } = setUp()
    ask('a', 10, 20, unreached)
    end('b', 5, 30, {})
    const broken: Failure = { type: 'network', code: 'ECONNRESET', message: 'x' }
    end('b', 25, 30, { failure: broken, statusCode: null, connectMs: null, remoteIp: '127.0.0.1' })
    expect(limiter.delay('a', 30)).toBe(240)
  })

  it('is not held up by a try that never came to be, or went straight', () => {
    const { limiter, ask } = setUp()
    ask('a', 0, 0, unreached)
    limiter.acquire('a', 250)
    limiter.release('a', undefined, 250, 'host')
    expect(limiter.delay('b', 250)).toBe(0)
    ask('b', 250, 260, { isProxied: false })
    expect(limiter.delay('c', 260)).toBe(0)
  })

  it.each<[string, Partial<Attempt>]>([
    ['a name that is none', { ...unreached, failure: { ...refused, code: 'ENOTFOUND' } }],
    ['a refusal of the proxy', { ...unreached, failure: { ...refused, code: 'HTTP_502' }, remoteIp: '127.0.0.1' }],
    ['a failure of this machine', { ...unreached, failure: { ...refused, type: 'connect', code: 'EMFILE' } }],
  ])('waits for nothing after %s', (_name, changes) => {
    const { limiter, ask } = setUp()
    ask('a', 0, 1, changes)
    expect(limiter.delay('b', 1)).toBe(0)
  })
})
