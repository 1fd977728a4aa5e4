import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { deferParserTiering } from '../../src/cli/parser-tiering.js'

describe("the optimisation of undici's parser", () => {
  it.each(['20.19.0', '22.12.0', '26.0.0'])('is put off on Node %s', (version) => {
    const flags: string[] = []
    deferParserTiering(version, (flag) => void flags.push(flag))
    expect(flags).toEqual([expect.stringMatching(/^--wasm-tiering-budget=\d+$/)])
  })

  it('is left alone where nobody knows of the flag yet', () => {
    deferParserTiering('27.0.0', () => expect.unreachable())
  })

  it('is put off without a word of V8', () => {
    const module = new URL('../../dist/cli/parser-tiering.js', import.meta.url).href
    const program = `import(${JSON.stringify(module)}).then(({ deferParserTiering }) => deferParserTiering())`
    const { status, stderr, stdout } = spawnSync(process.execPath, ['-e', program], { encoding: 'utf8' })
    expect({ status, stderr, stdout }).toEqual({ status: 0, stderr: '', stdout: '' })
  })
})
