// Tests of the summary for people.

import { stripVTControlCharacters } from 'node:util'
import { describe, expect, it } from 'vitest'
import { loadFit } from '../../src/observers/fit.js'
import { loadPalette, noColor } from '../../src/observers/palette.js'
import { summaryText } from '../../src/observers/summary-text.js'
import type { ChangeCounts, EndCause } from '../../src/types.js'
import { report } from './samples.js'

const look = { columns: 79, fit: await loadFit(), palette: noColor }
const none = { ok: 0, failed: 0, notAttempted: 0, failures: [], firstFailures: [], fetchMs: null, slowestHosts: [] }

describe('summaryText', () => {
  it('says what became of the list, how fast, and what went wrong', () => {
    expect(summaryText(report(), look)).toEqual([
      'read 10,000 = ok 9,871 + failed 129 + not attempted 0',
      'time     24.3s, 412/s, 31 retries',
      'bytes    18.2 MB received (749 kB/s), 40.1 MB decoded',
      'fetch    p50 120ms  p90 430ms  p99 2.10s',
      'slowest  api.test       2.10s mean of 1,204 URLs',
      '         cdn.test:8080   13ms mean of 1 URL',
      'failed   http_status 104  https://a.test/x',
      '                          HTTP_503: status 503',
      '         dns          25  https://nope.test/',
      '                          ENOTFOUND: no such host',
      'exit     1',
    ])
  })

  it('is short where there is little to say', () => {
    const lines = summaryText(
      report({ ...none, read: 0, elapsedMs: 0, retries: 1, wireBytes: 0, bodyBytes: 0, exitCode: 0 }),
      look,
    )
    expect(lines).toEqual([
      'read 0 = ok 0 + failed 0 + not attempted 0',
      'time     0ms, 0/s, 1 retry',
      'bytes    0 B received (0 B/s), 0 B decoded',
    ])
  })

  it('says what changed since an earlier run', () => {
    const unchanged = { new: 0, changed: 0, gone: 0, recovered: 0, stillFailing: 0 }
    const line = (changes: Partial<ChangeCounts>) =>
      summaryText(report({ changes: { ...unchanged, same: 9000, ...changes } }), look)[1]
    expect(line({})).toBe('changes  same 9,000')
    expect(line({ new: 1, changed: 1234, gone: 2, recovered: 3, same: 0 })).toBe(
      'changes  changed 1,234, new 1, gone 2, recovered 3, same 0',
    )
  })

  it('says why the run ended early', () => {
    const endedBy = (cause: EndCause): string | undefined => summaryText(report({ cause, exitCode: 4 }), look)[1]
    expect(endedBy({ kind: 'signal', name: 'SIGINT' })).toBe('ended    early: SIGINT')
    expect(endedBy({ kind: 'deadline' })).toBe('ended    early: deadline')
    expect(endedBy({ kind: 'error', error: new Error('x') })).toBe('ended    early: error')
  })

  it('is silent where the reader went away and where there is nothing but an error', () => {
    expect(summaryText(report({ cause: { kind: 'reader-gone' }, exitCode: 141 }), look)).toEqual([])
    expect(summaryText(report({ ...none, read: 0, cause: { kind: 'error', error: 1 }, exitCode: 2 }), look)).toEqual([])
  })

  it('fits its columns and shows control characters of servers and lists instead of sending them', async () => {
    const hostile = '\u001b]0;x\u0007\r\n日本'.repeat(100)
    const lines = summaryText(
      report({
        failures: [{ type: 'protocol', count: 1, example: { url: hostile, code: hostile, message: hostile } }],
        slowestHosts: [{ host: hostile, urls: 1, meanFetchMs: 1 }],
      }),
      { ...look, palette: await loadPalette(true) },
    )
    for (const line of lines) {
      // eslint-disable-next-line no-control-regex
      expect(line.replaceAll(/\u001b\[\d+m/g, '')).not.toMatch(/[\u0000-\u001f]/)
      expect(stripVTControlCharacters(line).length).toBeLessThanOrEqual(79)
    }
  })
})
