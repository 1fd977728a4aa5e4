import { describe, expect, it } from 'vitest'
import { contactOf, Outage } from '../../src/limiters/outage.js'
import type { Attempt, Failure } from '../../src/types.js'
import { makeAttempt } from '../support/values.js'

const forever = Number.POSITIVE_INFINITY
const refused: Failure = { type: 'connect', code: 'ECONNREFUSED', message: 'refused' }
const absent: Failure = { type: 'dns', code: 'ENOTFOUND', message: 'no such name' }
const halfway = { breakerMs: 10_000, random: () => 0.5 }

/** Tries as soon as it may, each try failing after `tookMs`; when they began, until the host is given up. */
function tries(outage: Outage, failure: Failure, tookMs = 0, most = 30): number[] {
  const begun: number[] = []
  for (let now = 0; begun.length < most && outage.refusal === null; now += tookMs) {
    now += outage.delay(now)
    begun.push(now)
    outage.acquire(now)
    outage.ended(failure, now, 0, now + tookMs)
  }
  return begun
}

describe('whether an attempt reached its host', () => {
  const failed = (type: Failure['type'], code: string, changes: Partial<Attempt> = {}): Partial<Attempt> => ({
    statusCode: null,
    failure: { type, code, message: 'x' },
    ...changes,
  })

  it.each<[string, Partial<Attempt>]>([
    ['made', { statusCode: 500 }],
    ['made', failed('tls', 'CERT_HAS_EXPIRED')],
    ['made', failed('network', 'ECONNRESET')],
    ['made', failed('timeout', 'TIMEOUT_TOTAL')],
    ['none', failed('timeout', 'TIMEOUT_TOTAL', { remoteIp: null })],
    ['none', failed('timeout', 'TIMEOUT_CONNECT')],
    ['none', failed('connect', 'ECONNREFUSED')],
    ['none', failed('dns', 'EAI_AGAIN')],
    ['none', failed('proxy', 'HTTP_502', { isProxied: true })],
    ['none', failed('proxy', 'SOCKS_HOST_UNREACHABLE', { isProxied: true })],
    ['none', failed('proxy', 'TIMEOUT_CONNECT', { isProxied: true })],
    ['unknown', failed('proxy', 'TIMEOUT_CONNECT', { isProxied: true, remoteIp: null })],
    ['unknown', failed('proxy', 'ECONNREFUSED', { isProxied: true, remoteIp: null })],
    ['unknown', failed('proxy', 'ECONNRESET', { isProxied: true })],
    ['unknown', failed('proxy', 'HTTP_407', { isProxied: true })],
    ['unknown', failed('proxy', 'SOCKS_AUTH', { isProxied: true })],
    ['unknown', failed('timeout', 'TIMEOUT_TOTAL', { isProxied: true, remoteIp: null })],
    ['made', failed('timeout', 'TIMEOUT_TOTAL', { isProxied: true })],
    ['unknown', failed('connect', 'EMFILE', { exhausted: true })],
    ['unknown', failed('aborted', 'ABORTED')],
    ['unknown', failed('blocked', 'BLOCKED')],
    ['unknown', failed('network', 'UND_ERR_SOCKET', { stale: true })],
  ])('%s: %j', (contact, response) => {
    expect(contactOf(makeAttempt(response))).toBe(contact)
  })
})

describe('Outage', () => {
  it('waits a quarter of a second, doubling up to four, and gives the host up after ten seconds', () => {
    const outage = new Outage('127.0.0.7:80', refused, 0, halfway)
    expect(tries(outage, refused)).toEqual([250, 750, 1750, 3750, 7750, 11_750])
    expect(outage.refusal).toEqual({
      type: 'connect',
      code: 'HOST_DOWN',
      message:
        '127.0.0.7:80 is given up after 7 failures in 11.8s, the last ECONNREFUSED; not tried again (--no-breaker tries every URL)',
    })
  })

  it('waits up to a quarter longer or shorter, by chance', () => {
    const waits = [0, 0.25, 1].map((random) =>
      new Outage('a', refused, 0, { ...halfway, random: () => random }).delay(0),
    )
    expect(waits).toEqual([187.5, 218.75, 312.5])
  })

  it('gives up no host before four failures, however long they take', () => {
    const outage = new Outage('a', refused, 0, halfway)
    expect(tries(outage, { type: 'timeout', code: 'TIMEOUT_CONNECT', message: 'x' }, 10_000)).toHaveLength(3)
    expect(outage.refusal?.type).toBe('timeout')
    expect(outage.failures).toBe(4)
  })

  it('waits for nothing where a name is not known, and gives it up after the same time', () => {
    const outage = new Outage('a', absent, 0, halfway)
    expect(outage.delay(0)).toBe(0)
    expect(tries(outage, absent, 1000)).toHaveLength(10)
    expect(outage.refusal?.type).toBe('dns')
  })

  it('never gives a host up where that is not wanted', () => {
    const outage = new Outage('a', refused, 0, { ...halfway, breakerMs: null })
    expect(tries(outage, refused, 1000, 500)).toHaveLength(500)
    expect(outage.refusal).toBeNull()
  })

  it('lets one request at a time try', () => {
    const outage = new Outage('a', refused, 0, halfway)
    outage.acquire(250)
    expect(outage.isProbed).toBe(true)
    expect(outage.delay(100_000)).toBe(forever)
  })

  it('does not count what began before the try', () => {
    const outage = new Outage('a', refused, 0, halfway)
    outage.ended(refused, -5, 2, 10)
    outage.acquire(250)
    outage.ended(refused, -5, 1, 300)
    expect(outage.failures).toBe(1)
    expect(outage.isProbed).toBe(true)
    outage.ended(refused, 250, 1, 310)
    expect(outage.failures).toBe(2)
  })

  it('lets the next one try where the first says nothing about the host', () => {
    const outage = new Outage('a', refused, 0, halfway)
    outage.acquire(250)
    outage.ended(null, 250, 0, 260)
    expect(outage.delay(260)).toBe(0)
    expect(outage.failures).toBe(1)
  })

  it('has a host that is given up tried every second, or as often as one try in six takes its time', () => {
    const outage = new Outage('a', absent, 0, halfway)
    tries(outage, absent, 5000)
    let now = 40_000
    const rests = [0, 10, 200, 1000, 10_000, 30_000].map((tookMs) => {
      outage.acquire(now)
      now += tookMs
      outage.ended(absent, now, 0, now)
      return outage.delay(now)
    })
    expect(rests).toEqual([1000, 1000, 1000, 5000, 50_000, 60_000])
    expect(outage.refusal?.message).toContain('the last ENOTFOUND')
  })

  it('is given up at once where it refuses everything', () => {
    const outage = Outage.ofRefusals('a', 10, 429, 1000, halfway)
    expect(outage.refusal).toMatchObject({ type: 'http_status', code: 'HOST_REFUSES' })
    expect(outage.refusal?.message).toContain('10 times')
    expect([outage.failures, outage.delay(1000), outage.delay(2000)]).toEqual([10, 1000, 0])
  })
})
