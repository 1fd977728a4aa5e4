import { afterEach, describe, expect, it } from 'vitest'
import { parseRetryAfter } from '../../src/core/retry-after.js'

const wallNow = Date.UTC(2024, 0, 1, 12, 0, 0)
const inTenSeconds = 'Mon, 01 Jan 2024 12:00:10 GMT'

describe('parseRetryAfter', () => {
  it('reads seconds', () => {
    expect(['0', '2', '120', ' 7\t'].map((value) => parseRetryAfter(value, null, wallNow))).toEqual([
      0, 2000, 120_000, 7000,
    ])
  })

  it('reads a number of seconds that no cap allows as a very long time', () => {
    for (const value of ['1000000000', '99999999999', '9'.repeat(400)]) {
      const ms = parseRetryAfter(value, null, wallNow)
      expect(ms, value.slice(0, 12)).toBeGreaterThanOrEqual(1e12)
      expect(Number.isFinite(ms), value.slice(0, 12)).toBe(true)
    }
  })

  it('reads a date as the time until then', () => {
    expect(parseRetryAfter(inTenSeconds, null, wallNow)).toBe(10_000)
  })

  it("counts a date from the response's own Date, whatever this machine's clock says", () => {
    const wrongClock = wallNow - 86_400_000
    expect(parseRetryAfter(inTenSeconds, 'Mon, 01 Jan 2024 12:00:03 GMT', wrongClock)).toBe(7000)
    expect(parseRetryAfter(inTenSeconds, 'yesterday', wallNow)).toBe(10_000)
  })

  it('takes a date in the past for now', () => {
    expect(parseRetryAfter('Mon, 01 Jan 2024 11:59:00 GMT', null, wallNow)).toBe(0)
  })

  it('makes no sense of anything else', () => {
    const values = [
      '',
      '-1',
      '1e9',
      '5s',
      '1,2',
      '0x10',
      'soon',
      'soon 5',
      'never 1',
      'Mon, 5',
      'Mon, 99 Jan 2024',
      'NaN',
    ]
    for (const value of values) expect(parseRetryAfter(value, null, wallNow), value).toBeNull()
  })
})

describe('the date formats of RFC 9110 §5.6.7', () => {
  const zone = process.env['TZ']
  afterEach(() => {
    if (zone === undefined) delete process.env['TZ']
    else process.env['TZ'] = zone
  })

  it.each([
    ['IMF-fixdate', inTenSeconds],
    ['the one of RFC 850', 'Monday, 01-Jan-24 12:00:10 GMT'],
    ["asctime's, which is UTC without saying so", 'Mon Jan  1 12:00:10 2024'],
  ])('are read, wherever the machine is: %s', (_name, value) => {
    for (const name of ['UTC', 'America/New_York', 'Asia/Tokyo']) {
      process.env['TZ'] = name
      expect(parseRetryAfter(value, null, wallNow), name).toBe(10_000)
      expect(parseRetryAfter(inTenSeconds, value.replace(':10', ':04'), 0), `Date in ${name}`).toBe(6000)
    }
  })
})
