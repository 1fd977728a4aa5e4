import { describe, expect, it } from 'vitest'
import { Receipt } from '../../src/core/receipt.js'
import { HostLimiter } from '../../src/limiters/host-limiter.js'
import { WitnessedLimiter } from '../../src/limiters/witnessed-limiter.js'
import { makeAttempt } from '../support/values.js'

const limits = { intervalMs: 100, perHost: 1 }

function setUp(real = limits) {
  const receipt = new Receipt({ limitsOf: () => limits, keepAll: true })
  const limiter = new HostLimiter({ ...real, isAdaptive: true, maxPauseMs: 1000 })
  return { receipt, limiter, witnessed: new WitnessedLimiter(limiter, receipt) }
}

describe('WitnessedLimiter', () => {
  it('answers as its limiter does', () => {
    const { limiter, witnessed } = setUp()
    witnessed.acquire('a.test', 0)
    for (const now of [0, 50]) expect(witnessed.delay('a.test', now)).toBe(limiter.delay('a.test', now))
    expect(witnessed.delay('a.test', 0)).toBe(Number.POSITIVE_INFINITY)
    expect(witnessed.msPerRequest('a.test', 500)).toBe(500)
    expect(witnessed.refusal('a.test', 0)).toBeNull()
    witnessed.started('a.test', 5)
    witnessed.release('a.test', makeAttempt(), 10, 'host')
    expect(witnessed.delay('a.test', 10)).toBe(limiter.delay('a.test', 10))
    expect(witnessed.delay('a.test', 10)).toBeGreaterThan(0)
  })

  it('has what was asked noted', () => {
    const { receipt, witnessed } = setUp()
    for (const now of [0, 100, 200]) {
      witnessed.acquire('a.test', now)
      witnessed.started('a.test', now)
      witnessed.release('a.test', makeAttempt({ statusCode: 429 }), now + 10, 'host')
    }
    expect([...receipt.report().hosts]).toMatchObject([
      { host: 'a.test', requests: 3, peakInFlight: 1, smallestGapMs: 100, status429: 3, isKept: true },
    ])
  })

  it('has noted what should not have been, where the limiter has a bug', () => {
    const { receipt, witnessed } = setUp({ intervalMs: 10, perHost: 2 })
    witnessed.acquire('a.test', 0)
    witnessed.started('a.test', 0)
    witnessed.acquire('a.test', 10)
    witnessed.started('a.test', 10)
    expect(receipt.report().violations.count).toBe(2)
  })
})
