// Which options go together with an earlier run.

import { linkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { checkCompared, isCompared } from '../../src/cli/compared.js'
import { UsageError } from '../../src/core/errors.js'
import { tempFolder } from '../support/temp.js'

const none = { since: undefined, state: undefined, only: undefined, output: undefined, resume: false }

describe('an earlier run', () => {
  it('is one that is named', () => {
    expect([isCompared(none), isCompared({ ...none, since: 'a' }), isCompared({ ...none, state: 'a' })]).toEqual([
      false,
      true,
      true,
    ])
    expect(() => checkCompared(none)).not.toThrow()
    expect(() => checkCompared({ ...none, state: 'a', only: 'changed', output: 'b' })).not.toThrow()
    expect(() => checkCompared({ ...none, since: 'a', output: 'b', resume: true })).not.toThrow()
  })

  it.each([
    [{ only: 'changed' }, '--only changed needs an earlier run: give --since FILE or --state FILE'],
    [{ since: 'a', state: 'b' }, 'give one of them'],
    [{ since: '-' }, '--since must be a file, got "-"'],
    [{ state: '-' }, '--state must be a file, got "-"'],
    [{ state: 'a', resume: true, output: 'b' }, 'with --resume, give --since FILE instead'],
    [{ since: 'a', output: 'a' }, '--since a and --output a are one file'],
    [{ state: 'a', output: 'a' }, '--state a and --output a are one file'],
  ] as const)('is refused with %j', (options, message) => {
    expect(() => checkCompared({ ...none, ...options })).toThrow(UsageError)
    expect(() => checkCompared({ ...none, ...options })).toThrow(message)
  })

  it('is not the output, by whatever name', async () => {
    const folder = await tempFolder()
    const [since, output] = [join(folder, 'a'), join(folder, 'b')]
    writeFileSync(since, '')
    linkSync(since, output)
    expect(() => checkCompared({ ...none, since, output })).toThrow(`--since ${since} and --output ${output}`)
    expect(() => checkCompared({ ...none, since, output: join(folder, 'c') })).not.toThrow()
  })
})
