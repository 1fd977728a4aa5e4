import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { connectionCap, openFilesLimit, shareFiles } from '../../src/cli/open-files.js'

describe('what there is of open files', () => {
  it.each([
    [{ workers: 10, filesPerWorker: 1, idle: 128 }, 992, { workers: 10, idle: 128 }],
    [{ workers: 10, filesPerWorker: 2, idle: 128 }, 992, { workers: 10, idle: 128 }],
    [{ workers: 50, filesPerWorker: 1, idle: 128 }, 32, { workers: 32, idle: 1 }],
    [{ workers: 50, filesPerWorker: 2, idle: 128 }, 32, { workers: 16, idle: 1 }],
    [{ workers: 50, filesPerWorker: 2, idle: 128 }, 1, { workers: 1, idle: 1 }],
    [{ workers: 200, filesPerWorker: 1, idle: 128 }, Infinity, { workers: 200, idle: 200 }],
  ])('is shared: %j of %d', (wanted, cap, shares) => {
    expect(shareFiles(wanted, cap)).toEqual(shares)
  })
})

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
