// What a host announces of its quota.

import { describe, expect, it } from 'vitest'
import { parseQuota, type QuotaFields } from '../../src/core/rate-limit-header.js'

const nothing: QuotaFields = { rateLimit: null, remaining: null, reset: null, date: null }
const wallNow = Date.UTC(2026, 4, 1, 12, 0, 0)

const quota = (fields: Partial<QuotaFields>) => parseQuota({ ...nothing, ...fields }, wallNow)

describe('RateLimit, a list of policies', () => {
  it.each([
    ['"default";r=50;t=30', 50, 30_000],
    [' "default" ; r=50 ; t=30 ', 50, 30_000],
    ['default;t=0;r=0', 0, 0],
    ['"10-in-1min"; r=5; t=36; pk=:c29tZQ==:', 5, 36_000],
    [String.raw`"a, \"b\";r=1;t=1";r=7;t=2`, 7, 2000],
    ['"a";note="r=1;t=1, x";r=7;t=2', 7, 2000],
  ])('is read: %s', (rateLimit, remaining, resetMs) => {
    expect(quota({ rateLimit })).toEqual({ remaining, resetMs })
  })

  it.each([
    ['"burst";r=5;t=1, "day";r=900;t=3600', 5, 1000],
    ['"burst";r=5;t=1,"day";r=3;t=3600', 3, 3_600_000],
    ['"a";r=3;t=10, "b";r=3;t=60, "c";r=3;t=20', 3, 60_000],
    ['"a";r=3, "b";r=30;t=60', 30, 60_000],
  ])(
    'counts the policy that leaves the fewest requests, of those the one renewed last: %s',
    (rateLimit, remaining, resetMs) => {
      expect(quota({ rateLimit })).toEqual({ remaining, resetMs })
    },
  )

  it.each([
    '',
    '"default"',
    '"default";r=50',
    '"default";t=50',
    '"default";r=-1;t=30',
    '"default";r=1.5;t=30',
    '"default";rr=1;tt=30',
    '"default;r=50;t=30',
    '"a";r=1;t=1 "b";r=1;t=1',
    '"a";r=1;t=1, ;',
    '50',
    '"a";r=9999999999999999;t=1',
    `"a";r=1;t=1${' '.repeat(3000)}`,
  ])('is nothing where it makes no sense: %s', (rateLimit) => {
    expect(quota({ rateLimit })).toBeNull()
  })
})

describe('RateLimit, as it was in draft 07', () => {
  it.each([
    ['limit=100, remaining=50, reset=30', 50, 30_000],
    ['remaining=0,reset=7', 0, 7000],
    ['limit=10;w=60, remaining=9;x=1, reset=3', 9, 3000],
  ])('is read: %s', (rateLimit, remaining, resetMs) => {
    expect(quota({ rateLimit })).toEqual({ remaining, resetMs })
  })

  it.each(['limit=100, remaining=50', 'limit=100, reset=50', 'remaining=x, reset=1', 'remaining=1, reset='])(
    'is nothing where a part is missing: %s',
    (rateLimit) => {
      expect(quota({ rateLimit })).toBeNull()
    },
  )
})

describe('fields of their own for what remains and for the reset', () => {
  it.each([
    ['50', '30', 30_000],
    [' 50 ', ' 0 ', 0],
    ['50', '0.25', 250],
    ['50', '86400', 86_400_000],
  ])('are read, the reset as seconds from now: %s, %s', (remaining, reset, resetMs) => {
    expect(quota({ remaining, reset })).toEqual({ remaining: 50, resetMs })
  })

  it.each([
    [String(wallNow / 1000 + 90), 90_000],
    [`${wallNow / 1000 + 90}.500`, 90_500],
    [String(wallNow + 90_000), 90_000],
    [String(wallNow / 1000 - 90), 0],
  ])('are read, the reset as a point in time: %s', (reset, resetMs) => {
    expect(quota({ remaining: '1', reset })).toEqual({ remaining: 1, resetMs })
  })

  it('count a point in time from the date of the response', () => {
    const fields = { remaining: '1', reset: String(wallNow / 1000 + 3600) }
    expect(quota({ ...fields, date: 'Fri, 01 May 2026 12:59:30 GMT' })).toEqual({ remaining: 1, resetMs: 30_000 })
    expect(quota({ ...fields, date: 'soon' })).toEqual({ remaining: 1, resetMs: 3_600_000 })
  })

  it.each([
    ['50', null],
    [null, '30'],
    ['-1', '30'],
    ['many', '30'],
    ['', '30'],
    ['50', 'Fri, 01 May 2026 12:59:30 GMT'],
    ['50', '-5'],
    ['50', '1e3'],
    ['50', '999999999999999'],
    ['50, 20', '30'],
  ])('are nothing where one of them is missing or makes no sense: %s, %s', (remaining, reset) => {
    expect(quota({ remaining, reset })).toBeNull()
  })

  it('count only where the newer field says nothing', () => {
    const fields = { remaining: '50', reset: '30' }
    expect(quota({ ...fields, rateLimit: '"a";r=1;t=2' })).toEqual({ remaining: 1, resetMs: 2000 })
    expect(quota({ ...fields, rateLimit: '???' })).toEqual({ remaining: 50, resetMs: 30_000 })
  })
})
