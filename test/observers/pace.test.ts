// Tests of the rate and the estimate of the end.

import { describe, expect, it } from 'vitest'
import { Pace } from '../../src/observers/pace.js'
import type { RunStatus } from '../../src/types.js'
import { status } from './samples.js'

const waiting = { host: 'a.test', tasks: 5, forMs: 1000 }

/** A run at a steady rate, seen every 100 ms; the status of its end and the pace it showed. */
function steadyRun(
  seconds: number,
  perSecond: number,
  changes: Partial<RunStatus> = {},
): { pace: Pace; last: RunStatus } {
  const pace = new Pace()
  let last = status()
  for (let tick = 1; tick <= seconds * 10; tick++) {
    const ok = (tick * perSecond) / 10
    last = status({ elapsedMs: tick * 100, ok, failedHttp: 0, failedOther: 0, wireBytes: ok * 1000, ...changes })
    pace.sample(last)
  }
  return { pace, last }
}

describe('Pace', () => {
  it('tells a steady rate from the first second on', () => {
    for (const seconds of [1, 4, 100]) {
      const { pace } = steadyRun(seconds, 50)
      expect(pace.perSecond).toBeCloseTo(50)
      expect(pace.bytesPerSecond).toBeCloseTo(50_000)
    }
  })

  it('forgets an old rate', () => {
    const { pace, last } = steadyRun(60, 100)
    for (let tick = 1; tick <= 600; tick++)
      pace.sample({ ...last, elapsedMs: last.elapsedMs + tick * 100, ok: last.ok + tick })
    expect(pace.perSecond).toBeGreaterThan(10)
    expect(pace.perSecond).toBeLessThan(10.5)
  })

  it('estimates the end from the third second on', () => {
    const early = steadyRun(2.9, 100)
    expect(early.pace.etaMs(early.last)).toBeNull()
    const later = steadyRun(3, 100)
    expect(later.pace.etaMs(later.last)).toBeCloseTo(97_000)
  })

  it('makes no estimate without a total, without progress, or beyond 100 hours', () => {
    for (const { pace, last } of [
      steadyRun(5, 100, { total: undefined }),
      steadyRun(5, 0),
      steadyRun(5, 10, { total: 1e9 }),
    ]) {
      expect(pace.etaMs(last)).toBeNull()
    }
  })

  it("makes no estimate while workers are idle because of hosts' limits", () => {
    const held = steadyRun(5, 10, { waiting, inFlight: 1 })
    expect(held.pace.etaMs(held.last)).toBeNull()
  })

  it('makes one while a host waits and all workers are busy, and when they are idle for want of tasks', () => {
    for (const { pace, last } of [steadyRun(5, 10, { waiting }), steadyRun(5, 10, { inFlight: 1 })]) {
      expect(pace.etaMs(last)).not.toBeNull()
    }
  })

  it('is at its end when more is done than the total says', () => {
    const { pace, last } = steadyRun(5, 100, { total: 10 })
    expect(pace.etaMs(last)).toBe(0)
  })

  it('is not upset by a sample at the same moment', () => {
    const { pace, last } = steadyRun(5, 100)
    pace.sample(last)
    expect(pace.perSecond).toBeCloseTo(100)
  })
})
