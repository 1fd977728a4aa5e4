import { describe, expect, it } from 'vitest'
import { tellingOf } from '../../src/cli/telling.js'
import { VirtualClock } from '../support/virtual-clock.js'

function tell(options: { quiet?: boolean; verbose?: boolean; progress?: 'auto' | 'json' | 'none' }, isTTY: boolean) {
  const clock = new VirtualClock()
  const said: string[] = []
  const stderr = { isTTY, write: (text: string) => said.push(text) > 0 }
  const telling = tellingOf({ quiet: false, verbose: false, progress: 'auto', ...options }, { stderr, clock })
  return { clock, said, telling }
}

describe('what is told', () => {
  it('is a line with a name before it, in which nothing controls a terminal', () => {
    const { said, telling } = tell({}, true)
    telling.notify('a\u001b[2Jb')
    expect(said).toEqual(['poolfetch: a\\u001b[2Jb\n'])
  })

  it.each([
    [{}, true, ['everybody', 'onlookers', 'who waits']],
    [{}, false, ['everybody']],
    [{ verbose: true }, false, ['everybody', 'onlookers']],
    [{ progress: 'json' }, true, ['everybody', 'onlookers']],
    [{ progress: 'none' }, true, ['everybody', 'onlookers']],
    [{ quiet: true, verbose: true }, true, []],
  ] as const)('goes with %o, at a terminal: %s, to %j', async (options, isTTY, expected) => {
    const { clock, said, telling } = tell(options, isTTY)
    telling.notify('everybody')
    telling.remark('onlookers')
    let finish = (_value: string): void => {}
    const done = telling.unlessSlow(
      () => 'who waits',
      () => new Promise<string>((resolve) => (finish = resolve)),
    )
    await clock.advance(60_000)
    finish('made')
    expect(await done).toBe('made')
    expect(said).toEqual(expected.map((line) => `poolfetch: ${line}\n`))
  })

  it('is not looked for where it is not told', async () => {
    const { telling } = tell({}, true)
    const line = () => {
      throw new Error('looked for')
    }
    expect(await telling.unlessSlow(line, async () => 'made')).toBe('made')
  })
})
