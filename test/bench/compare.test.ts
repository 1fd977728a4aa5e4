// The comparison runs, and is not fooled. Its figures are of no account here.

import { spawnSync } from 'node:child_process'
import { chmodSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import type { Judged, Result } from '../../bench/compare/goals.mjs'
import { tempFolder } from '../support/temp.js'

const script = fileURLToPath(new URL('../../bench/compare.mjs', import.meta.url))
const nginx = spawnSync('sh', ['-c', 'command -v nginx'], { encoding: 'utf8' }).stdout.trim()

/** Where nginx is the only program, besides those that are given as shell scripts. */
async function compare(programs: Readonly<Record<string, string>>) {
  const folder = await tempFolder()
  symlinkSync(nginx, join(folder, 'nginx'))
  for (const [name, text] of Object.entries(programs)) {
    writeFileSync(join(folder, name), `#!/bin/sh\n${text}\n`)
    chmodSync(join(folder, name), 0o755)
  }
  const saved = join(folder, 'results.json')
  const argv = [script, '--quick', '--only', 'broad-http', '--rounds', '1', '--save', saved]
  const run = spawnSync(process.execPath, argv, { encoding: 'utf8', env: { PATH: folder } })
  return { ...run, saved }
}

describe.skipIf(nginx === '' || process.platform !== 'linux')('npm run bench (skipped where there is no nginx)', () => {
  it('runs without the programs that are missing, and says how to install them', async () => {
    const { status, stdout, stderr, saved } = await compare({})
    expect([status, stderr]).toEqual([0, ''])
    for (const name of ['go', 'curl', 'wget2', 'openssl'])
      expect(stdout).toMatch(
        new RegExp(`^${name} is not installed, .*: apt-get install .*, or brew install ${name}`, 'm'),
      )
    const { workloads, goals } = JSON.parse(readFileSync(saved, 'utf8')) as { workloads: Result[]; goals: Judged[] }
    expect(workloads.map(({ name, entries }) => [name, Object.keys(entries)])).toEqual([
      ['broad-http', ['poolfetch', 'bare sockets']],
    ])
    expect(goals).toMatchObject([{ workload: 'broad-http', against: 'bare sockets', value: expect.any(Number) }])
  })

  it('ends with an error when a program has left something out', async () => {
    const { status, stderr } = await compare({ wget2: 'echo GNU Wget2 2.0.0' })
    expect(status).toBe(1)
    expect(stderr).toBe('bench: wget2 is wrong: 1000 URLs listed, 0 requests served\n')
  })
})
