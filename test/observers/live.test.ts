// Tests of progress on a terminal, as a person sees it.

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { isLiveTerminal, openLive } from '../../src/observers/live.js'
import type { TextDisplay } from '../../src/observers/display.js'
import type { RunStatus } from '../../src/types.js'
import { seed, seededRandom } from '../support/random.js'
import { VirtualClock } from '../support/virtual-clock.js'
import { LogFile, optionsFor, report, status } from './samples.js'
import { Screen } from './screen.js'

const area = [
  expect.stringMatching(/^ 52% ([█░]+ {3})? ?5,214\/10,000 +412\/s {3}ETA 0:12$/),
  expect.stringMatching(/^ ok 5,102 {2}http 87 {2}net 25/),
  expect.stringMatching(/^ waiting: a/),
]
const waiting = { host: 'a.test', tasks: 3, forMs: 2000 }

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] }))
afterEach(() => void vi.useRealTimers())

interface Started {
  readonly screen: Screen
  readonly clock: VirtualClock
  readonly display: TextDisplay
  now: RunStatus
}

async function start(screen = new Screen({ columns: 80, rows: 24 }), color = false): Promise<Started> {
  const clock = new VirtualClock()
  const display = await openLive(optionsFor(screen, { clock, color }))
  const started: Started = { screen, clock, display, now: status({ waiting }) }
  display.onStart?.(() => started.now)
  return started
}

describe('live progress', () => {
  it('draws at once, and again ten times a second', async () => {
    const run = await start()
    expect(run.screen.lines()).toEqual(area)
    run.now = status({ ok: 9888, waiting: null, elapsedMs: 12_700 })
    await run.clock.advance(99)
    expect(run.screen.lines()).toEqual(area)
    await run.clock.advance(1)
    expect(run.screen.lines()[0]).toMatch(/^100% █{30} +10,000\/10,000/)
    expect(run.screen.lines()).toHaveLength(2)
  })

  it('leaves the summary, a visible cursor, wrapping, no timer and no listener', async () => {
    const run = await start()
    await run.clock.advance(250)
    await run.display.onEnd?.(report())
    expect(run.screen.lines().slice(0, 2)).toEqual(['', 'read 10,000 = ok 9,871 + failed 129 + not attempted 0'])
    expect(run.screen.lines().join('\n')).not.toContain('ETA')
    expect([run.screen.isCursorVisible, run.screen.isWrapping]).toEqual([true, true])
    expect([run.clock.timers, vi.getTimerCount(), run.screen.listenerCount('resize')]).toEqual([0, 0, 0])
  })

  it('can be restored before it starts, at any time and again, and then draws no more', async () => {
    const unstarted = await openLive(optionsFor(new Screen({ columns: 80, rows: 24 })))
    unstarted.restore()
    const run = await start()
    run.display.restore()
    run.display.restore()
    await run.clock.advance(1000)
    run.screen.resize(50, 20)
    expect(run.screen.lines()).toEqual([])
    expect([run.screen.isCursorVisible, run.clock.timers, run.screen.listenerCount('resize')]).toEqual([true, 0, 0])
    await run.display.onEnd?.(report())
    expect(run.screen.lines().length).toBeGreaterThan(5)
  })

  it('paints when colour is wanted, and only then', async () => {
    const colorless = await start()
    await colorless.display.onEnd?.(report())
    // eslint-disable-next-line no-control-regex
    expect(colorless.screen.written).not.toMatch(/\u001b\[\d*m/)
    const painted = await start(new Screen({ columns: 80, rows: 24 }), true)
    expect(painted.screen.lines()).toEqual(area)
    expect(painted.screen.written).toContain('\u001b[32mok 5,102\u001b[39m')
  })

  it('has nothing to say when the reader of stdout went away', async () => {
    const run = await start()
    await run.display.onEnd?.(report({ cause: { kind: 'reader-gone' }, exitCode: 141 }))
    expect(run.screen.lines()).toEqual([])
  })

  it('is empty while the terminal has too few rows', async () => {
    const run = await start()
    run.screen.stdout.write('')
    run.screen.resize(80, 3)
    await run.clock.advance(100)
    expect(run.screen.lines()).toEqual([])
    run.screen.resize(80, 4)
    expect(run.screen.lines()).toEqual(area)
  })

  it('needs a terminal that can draw', () => {
    const live = (stderr: Parameters<typeof optionsFor>[0], TERM = 'xterm'): boolean =>
      isLiveTerminal(optionsFor(stderr, { env: { TERM } }))
    const screen = (columns: number, rows = 24): Screen => new Screen({ columns, rows })
    expect([live(screen(40)), live(screen(0, 0))]).toEqual([true, true])
    expect([live(screen(39)), live(screen(80, 3)), live(screen(80), 'dumb'), live(new LogFile())]).not.toContain(true)
  })

  it('survives the loss of its terminal', async () => {
    const run = await start()
    run.screen.emit('error', new Error('write EIO'))
    await run.clock.advance(300)
    run.display.print('x')
    await run.display.onEnd?.(report())
    expect(run.clock.timers).toBe(0)
  })

  describe.each([true, false])('on a terminal that breaks lines anew when it is resized: %s', (reflows) => {
    it.each([0, 1, 2, 3, 4, 5, 6, 7].map((offset) => seed + offset))(
      'keeps every row and draws the area once, below them (seed %i)',
      async (start0) => {
        const random = seededRandom(start0)
        const columns = 40 + random.below(80)
        const run = await start(new Screen({ columns, rows: 5 + random.below(20), reflows }))
        const rows: string[] = []
        // A terminal that cuts lines would cut longer ones, too.
        const longest = reflows ? 200 : 40
        const newRow = (): string => {
          rows.push(`row ${rows.length} ${'x'.repeat(random.below(longest - 10))}.`)
          return rows.at(-1) ?? ''
        }
        for (let step = 0; step < 300; step++) {
          const action = random.below(6)
          if (action === 0) await run.clock.advance(random.below(250))
          else if (action === 1) run.display.print(newRow())
          else if (action === 2) run.screen.resize(40 + random.below(80), 5 + random.below(20))
          else {
            run.display.live?.hide()
            expect(run.screen.lines()).toEqual(rows)
            for (let i = random.below(4); i > 0; i--) run.screen.stdout.write(`${newRow()}\n`)
            if (action === 3) await run.clock.advance(150)
            run.display.live?.show()
          }
          expect(run.screen.lines().slice(-3), `step ${step}`).toEqual(area)
          expect(run.screen.lines().slice(0, -3), `step ${step}`).toEqual(rows)
        }
        run.display.restore()
        expect(run.screen.lines()).toEqual(rows)
      },
    )
  })
})
