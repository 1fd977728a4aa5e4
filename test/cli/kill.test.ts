// Some rounds of the kill harness: what it finds is in its last line.

import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { seed } from '../support/random.js'

const harness = fileURLToPath(new URL('../../bench/kill.mjs', import.meta.url))

it.skipIf(process.platform === 'win32')(
  'a run that is killed again and again loses nothing, doubles nothing, and leaves whole lines',
  async () => {
    const run = promisify(execFile)(process.execPath, [harness, '15', '--seed', String(Math.max(1, seed))])
    const { stdout, stderr } = await run.catch((error: unknown) => {
      throw new Error(`SEED=${seed} ${String(error instanceof Object && 'stdout' in error ? error.stdout : error)}`)
    })
    expect(stdout).toMatch(/^seed \d+: 15 x kill -9 .* ids complete, no duplicate, every line parses/)
    expect(stderr).toBe('')
  },
  120_000,
)
