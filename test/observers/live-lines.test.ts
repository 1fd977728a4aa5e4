// Tests of the text of the live area.

import { stripVTControlCharacters } from 'node:util'
import { describe, expect, it } from 'vitest'
import { loadFit } from '../../src/observers/fit.js'
import { type LiveLines, liveLines } from '../../src/observers/live-lines.js'
import { Pace } from '../../src/observers/pace.js'
import { loadPalette, noColor } from '../../src/observers/palette.js'
import type { RunStatus } from '../../src/types.js'
import { seed, seededRandom } from '../support/random.js'
import { status } from './samples.js'

const fit = await loadFit()
const waiting = { host: 'api.example.com', tasks: 1204, forMs: 12_000 }

function linesOf(changes: Partial<RunStatus>, columns = 79): LiveLines {
  const pace = new Pace()
  const now = status(changes)
  pace.sample(now)
  return liveLines(now, pace, columns, fit, noColor)
}

function textsOf({ bar, counts, waiting: third }: LiveLines): string[] {
  return [bar.before + '#'.repeat(bar.columns) + bar.after, counts, third]
}

describe('liveLines', () => {
  it('shows how far the run is, what came of it, and what it waits for', () => {
    expect(textsOf(linesOf({ waiting }))).toEqual([
      ' 52% ##############################    5,214/10,000   412/s   ETA 0:12',
      ' ok 5,102  http 87  net 25  retries 31  in flight 10/10  18.2 MB/s',
      ' waiting: api.example.com 1,204 queued (for 12s)',
    ])
  })

  it('shows no percentage where the total is unknown', () => {
    expect(textsOf(linesOf({ total: undefined }))).toEqual([
      ' 5,214 done of 6,000 read    412/s   ETA --:--',
      ' ok 5,102  http 87  net 25  retries 31  in flight 10/10  18.2 MB/s',
      '',
    ])
  })

  it('promises no time once the run is ending', () => {
    expect(textsOf(linesOf({ isEnding: true }))[0]).toBe(
      ' 52% ##############################    5,214/10,000   412/s   ending',
    )
  })

  it('says 100% only when all is done', () => {
    const percentOf = (ok: number, total: number): string =>
      linesOf({ ok, total, failedHttp: 0, failedOther: 0 }).bar.before.trim()
    expect([percentOf(0, 0), percentOf(9999, 10_000), percentOf(10_000, 10_000), percentOf(3, 2)]).toEqual([
      '100%',
      '99%',
      '100%',
      '100%',
    ])
  })

  it('says where a host waits for its own requests, and never that it waits for no time', () => {
    const third = (forMs: number): string => linesOf({ waiting: { ...waiting, forMs } }).waiting
    expect(third(Number.POSITIVE_INFINITY)).toBe(' waiting: api.example.com 1,204 queued (at its limit)')
    expect(third(1)).toBe(' waiting: api.example.com 1,204 queued (for 1s)')
  })

  it('shows the control characters of a host instead of sending them', () => {
    expect(linesOf({ waiting: { ...waiting, host: 'a\u001b[2J' } }).waiting).toContain('a\\u001b[2J 1,204')
  })

  it(`fits any width and any counts, painted or not (seed ${seed})`, async () => {
    const random = seededRandom(seed)
    const palette = await loadPalette(true)
    for (let round = 0; round < 2000; round++) {
      const large = (): number => Math.floor(10 ** (random.next() * 12))
      const columns = 5 + random.below(75)
      const host = random.pick(['a.b', 'x'.repeat(random.below(300)), '日本'.repeat(9), '\u001b'.repeat(9)])
      const now = status({
        read: large(),
        total: random.pick([undefined, 0, large()]),
        ok: large(),
        failedHttp: large(),
        failedOther: large(),
        retries: large(),
        inFlight: large(),
        workers: large(),
        wireBytes: large(),
        elapsedMs: large(),
        waiting: { host, tasks: large(), forMs: random.pick([0, large(), Number.POSITIVE_INFINITY]) },
      })
      const pace = new Pace()
      pace.sample(now)
      for (const text of textsOf(liveLines(now, pace, columns, fit, palette))) {
        expect(stripVTControlCharacters(text).length, `${columns} columns: ${text}`).toBeLessThanOrEqual(columns)
      }
    }
  })
})
