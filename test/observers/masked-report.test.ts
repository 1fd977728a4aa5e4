import { describe, expect, it } from 'vitest'
import { createObserver, progressModes } from '../../src/observers/index.js'
import { maskedReport } from '../../src/observers/masked-report.js'
import { makeAttempt, makeTask } from '../support/values.js'
import { LogFile, optionsFor, record, report } from './samples.js'

const url = 'https://u:SENTINEL@a.test/x?page=1&token=SENTINEL'
const message = 'cannot follow https://a.test/?sig=SENTINEL'
const secretive = report({
  failures: [{ type: 'redirect', count: 1, example: { url, code: 'REDIRECT_TARGET', message } }],
  firstFailures: [record({ url, final_url: url, ok: false, error_type: 'redirect', error_message: message })],
})

describe('a report that is shown', () => {
  it('has no password, and no value of a parameter that looks like a key', () => {
    const shown = maskedReport(secretive)
    expect(JSON.stringify(shown)).not.toContain('SENTINEL')
    expect(shown.failures[0]?.example?.url).toBe('https://u:***@a.test/x?page=1&token=***')
    expect(shown.firstFailures[0]?.error_message).toBe('cannot follow https://a.test/?sig=***')
    expect(JSON.stringify(secretive)).toContain('SENTINEL')
  })

  it('is the same where there is nothing to mask', () => {
    expect(maskedReport(report())).toEqual(report())
  })

  it.each(['auto', ...Object.keys(progressModes)])('is masked in every way of showing a run: %s', async (mode) => {
    const stderr = new LogFile()
    const display = await createObserver(mode, optionsFor(stderr, { verbose: true }))
    const failure = { type: 'redirect', code: 'REDIRECT_TARGET', message } as const
    const { target, request } = makeTask(1, 'http://a.test/next?api_key=SENTINEL')
    const task = makeTask(1, url)
    display.onAttempt?.(task, makeAttempt({ failure }), { kind: 'done', failure })
    display.onAttempt?.(task, makeAttempt({ statusCode: 302 }), { kind: 'redirect', target, request })
    await display.onEnd?.(secretive)
    expect(stderr.written).toContain('redirect 302 to http://a.test/next?api_key=***')
    expect(stderr.written).not.toContain('SENTINEL')
  })
})
