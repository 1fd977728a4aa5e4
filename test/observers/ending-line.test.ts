import { describe, expect, it } from 'vitest'
import { endingLine } from '../../src/observers/ending-line.js'
import type { RunStatus } from '../../src/types.js'

const status = (inFlight: number): RunStatus => ({
  earlier: 0,
  read: 10,
  total: undefined,
  ok: 0,
  failedHttp: 0,
  failedOther: 0,
  retries: 0,
  inFlight,
  workers: 5,
  wireBytes: 0,
  waiting: null,
  elapsedMs: 0,
  isEnding: true,
})

describe('the line about an end to come', () => {
  it('says what is waited for, and how not to', () => {
    expect(endingLine({ kind: 'signal', name: 'SIGINT' }, status(3))).toBe(
      'poolfetch: SIGINT: waiting for the 3 requests under way; a second signal aborts',
    )
    expect(endingLine({ kind: 'signal', name: 'SIGTERM' }, status(1))).toContain('the request under way')
  })

  it('is not there where nothing is waited for', () => {
    expect(endingLine({ kind: 'signal', name: 'SIGINT' }, status(0))).toBeNull()
    expect(endingLine({ kind: 'deadline' }, status(3))).toBeNull()
  })
})
