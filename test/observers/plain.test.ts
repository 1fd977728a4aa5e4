// Tests of progress as lines of text.

import { describe, expect, it } from 'vitest'
import { openPlain } from '../../src/observers/plain.js'
import { VirtualClock } from '../support/virtual-clock.js'
import { LogFile, optionsFor, report, status } from './samples.js'

describe('plain progress', () => {
  it('writes a line every 10 s, and the summary', async () => {
    const stderr = new LogFile()
    const clock = new VirtualClock()
    const display = await openPlain(optionsFor(stderr, { clock, color: true }))
    display.onStart?.(() => status({ ok: 4050, failedHttp: 60, failedOther: 10, elapsedMs: clock.now() }))
    await clock.advance(9999)
    expect(stderr.written).toBe('')
    await clock.advance(1)
    expect(stderr.written).toBe('poolfetch: 10s 4120/10000 41% ok=4050 http=60 net=10 rate=412/s eta=14s\n')
    await display.onEnd?.(report())
    const [, first, ...rest] = stderr.written.split('\n')
    expect([first, rest.at(-2), rest.at(-1)]).toEqual([
      'read 10,000 = ok 9,871 + failed 129 + not attempted 0',
      'exit     1',
      '',
    ])
    // eslint-disable-next-line no-control-regex
    expect(stderr.written).not.toMatch(/[\u001b\r]/)
    expect(clock.timers).toBe(0)
  })

  it('counts where the total is unknown', async () => {
    const stderr = new LogFile()
    const clock = new VirtualClock()
    const display = await openPlain(optionsFor(stderr, { clock }))
    display.onStart?.(() => status({ total: undefined, elapsedMs: clock.now() }))
    await clock.advance(10_000)
    expect(stderr.written).toBe('poolfetch: 10s 5214 done 6000 read ok=5102 http=87 net=25 rate=521/s eta=?\n')
  })

  it('leaves no timer when restored', async () => {
    const clock = new VirtualClock()
    const display = await openPlain(optionsFor(new LogFile(), { clock }))
    display.restore()
    display.onStart?.(() => status())
    display.restore()
    expect(clock.timers).toBe(0)
  })
})
