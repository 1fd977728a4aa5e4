// Tests of the summary: counts, percentiles, slowest hosts.

import { describe, expect, it } from 'vitest'
import { Summary } from '../../src/core/summary.js'
import type { FetchResult } from '../../src/types.js'
import { noOutages, noReceipt } from '../support/values.js'
import { record } from '../observers/samples.js'
import { seed, seededRandom } from '../support/random.js'

const end = { elapsedMs: 1000, retries: 0, receipt: noReceipt, outages: noOutages, cause: null, exitCode: 0 }

function summaryOf(results: Iterable<FetchResult>): Summary {
  const summary = new Summary()
  for (const result of results) {
    summary.onRead()
    summary.onResult(result)
  }
  return summary
}

/** The value at rank ceil(q * count). */
function exactQuantile(values: readonly number[], q: number): number {
  return values.toSorted((a, b) => a - b)[Math.ceil(q * values.length) - 1] ?? Number.NaN
}

describe('Summary', () => {
  it('adds up: what was read and has no record was not attempted', () => {
    const summary = summaryOf([
      record({ wire_bytes: 10, body_bytes: 30 }),
      record({ ok: false, error_type: 'http_status', error_code: 'HTTP_404', wire_bytes: 1, body_bytes: 2 }),
      record({ ok: false, error_type: 'dns', error_code: 'ENOTFOUND' }),
    ])
    summary.onRead()
    summary.onRead()
    expect(summary.counts()).toEqual({ read: 5, earlier: 0, ok: 1, failedHttp: 1, failedOther: 1, wireBytes: 11 })
    expect(summary.failed).toBe(2)
    const cause = { kind: 'deadline' } as const
    expect(summary.report({ ...end, elapsedMs: 5, retries: 7, cause, exitCode: 4 })).toMatchObject({
      read: 5,
      earlier: 0,
      ok: 1,
      failed: 2,
      notAttempted: 2,
      wireBytes: 11,
      bodyBytes: 32,
      elapsedMs: 5,
      retries: 7,
      cause,
      exitCode: 4,
    })
  })

  it('groups failures by type, the most frequent first, with the first example of each', () => {
    const failed = (id: number, type: FetchResult['error_type']): FetchResult =>
      record({ id, url: `https://a.test/${id}`, ok: false, error_type: type, error_code: 'X', error_message: `m${id}` })
    const { failures, firstFailures } = summaryOf([
      failed(1, 'tls'),
      failed(2, 'dns'),
      record({ id: 3 }),
      failed(4, 'dns'),
      ...Array.from({ length: 20 }, (_, index) => failed(5 + index, 'timeout')),
    ]).report(end)
    expect(failures).toEqual([
      { type: 'timeout', count: 20, example: { url: 'https://a.test/5', code: 'X', message: 'm5' } },
      { type: 'dns', count: 2, example: { url: 'https://a.test/2', code: 'X', message: 'm2' } },
      { type: 'tls', count: 1, example: { url: 'https://a.test/1', code: 'X', message: 'm1' } },
    ])
    expect(firstFailures.map(({ id }) => id)).toEqual([1, 2, 4, 5, 6, 7, 8, 9, 10, 11])
  })

  it('has no fetch times and no hosts where nothing was fetched to an end', () => {
    const nothing = summaryOf([
      record({ ok: false, error_type: 'invalid_url', host: null, attempts: 0, fetch_ms: 0 }),
      record({ ok: false, error_type: 'aborted', attempts: 1, fetch_ms: 5 }),
    ]).report(end)
    expect(nothing.fetchMs).toBeNull()
    expect(nothing.slowestHosts).toEqual([])
  })

  it.each([0, 1, 2, 3, 4, 5, 6, 7].map((offset) => seed + offset))(
    'is within 2 %% of the exact percentiles (seed %i)',
    (start) => {
      const source = seededRandom(start)
      const random = (): number => source.next()
      const count = 1 + Math.floor(random() * 3000)
      const spread = 1 + random() * 12
      // Some exactly zero, the rest from tenths of a ms to days.
      const values = Array.from({ length: count }, () => (random() < 0.02 ? 0 : 0.1 * Math.exp(random() * spread)))
      const { fetchMs } = summaryOf(values.map((fetch_ms) => record({ fetch_ms }))).report(end)
      for (const [name, q] of [
        ['p50', 0.5],
        ['p90', 0.9],
        ['p99', 0.99],
      ] as const) {
        const exact = exactQuantile(values, q)
        expect(Math.abs((fetchMs?.[name] ?? Number.NaN) - exact), `${name} of ${count}`).toBeLessThanOrEqual(
          0.02 * exact,
        )
      }
    },
  )

  it('names a single value exactly, also an absurd one', () => {
    for (const fetch_ms of [0, 0.004, 0.01, 1, 123.4, 1e12]) {
      const { fetchMs } = summaryOf([record({ fetch_ms })]).report(end)
      expect(fetchMs).toEqual({ p50: fetch_ms, p90: fetch_ms, p99: fetch_ms })
    }
  })

  it('shows the five hosts with the slowest mean', () => {
    const results = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].flatMap((host, index) => [
      record({ host, fetch_ms: index * 10 }),
      record({ host, fetch_ms: index * 30 }),
    ])
    expect(summaryOf(results).report(end).slowestHosts).toEqual([
      { host: 'g', urls: 2, meanFetchMs: 120 },
      { host: 'f', urls: 2, meanFetchMs: 100 },
      { host: 'e', urls: 2, meanFetchMs: 80 },
      { host: 'd', urls: 2, meanFetchMs: 60 },
      { host: 'c', urls: 2, meanFetchMs: 40 },
    ])
  })

  it('still finds the slowest of more hosts than it keeps, wherever they stand in the list', () => {
    function* many(): Generator<FetchResult> {
      for (let i = 0; i < 20_000; i++) {
        const isSlow = i % 4000 === 7
        yield record({ host: isSlow ? `slow${i}` : `fast${i}`, fetch_ms: isSlow ? 5000 + i / 100 : i % 100 })
      }
    }
    expect(
      summaryOf(many())
        .report(end)
        .slowestHosts.map(({ host }) => host),
    ).toEqual(['slow16007', 'slow12007', 'slow8007', 'slow4007', 'slow7'])
  })
})

describe('what earlier runs did of the list', () => {
  const earlier = {
    done: 5,
    failures: new Map([
      ['timeout', 1],
      ['http_status', 2],
    ] as const),
  }

  it('counts as read, and is in the sum', () => {
    const summary = new Summary(earlier)
    for (const result of [record({ id: 6 }), record({ id: 7, ok: false, error_type: 'http_status' })]) {
      summary.onRead()
      summary.onResult(result)
    }
    summary.onRead()
    expect(summary.counts()).toMatchObject({ read: 8, earlier: 5, ok: 3, failedHttp: 3, failedOther: 1 })
    const report = summary.report(end)
    expect(report).toMatchObject({ read: 8, earlier: 5, ok: 3, failed: 4, notAttempted: 1 })
    expect(report.failures.map(({ type, count }) => [type, count])).toEqual([
      ['http_status', 3],
      ['timeout', 1],
    ])
  })

  it('is not what fails now, nor an example of it', () => {
    const summary = new Summary(earlier)
    expect([summary.failed, summary.failedNow]).toEqual([3, 0])
    const example = { url: 'http://b/', code: 'HTTP_500', message: null }
    summary.onRead()
    summary.onResult(
      record({
        id: 6,
        ok: false,
        error_type: 'http_status',
        error_code: 'HTTP_500',
        error_message: null,
        url: 'http://b/',
      }),
    )
    expect([summary.failed, summary.failedNow]).toEqual([4, 1])
    const { failures, firstFailures } = summary.report(end)
    expect(failures.map((group) => group.example)).toEqual([example, null])
    expect(firstFailures).toHaveLength(1)
  })
})

describe('what changed since an earlier run', () => {
  it('is counted, where it is known of any URL', () => {
    expect(summaryOf([record({}), record({ change: null })]).report(end).changes).toBeNull()
    const failed = { ok: false, error_type: 'dns' } as const
    const labelled = [
      record({ change: 'new' }),
      record({ change: 'same' }),
      record({ id: 3, ...failed, change: 'same' }),
      record({ id: 4, ...failed, change: 'gone' }),
    ]
    const { changes, firstFailures } = summaryOf(labelled).report(end)
    expect(changes).toEqual({ new: 1, same: 2, changed: 0, gone: 1, recovered: 0, stillFailing: 1 })
    expect(firstFailures.map(({ id }) => id)).toEqual([4])
  })
})
