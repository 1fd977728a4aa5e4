import { describe, expect, it } from 'vitest'
import { Receipt } from '../../src/core/receipt.js'
import { Spacing } from '../../src/core/spacing.js'
import type { HostLimits, HostReceipt } from '../../src/types.js'
import { type Random, seed, seededRandom } from '../support/random.js'
import { makeAttempt } from '../support/values.js'

const unlimited: HostLimits = { intervalMs: null, perHost: Number.POSITIVE_INFINITY }
const host = 'a.test'

function makeReceipt(limits: Partial<HostLimits> = {}, keepAll = false): Receipt {
  return new Receipt({ limitsOf: () => ({ ...unlimited, ...limits }), keepAll })
}

/** A request that starts when it is given out, and ends at once unless told otherwise. */
function request(receipt: Receipt, name: string, at: number, endsAt = at): void {
  receipt.acquired(name, at)
  receipt.started(name, at)
  receipt.ended(name, makeAttempt(), endsAt)
}

function receiptsOf(receipt: Receipt): HostReceipt[] {
  return [...receipt.report().hosts]
}

function startsAt(times: readonly number[], limits: Partial<HostLimits>): Receipt {
  const receipt = makeReceipt(limits)
  for (const at of times) request(receipt, host, at)
  return receipt
}

describe('Receipt', () => {
  it('says what was asked of a host, also where nothing limits it', () => {
    const receipt = makeReceipt()
    receipt.acquired(host, 0)
    receipt.started(host, 5)
    receipt.acquired(host, 10)
    receipt.started(host, 47.5)
    receipt.ended(host, makeAttempt({ statusCode: 429 }), 50)
    receipt.ended(host, makeAttempt(), 60)
    request(receipt, host, 1040)
    expect(receiptsOf(receipt)).toEqual([
      {
        host,
        requests: 3,
        peakInFlight: 2,
        smallestGapMs: 42.5,
        mostPerSecond: 2,
        status429: 1,
        intervalMs: null,
        perHost: Number.POSITIVE_INFINITY,
        isKept: true,
      },
    ])
    expect(receipt.report()).toMatchObject({ requests: 3, status429: 1, violations: { count: 0, first: [] } })
  })

  it('counts no request that never had a connection, but that it was in flight', () => {
    const receipt = makeReceipt()
    receipt.acquired(host, 0)
    receipt.ended(host, undefined, 10)
    expect(receiptsOf(receipt)).toMatchObject([{ requests: 0, peakInFlight: 1, smallestGapMs: null, mostPerSecond: 0 }])
  })

  it('names the host with the most requests first', () => {
    const receipt = makeReceipt()
    for (const name of ['a', 'b', 'c', 'b', 'c', 'b']) request(receipt, name, 0)
    expect(receiptsOf(receipt).map((found) => [found.host, found.requests])).toEqual([
      ['b', 3],
      ['c', 2],
      ['a', 1],
    ])
  })

  it('has the limits of each host beside what was seen', () => {
    const receipt = new Receipt({
      limitsOf: (name) => (name === 'slow' ? { intervalMs: 500, perHost: 1 } : unlimited),
      keepAll: false,
    })
    request(receipt, 'slow', 0)
    request(receipt, 'fast', 0)
    expect(receiptsOf(receipt)).toMatchObject([
      { host: 'slow', intervalMs: 500, perHost: 1 },
      { host: 'fast', intervalMs: null },
    ])
  })
})

describe('Receipt: limits that were not kept', () => {
  it('knows more in flight than may be', () => {
    const receipt = makeReceipt({ perHost: 2 })
    for (let count = 0; count < 2; count++) receipt.acquired(host, 0)
    expect(receipt.violationCount).toBe(0)
    receipt.acquired(host, 1)
    expect(receipt.report().violations).toEqual({ count: 1, first: ['a.test: 3 requests in flight, where 2 may be'] })
    expect(receiptsOf(receipt)[0]?.isKept).toBe(false)
  })

  it('knows a gap that is more than a fifth too short', () => {
    expect(startsAt([0, 100, 180, 300], { intervalMs: 100 }).violationCount).toBe(0)
    expect(startsAt([0, 100, 179, 300], { intervalMs: 100 }).report().violations).toEqual({
      count: 1,
      first: ['a.test: a gap of 79.00 ms at 10/s'],
    })
  })

  it('knows starts that are ahead of the rate by more than an interval', () => {
    const catchingUp = [0, 80, 160, 240, 320, 400]
    expect(startsAt(catchingUp, { intervalMs: 100 }).violationCount).toBe(0)
    expect(startsAt([...catchingUp, 480], { intervalMs: 100 }).report().violations).toEqual({
      count: 1,
      first: ['a.test: 120.00 ms ahead of 10/s'],
    })
  })

  it('knows them again behind a pause, which earns nothing', () => {
    const catchingUp = [0, 80, 160, 240, 320, 400].map((at) => at + 10_000)
    expect(startsAt([0, ...catchingUp], { intervalMs: 100 }).violationCount).toBe(0)
    expect(startsAt([0, ...catchingUp, 10_480], { intervalMs: 100 }).violationCount).toBe(1)
  })

  it('keeps the first few of many', () => {
    const { count, first } = startsAt(
      Array.from({ length: 50 }, (_, at) => at),
      { intervalMs: 100 },
    ).report().violations
    expect(count).toBe(49)
    expect(first).toHaveLength(10)
    expect(first[0]).toBe('a.test: a gap of 1.00 ms at 10/s')
  })

  it.each([1, 2, 3, 4])('is never said of starts as they are spaced, however late they come (seed + %i)', (offset) => {
    const random = seededRandom(seed + offset)
    const intervalMs = random.pick([0.2, 7, 100 / 3, 3600])
    const spacing = new Spacing(intervalMs)
    const receipt = makeReceipt({ intervalMs, perHost: 1 })
    for (let count = 0, now = 0; count < 5000; count++) {
      now += spacing.delay(now) + lateness(random, intervalMs)
      spacing.acquire(now)
      receipt.acquired(host, now)
      now += lateness(random, intervalMs)
      spacing.postpone(now)
      receipt.started(host, now)
      receipt.ended(host, makeAttempt(), now)
    }
    expect(receipt.report().violations, `SEED=${seed}`).toEqual({ count: 0, first: [] })
  })
})

describe('Receipt: beside a recount', () => {
  it.each([1, 2, 3, 4])('is exact (seed + %i)', (offset) => {
    const random = seededRandom(seed + offset)
    const intervalMs = random.pick([20, 100])
    const perHost = 3
    const receipt = makeReceipt({ intervalMs, perHost })
    const starts = new Map<string, number[]>()
    const inFlight = new Map<string, number>()
    const peaks = new Map<string, number>()
    for (let step = 0, now = 0; step < 1500; step++) {
      now += random.next() < 0.02 ? 2000 : random.next() * 1.2 * intervalMs
      const name = random.pick(['a', 'b'])
      const count = inFlight.get(name) ?? 0
      if (count > 0 && random.below(2) === 0) {
        receipt.ended(name, makeAttempt(), now)
        inFlight.set(name, count - 1)
        continue
      }
      receipt.acquired(name, now)
      receipt.started(name, now)
      inFlight.set(name, count + 1)
      peaks.set(name, Math.max(peaks.get(name) ?? 0, count + 1))
      starts.set(name, [...(starts.get(name) ?? []), now])
    }
    for (const found of receiptsOf(receipt)) {
      const times = starts.get(found.host) ?? []
      expect(found, `SEED=${seed}`).toMatchObject({
        requests: times.length,
        peakInFlight: peaks.get(found.host),
        smallestGapMs: Math.min(...times.slice(1).map((at, index) => at - (times[index] ?? 0))),
        mostPerSecond: Math.max(
          ...times.map((at, index) => times.slice(0, index + 1).filter((before) => before > at - 1000).length),
        ),
      })
    }
    const recount = [...starts.values()].reduce((sum, times) => sum + tooEarly(times, intervalMs), 0)
    const tooMany = [...peaks.values()].reduce((sum, most) => sum + Math.max(0, most - perHost), 0)
    expect(recount, `SEED=${seed}`).toBeGreaterThan(0)
    expect(receipt.violationCount, `SEED=${seed}`).toBe(recount + tooMany)
  })
})

describe('Receipt: hosts that are forgotten', () => {
  const later = 2000

  it('keeps a thousand at most, and of those the ones with the most requests', () => {
    const receipt = makeReceipt()
    for (let count = 0; count < 3; count++) request(receipt, 'busy', count)
    for (let index = 0; index < 10_000; index++) {
      request(receipt, `h${index}.test`, later * (index + 1))
      expect(receipt.size).toBeLessThanOrEqual(1000)
    }
    const { requests, forgotten } = receipt.report()
    expect(receiptsOf(receipt)[0]).toMatchObject({ host: 'busy', requests: 3 })
    expect(requests).toBe(10_003)
    expect(forgotten).toEqual({ hosts: 10_001 - receipt.size, requests: 10_001 - receipt.size })
  })

  it('keeps one with many requests while it rests and others do not', () => {
    const receipt = makeReceipt()
    for (let count = 0; count < 3; count++) request(receipt, host, count)
    for (let round = 1; round < 5; round++) crowd(receipt, later * round)
    expect(receiptsOf(receipt).find((found) => found.host === host)).toMatchObject({ requests: 3 })
  })

  it('keeps all where that is wanted', () => {
    const receipt = makeReceipt({}, true)
    for (let index = 0; index < 5000; index++) request(receipt, `h${index}.test`, later * index)
    expect(receipt.size).toBe(5000)
    expect(receipt.report().forgotten).toEqual({ hosts: 0, requests: 0 })
  })

  function crowd(receipt: Receipt, from: number, hosts = 3000): void {
    for (let index = 0; index < hosts; index++) {
      request(receipt, `crowd${index}.test`, from)
      request(receipt, `crowd${index}.test`, from + 1)
    }
  }

  it('never forgets one with a request under way', () => {
    const receipt = makeReceipt({ perHost: 1 })
    receipt.acquired(host, 0)
    for (let round = 1; round < 5; round++) crowd(receipt, later * round)
    receipt.acquired(host, later * 5)
    expect(receipt.violationCount).toBe(1)
  })

  it('never forgets one within the second of its last request, however many there are', () => {
    const receipt = makeReceipt()
    request(receipt, host, 500)
    crowd(receipt, 501)
    request(receipt, host, 1499)
    expect(receiptsOf(receipt).find((found) => found.host === host)).toMatchObject({ requests: 2, smallestGapMs: 999 })
  })

  it('never forgets one whose rate would not let it begin anew', () => {
    const receipt = new Receipt({
      limitsOf: (name) => (name === host ? { ...unlimited, intervalMs: 60_000 } : unlimited),
      keepAll: false,
    })
    request(receipt, host, 0)
    for (let round = 1; round < 20; round++) crowd(receipt, later * round)
    request(receipt, host, 47_000)
    expect(receipt.report().violations.first).toEqual(['a.test: a gap of 47000.00 ms at 1/m'])
  })

  it('never forgets one whose limits were not kept', () => {
    const receipt = new Receipt({
      limitsOf: (name) => (name === host ? { intervalMs: 10, perHost: 1 } : unlimited),
      keepAll: false,
    })
    receipt.acquired(host, 0)
    receipt.acquired(host, 0)
    for (let count = 0; count < 2; count++) receipt.ended(host, undefined, 1)
    for (let round = 1; round < 5; round++) crowd(receipt, later * round)
    expect(receiptsOf(receipt).find((found) => found.host === host)).toMatchObject({ isKept: false })
  })

  it('begins a host that comes back as a new one', () => {
    const receipt = makeReceipt()
    request(receipt, host, 0)
    for (let round = 1; round < 3; round++) crowd(receipt, later * round)
    expect(receiptsOf(receipt).some((found) => found.host === host)).toBe(false)
    request(receipt, host, later * 3)
    expect(receiptsOf(receipt).find((found) => found.host === host)).toMatchObject({
      requests: 1,
      peakInFlight: 1,
      smallestGapMs: null,
      mostPerSecond: 1,
    })
  })
})

function lateness(random: Random, intervalMs: number): number {
  const roll = random.next()
  if (roll < 0.6) return 0
  return random.next() * intervalMs * (roll < 0.97 ? 1.5 : 30)
}

/** Starts before which the gap is too short, or with which some window holds more than the rate allows: by looking at all. */
function tooEarly(times: readonly number[], intervalMs: number): number {
  return times.filter((at, last) => {
    if (at - (times[last - 1] ?? Number.NEGATIVE_INFINITY) < 0.8 * intervalMs - 0.01) return true
    // n starts take (n - 2) intervals at least.
    return times.slice(0, last).some((first, index) => at - first < (last - index - 1) * intervalMs - 0.01)
  }).length
}
