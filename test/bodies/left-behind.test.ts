// What an earlier run left in the folder.

import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { fileName, fileSha256, leftBehind } from '../../src/bodies/index.js'
import { temporaryName } from '../../src/bodies/temporary-name.js'
import { tempFile, tempFolder } from '../support/temp.js'

const all = { isWanted: () => true, since: 0 }

it('are finished files of the ids that are wanted, since then', async () => {
  const dir = await tempFolder()
  const names = [1, 2, 3].map((id) => fileName(id, `http://a.test/${id}`))
  for (const name of names) writeFileSync(join(dir, name), 'body')
  utimesSync(join(dir, names[1] ?? ''), 1000, 1000)
  writeFileSync(join(dir, 'mine.txt'), '')
  mkdirSync(join(dir, fileName(4, 'http://a.test/4')))
  symlinkSync('/etc/passwd', join(dir, fileName(5, 'http://a.test/5')))
  const found = await leftBehind(dir, { isWanted: (id) => id !== 3, since: 2_000_000 })
  expect([...found]).toEqual([[names[0], { file: join(dir, names[0] ?? ''), bytes: 4 }]])
  expect([...(await leftBehind(dir, all)).keys()].toSorted()).toEqual(names)
})

it('are told apart where two lists have the same id', async () => {
  const dir = await tempFolder()
  const names = ['http://a.test/', 'http://b.test/'].map((url) => fileName(1, url))
  for (const name of names) writeFileSync(join(dir, name), name)
  expect([...(await leftBehind(dir, all)).keys()].toSorted()).toEqual(names.toSorted())
})

it('are rid of what dead processes did not finish, and of what nobody can have had to do with for a day', async () => {
  const dir = await tempFolder()
  const place = temporaryName('x').slice(3, 9)
  const { pid: gone } = spawnSync(process.execPath, ['--version'])
  const names = [
    `.x.${place}-${gone}-01234567-1.part`,
    `.x.${place}-${process.ppid}-01234567-1.part`,
    // Of other containers: the first may be at work.
    `.x.${place === '000000' ? '000001' : '000000'}-${gone}-01234567-1.part`,
    `.x.${place === '000000' ? '000001' : '000000'}-${gone}-01234567-2.part`,
  ]
  for (const name of names) writeFileSync(join(dir, name), '')
  utimesSync(join(dir, names[3] ?? ''), 1000, 1000)
  expect((await leftBehind(dir, all)).size).toBe(0)
  expect(new Set(readdirSync(dir))).toEqual(new Set([names[1], names[2]]))
})

it('are none where there is no folder', async () => {
  expect((await leftBehind(join(await tempFolder(), 'none'), all)).size).toBe(0)
  await expect(leftBehind(await tempFile('x'), all)).rejects.toMatchObject({ code: 'ENOTDIR' })
})

it('have a hash', async () => {
  expect(await fileSha256(await tempFile('hello'))).toBe(
    '2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824',
  )
})
