// Names of what is not finished.

import { spawnSync } from 'node:child_process'
import { expect, it } from 'vitest'
import { isStale, temporaryName } from '../../src/bodies/temporary-name.js'

it('is hidden, tells whose it is, and is never the same twice', () => {
  const [one, two] = [temporaryName('x'), temporaryName('x')]
  expect(one).toMatch(new RegExp(`^\\.x\\.${process.pid}-[0-9a-f]{8}-\\d+\\.part$`))
  expect(one).not.toBe(two)
})

it('is stale where its process is gone, and in no other case', () => {
  const { pid: gone } = spawnSync(process.execPath, ['--version'])
  expect(isStale(`.x.${gone}-01234567-1.part`)).toBe(true)
  // An earlier process that had the number of this one.
  expect(isStale(`.x.${process.pid}-0123456g-1.part`)).toBe(false)
  expect(isStale(`.x.${process.pid}-01234567-1.part`)).toBe(true)
  expect(isStale(`.x.${process.ppid}-01234567-1.part`)).toBe(false)
  expect(isStale(temporaryName('x'))).toBe(false)
  expect(isStale('.x.part')).toBe(false)
  expect(isStale(`x.${gone}-01234567-1.part`)).toBe(false)
})
