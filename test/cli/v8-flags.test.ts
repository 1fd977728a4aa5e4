import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { setV8Flags } from '../../src/cli/v8-flags.js'

describe("V8's flags", () => {
  it.each(['20.19.0', '22.12.0', '26.0.0'])('are set on Node %s', (version) => {
    const flags: string[] = []
    setV8Flags(false, version, (flag) => void flags.push(flag))
    expect(flags).toEqual([
      expect.stringMatching(/^--wasm-tiering-budget=\d+$/),
      expect.stringMatching(/^--heap-growing-percent=\d+$/),
    ])
  })

  it('leave the parser as it is in a short run', () => {
    const flags: string[] = []
    setV8Flags(true, '20.19.0', (flag) => void flags.push(flag))
    expect(flags).toEqual(['--no-wasm-dynamic-tiering', '--no-wasm-tier-up', expect.stringMatching(/^--heap-growing/)])
  })

  it('are left alone where nobody knows of them yet', () => {
    setV8Flags(false, '27.0.0', () => expect.unreachable())
  })

  it.each([true, false])('are set without a word of V8, be the run short or not (%s)', (isShort) => {
    const module = new URL('../../dist/cli/v8-flags.js', import.meta.url).href
    const program = `import(${JSON.stringify(module)}).then(({ setV8Flags }) => setV8Flags(${isShort}))`
    const { status, stderr, stdout } = spawnSync(process.execPath, ['-e', program], { encoding: 'utf8' })
    expect({ status, stderr, stdout }).toEqual({ status: 0, stderr: '', stdout: '' })
  })
})
