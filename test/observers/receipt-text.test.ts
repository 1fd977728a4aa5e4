// Tests of what the summary says of politeness.

import { stripVTControlCharacters } from 'node:util'
import { describe, expect, it } from 'vitest'
import type { HostReceipt, ReceiptReport } from '../../src/types.js'
import { loadFit } from '../../src/observers/fit.js'
import { loadPalette, noColor } from '../../src/observers/palette.js'
import { receiptText } from '../../src/observers/receipt-text.js'

const look = { columns: 140, fit: await loadFit(), palette: noColor }

function receipt(fields: Partial<HostReceipt> = {}): HostReceipt {
  return {
    host: '127.0.0.8:8470',
    requests: 100,
    peakInFlight: 1,
    smallestGapMs: 98.27,
    mostPerSecond: 11,
    status429: 0,
    intervalMs: 100,
    perHost: 2,
    isKept: true,
    ...fields,
  }
}

function report(hosts: readonly HostReceipt[], violations: readonly string[] = []): ReceiptReport {
  return {
    requests: 0,
    status429: 0,
    hosts,
    forgotten: { hosts: 0, requests: 0 },
    violations: { count: violations.length, first: violations },
  }
}

describe('receiptText', () => {
  it('says what a host was asked, beside its limits', () => {
    expect(receiptText(report([receipt()]), look)).toEqual([
      'polite   127.0.0.8:8470  100 requests, gap >= 98.2ms (10/s), peak 1 in flight (limit 2), <= 11 in any second',
    ])
  })

  it('says what matters most where columns are few', () => {
    const lines = receiptText(report([receipt({ status429: 3 })]), { ...look, columns: 79 })
    expect(lines).toEqual(['polite   127.0.0.8:8470  100 requests, 429: 3, gap >= 98.2ms (10/s)'])
  })

  it('is silent where there was no limit and no 429', () => {
    const free = { intervalMs: null, perHost: Number.POSITIVE_INFINITY }
    expect(receiptText(report([receipt(free)]), look)).toEqual([])
    expect(receiptText(report([receipt({ ...free, status429: 1 })]), look)).toEqual([
      'polite   127.0.0.8:8470  100 requests, 429: 1, peak 1 in flight, <= 11 in any second',
    ])
  })

  it('has no gap and no second of a host without them', () => {
    const once = receipt({ requests: 1, smallestGapMs: null, mostPerSecond: 1 })
    const never = receipt({ host: 'b.test', requests: 0, smallestGapMs: null, mostPerSecond: 0 })
    expect(receiptText(report([once, never]), look)).toEqual([
      'polite   127.0.0.8:8470  1 request, peak 1 in flight (limit 2), <= 1 in any second',
      '         b.test          0 requests, peak 1 in flight (limit 2)',
    ])
  })

  it('names the first five of those that it has a reason to name', () => {
    const hosts = Array.from({ length: 20 }, (_, index) =>
      receipt({ host: `h${index}`, ...(index % 2 === 0 ? {} : { intervalMs: null, perHost: Infinity }) }),
    )
    const lines = receiptText(report(hosts), look)
    expect(lines.map((line) => line.slice(9, 12).trim())).toEqual(['h0', 'h2', 'h4', 'h6', 'h8'])
  })

  it('never says a gap longer than it was', () => {
    const gapOf = (smallestGapMs: number): string | undefined =>
      /gap >= (\S+)/.exec(receiptText(report([receipt({ smallestGapMs })]), look)[0] ?? '')?.[1]
    expect([0.04, 99.99, 999.96, 1999.9, 59_999, 61_999, 7_199_999].map(gapOf)).toEqual([
      '0.0ms',
      '99.9ms',
      '999.9ms',
      '1.99s',
      '59.99s',
      '1m01s',
      '1h59m',
    ])
  })

  it('always tells of a limit that was not kept', async () => {
    const text = 'a.test: a gap of 5.00 ms at 10/s'
    expect(receiptText(report([], [text]), look)).toEqual([`impolite 1 violation of a limit, a bug: ${text}`])
    const palette = await loadPalette(true)
    const [line = ''] = receiptText(report([], [text, 'b']), { ...look, palette })
    expect(line).toBe(`impolite ${palette.bad(`2 violations of a limit, a bug: ${text}`)}`)
    expect(stripVTControlCharacters(line)).not.toBe(line)
  })

  it('fits its columns, and shows control characters instead of sending them', () => {
    const hostile = '\u001b]0;x\u0007'.repeat(50)
    for (const columns of [79, 100, 120]) {
      for (const line of receiptText(report([receipt({ host: hostile })], [hostile]), { ...look, columns })) {
        // eslint-disable-next-line no-control-regex
        expect(line).not.toMatch(/[\u0000-\u001f]/)
        expect(line.length).toBeLessThanOrEqual(columns)
      }
    }
  })
})
