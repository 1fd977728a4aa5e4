// Tests of what a run says where nobody watches it.

import { describe, expect, it } from 'vitest'
import { openCron } from '../../src/observers/cron.js'
import type { RunReport } from '../../src/types.js'
import { LogFile, optionsFor, record, report } from './samples.js'

async function said(end: RunReport): Promise<string> {
  const stderr = new LogFile()
  await openCron(optionsFor(stderr, { color: true })).onEnd?.(end)
  return stderr.written
}

describe('silent progress', () => {
  it('says nothing when all is well, also with failures that are allowed', async () => {
    expect(await said(report({ exitCode: 0 }))).toBe('')
  })

  it('says nothing when the reader went away, or beside an error message', async () => {
    expect(await said(report({ cause: { kind: 'reader-gone' }, exitCode: 141 }))).toBe('')
    expect(await said(report({ read: 0, ok: 0, failed: 0, cause: { kind: 'error', error: 1 }, exitCode: 2 }))).toBe('')
  })

  it('says in a line what went wrong, and shows the first failures', async () => {
    const [verdict, ...lines] = (await said(report())).split('\n')
    expect(verdict).toBe(
      'poolfetch: read 10,000 URLs in 24.3s: 9,871 ok, 129 failed, 0 not attempted (104 http_status, 25 dns); exit 1',
    )
    expect(lines[0]).toBe('  http_status HTTP_503 https://a.test/0: status 503')
    expect(lines.slice(9)).toEqual(['  http_status HTTP_503 https://a.test/9: status 503', '  and 119 more', ''])
  })

  it('counts what changed, and keeps what failed before for the end', async () => {
    const changes = { new: 0, same: 9990, changed: 3, gone: 10, recovered: 0, stillFailing: 100 }
    const lines = (await said(report({ changes }))).split('\n')
    expect(lines[0]).toContain('(104 http_status, 25 dns); changed 3, gone 10, same 9,990; exit 1')
    expect(lines.slice(-3)).toEqual(['  and 19 more', '  and 100 that failed like that in the run before', ''])
  })

  it('says why the run ended early', async () => {
    const none = { read: 3, ok: 1, failed: 0, notAttempted: 2, failures: [], firstFailures: [] }
    expect(await said(report({ ...none, cause: { kind: 'deadline' }, exitCode: 4 }))).toBe(
      'poolfetch: read 3 URLs in 24.3s: 1 ok, 0 failed, 2 not attempted; ended early: deadline; exit 4\n',
    )
  })

  it('shows control characters instead of sending them, and only the beginning of what is long', async () => {
    const hostile = `a\u001b[2J\r\n\u202e${'x'.repeat(70_000)}`
    const failed = record({ url: hostile, error_type: 'network', error_code: hostile, error_message: hostile })
    const text = await said(report({ failed: 1, firstFailures: [failed] }))
    // eslint-disable-next-line no-control-regex
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/)
    expect(text.split('\n')).toHaveLength(3)
    expect(text.length).toBeLessThan(2500)
  })
})
