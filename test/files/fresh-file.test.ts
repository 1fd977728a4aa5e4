import {
  chmodSync,
  closeSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { FreshFile } from '../../src/files/fresh-file.js'
import { tempFile } from '../support/temp.js'

async function begin(): Promise<{ path: string; temporary: string; file: FreshFile }> {
  const path = await tempFile('before', 'file')
  const fd = openSync(path, 'r')
  onTestFinished(() => closeSync(fd))
  const temporary = join(dirname(path), `.poolfetch-${statSync(path).ino}.tmp`)
  return { path, temporary, file: new FreshFile({ fd, path }) }
}

describe('a fresh file', () => {
  it('takes the place of the other, with its mode, when it is committed', async () => {
    const { path, file } = await begin()
    chmodSync(path, 0o640)
    const fd = file.open()
    onTestFinished(() => closeSync(fd))
    writeSync(fd, 'after')
    expect(readFileSync(path, 'utf8')).toBe('before')
    file.commit(fd)
    expect(readFileSync(path, 'utf8')).toBe('after')
    expect(statSync(path).mode & 0o777).toBe(0o640)
    file.remove()
    expect(readdirSync(dirname(path))).toEqual(['file'])
  })

  it('is made anew where one was left behind, and never where a link leads to', async () => {
    const { path, temporary, file } = await begin()
    const other = await tempFile('of another', 'other')
    for (const leave of [() => writeFileSync(temporary, 'left behind'), () => symlinkSync(other, temporary)]) {
      leave()
      closeSync(file.open())
      expect(readFileSync(temporary, 'utf8')).toBe('')
      file.remove()
      expect(readdirSync(dirname(path))).toEqual(['file'])
    }
    expect(readFileSync(other, 'utf8')).toBe('of another')
  })

  it('is gone on with where it was closed', async () => {
    const { path, file } = await begin()
    for (const [open, text] of [
      [() => file.open(), 'one, '],
      [() => file.reopen(), 'two'],
    ] as const) {
      const fd = open()
      writeSync(fd, text)
      closeSync(fd)
    }
    const fd = file.reopen()
    file.commit(fd)
    closeSync(fd)
    expect(readFileSync(path, 'utf8')).toBe('one, two')
  })

  it('that is gone, or a link by now, does not take the place of the other', async () => {
    const { path, temporary, file } = await begin()
    closeSync(file.open())
    unlinkSync(temporary)
    expect(() => file.reopen()).toThrow(expect.objectContaining({ code: 'ENOENT' }))
    const other = await tempFile('of another', 'other')
    symlinkSync(other, temporary)
    expect(() => file.reopen()).toThrow(expect.objectContaining({ code: 'ELOOP' }))
    expect(readFileSync(path, 'utf8')).toBe('before')
  })
})
