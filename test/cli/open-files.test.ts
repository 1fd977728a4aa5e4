import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { connectionCap, openFilesLimit } from '../../src/cli/open-files.js'

describe('the limit on open files', () => {
  it.skipIf(process.platform === 'win32')('is what the shell says', () => {
    // Node raises its own soft limit to the hard one, and hands that on to its children.
    const shown = execFileSync('sh', ['-c', 'ulimit -n'], { encoding: 'utf8' }).trim()
    expect(openFilesLimit()).toBe(shown === 'unlimited' ? Number.POSITIVE_INFINITY : Number(shown))
  })

  it('leaves connections what the process does not need itself, and one at least', () => {
    expect([connectionCap(1024), connectionCap(64), connectionCap(16)]).toEqual([992, 32, 1])
    expect(connectionCap(Number.POSITIVE_INFINITY)).toBe(Number.POSITIVE_INFINITY)
  })
})
