// Tests of the choice between the ways to show a run.

import { describe, expect, it } from 'vitest'
import { UsageError } from '../../src/core/errors.js'
import { createObserver, type Display, progressModes } from '../../src/observers/index.js'
import { makeAttempt, makeTask } from '../support/values.js'
import { VirtualClock } from '../support/virtual-clock.js'
import { LogFile, optionsFor, report, status } from './samples.js'
import { Screen } from './screen.js'

const retried = { kind: 'retry', delayMs: 0, cause: 'failure' } as const
const verboseLine = 'poolfetch: #1 http://a.test attempt 1: http_status HTTP_503; again at once'

/** A whole run of 20 s with one retry. */
async function run(display: Display, clock: VirtualClock): Promise<void> {
  display.onStart?.(() => status({ elapsedMs: clock.now() }))
  display.onAttempt?.(makeTask(1, 'http://a.test'), makeAttempt({ statusCode: 503 }), retried)
  await clock.advance(20_000)
  await display.onEnd?.(report())
  display.restore()
}

describe('createObserver', () => {
  it('offers the modes of the registry', () => {
    expect(Object.keys(progressModes)).toEqual(['tty', 'plain', 'json', 'none'])
  })

  it('refuses another one', async () => {
    await expect(createObserver('fancy', optionsFor(new LogFile()))).rejects.toThrow(UsageError)
  })

  it('takes the real stderr', async () => {
    await expect(createObserver('none', optionsFor(process.stderr, { quiet: true }))).resolves.toBeDefined()
  })

  it('is live on a terminal and nowhere else', async () => {
    const screen = new Screen({ columns: 80, rows: 24 })
    for (const mode of ['auto', 'tty']) {
      expect((await createObserver(mode, optionsFor(screen))).live, mode).toBeDefined()
      expect((await createObserver(mode, optionsFor(screen, { verbose: true }))).live, mode).toBeDefined()
      expect((await createObserver(mode, optionsFor(screen, { env: { TERM: 'dumb' } }))).live, mode).toBeUndefined()
      expect((await createObserver(mode, optionsFor(new LogFile()))).live, mode).toBeUndefined()
    }
    for (const mode of ['plain', 'json', 'none']) {
      expect((await createObserver(mode, optionsFor(screen))).live, mode).toBeUndefined()
    }
  })

  it.each(['auto', 'tty', 'plain', 'json', 'none'])(
    '%s: sends no control sequence to a file, and leaves no timer',
    async (mode) => {
      const stderr = new LogFile()
      const clock = new VirtualClock()
      await run(await createObserver(mode, optionsFor(stderr, { clock, color: true, verbose: true })), clock)
      // eslint-disable-next-line no-control-regex
      expect(stderr.written).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/)
      expect(stderr.written).toContain(verboseLine)
      expect([clock.timers, stderr.listenerCount('resize')]).toEqual([0, 0])
    },
  )

  it('falls back from tty to plain, and from auto to silence', async () => {
    const shownBy = async (mode: string): Promise<string | undefined> => {
      const stderr = new LogFile()
      const clock = new VirtualClock()
      await run(await createObserver(mode, optionsFor(stderr, { clock })), clock)
      return stderr.written.split('\n')[0]
    }
    expect(await shownBy('tty')).toMatch(/^poolfetch: 10s 5214\/10000 52%/)
    expect(await shownBy('auto')).toMatch(/^poolfetch: read 10,000 URLs/)
    expect(await shownBy('none')).toBe('')
  })

  it('writes lines about attempts above the live area, if they are wanted', async () => {
    const screen = new Screen({ columns: 80, rows: 24 })
    const display = await createObserver('auto', optionsFor(screen, { verbose: true }))
    display.onStart?.(() => status())
    display.onAttempt?.(makeTask(1, 'http://a.test'), makeAttempt({ statusCode: 503 }), retried)
    expect(screen.lines()).toEqual([verboseLine, expect.stringContaining('ETA'), expect.stringContaining('in flight')])
    display.restore()
    const plain = await createObserver('auto', optionsFor(screen))
    expect(plain).not.toHaveProperty('onAttempt')
  })

  it.each(['auto', 'tty', 'plain', 'json', 'none'])('%s: is silent when quiet, even if verbose', async (mode) => {
    const screen = new Screen({ columns: 80, rows: 24 })
    const clock = new VirtualClock()
    await run(await createObserver(mode, optionsFor(screen, { clock, quiet: true, verbose: true })), clock)
    expect([screen.written, clock.timers]).toEqual(['', 0])
  })
})
