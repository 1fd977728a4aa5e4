// Names of what is not finished.

import { spawnSync } from 'node:child_process'
import { expect, it } from 'vitest'
import { ownerOf, temporaryName } from '../../src/bodies/temporary-name.js'

const place = temporaryName('x').slice(3, 9)

it('is hidden, tells whose it is, and is never the same twice', () => {
  const [one, two] = [temporaryName('x'), temporaryName('x')]
  expect(one).toMatch(new RegExp(`^\\.x\\.[0-9a-f]{6}-${process.pid}-[0-9a-f]{8}-\\d+\\.part$`))
  expect(one).not.toBe(two)
})

it('is of a process that is gone, or one that runs', () => {
  const { pid: gone } = spawnSync(process.execPath, ['--version'])
  expect(ownerOf(`.x.${place}-${gone}-01234567-1.part`)).toBe('gone')
  // An earlier process that had the number of this one.
  expect(ownerOf(`.x.${place}-${process.pid}-01234567-1.part`)).toBe('gone')
  expect(ownerOf(`.x.${place}-${process.ppid}-01234567-1.part`)).toBe('running')
  expect(ownerOf(temporaryName('x'))).toBe('running')
})

it('is of another place where the number of its process means nothing', () => {
  const other = place === '000000' ? '000001' : '000000'
  expect(ownerOf(`.x.${other}-${process.pid}-01234567-1.part`)).toBe('elsewhere')
})

it.each(['.x.part', `x.${place}-1-01234567-1.part`, `.x.${place}-1-0123456g-1.part`, '.x.1-01234567-1.part', 'x.html'])(
  'is nobody’s where it is none: %s',
  (name) => {
    expect(ownerOf(name)).toBeNull()
  },
)
