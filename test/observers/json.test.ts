// Tests of progress for programs.

import { describe, expect, it } from 'vitest'
import { openJson } from '../../src/observers/json.js'
import type { DisplayOptions } from '../../src/observers/index.js'
import type { RunReport, RunStatus } from '../../src/types.js'
import { VirtualClock } from '../support/virtual-clock.js'
import { LogFile, optionsFor, report, status } from './samples.js'

interface Told {
  readonly messages: unknown[]
  readonly written: string
}

/** What is told of a run of some seconds that always has this status. */
async function tell(
  seconds: number,
  now: Partial<RunStatus>,
  end: RunReport,
  changes?: Partial<DisplayOptions>,
): Promise<Told> {
  const stderr = new LogFile()
  const clock = new VirtualClock()
  const display = openJson(optionsFor(stderr, { clock, color: true, ...changes }))
  display.onStart?.(() => status({ elapsedMs: clock.now(), ...now }))
  await clock.advance(seconds * 1000)
  await display.onEnd?.(end)
  expect(clock.timers).toBe(0)
  const messages = stderr.written
    .trimEnd()
    .split('\n')
    .map((line): unknown => JSON.parse(line))
  return { messages, written: stderr.written }
}

describe('json progress', () => {
  it('writes an object per second and one at the end', async () => {
    const { messages } = await tell(2, { elapsedMs: 10_000, ok: 4050, failedHttp: 60, failedOther: 10 }, report())
    const progress = {
      type: 'progress',
      done: 4120,
      total: 10_000,
      ok: 4050,
      failed: 70,
      in_flight: 10,
      rate_per_s: 412,
      eta_s: 14.3,
    }
    expect(messages).toEqual([
      progress,
      progress,
      {
        type: 'summary',
        read: 10_000,
        ok: 9871,
        failed: 129,
        not_attempted: 0,
        elapsed_ms: 24_300,
        retries: 31,
        wire_bytes: 18_200_000,
        body_bytes: 40_100_000,
        earlier: 0,
        fetch_ms: { p50: 120, p90: 430, p99: 2100 },
        failures: report().failures,
        status_429: 0,
        hosts_given_up: 0,
        limit_violations: 0,
        exit_code: 1,
        ended_by: null,
      },
    ])
  })

  it('counts what changed, where the run was compared with an earlier one', async () => {
    const changes = { new: 1, same: 2, changed: 3, gone: 4, recovered: 5, stillFailing: 6 }
    const { messages } = await tell(0, {}, report({ changes }))
    const told = { new: 1, same: 2, changed: 3, gone: 4, recovered: 5, still_failing: 6 }
    expect(messages).toEqual([expect.objectContaining({ changes: told })])
  })

  it('says null for what is unknown', async () => {
    const end = report({ fetchMs: null, cause: { kind: 'signal', name: 'SIGTERM' }, exitCode: 143 })
    const { messages } = await tell(1, { total: undefined }, end)
    expect(messages[0]).toMatchObject({ total: null, eta_s: null })
    expect(messages[1]).toMatchObject({ fetch_ms: null, ended_by: 'SIGTERM', exit_code: 143 })
  })

  it('keeps lines of text within JSON, and control characters escaped', async () => {
    const stderr = new LogFile()
    openJson(optionsFor(stderr)).print('a\u001b\u009b\u2028"')
    expect(stderr.written).toBe('{"type":"log","text":"a\\u001b\\u009b\\u2028\\""}\n')
    expect(JSON.parse(stderr.written)).toEqual({ type: 'log', text: 'a\u001b\u009b\u2028"' })
  })
})
