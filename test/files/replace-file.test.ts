import { lstat, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { replaceFile, statIfThere, tryReplacing } from '../../src/files/replace-file.js'
import { tempFile, tempFolder } from '../support/temp.js'

function* piecesThatEnd(): Generator<string> {
  yield 'begun'
  throw new Error('no more')
}

describe('replaceFile', () => {
  it.each([
    ['bytes', Buffer.from([0xe9, 0x0a]), Buffer.from([0xe9, 0x0a])],
    ['a text', 'é\n', Buffer.from('é\n')],
    ['pieces of a text', ['é', '', '\n'], Buffer.from('é\n')],
  ])('writes %s in place of what there was', async (_what, content, expected) => {
    const path = await tempFile('what there was', 'file')
    await replaceFile(path, content, 0o600)
    expect(await readFile(path)).toEqual(expected)
    expect(await readdir(dirname(path))).toEqual(['file'])
  })

  it('gives the new file the mode that it is to have, as far as the umask lets it', async () => {
    const umask = process.umask(0o022)
    onTestFinished(() => void process.umask(umask))
    const path = await tempFile('', 'file')
    for (const [mode, expected] of [
      [0o600, 0o600],
      [0o666, 0o644],
    ] as const) {
      await replaceFile(path, 'x', mode)
      expect((await stat(path)).mode & 0o777).toBe(expected)
    }
  })

  it('leaves what there was, and nothing else, when the content ends midway', async () => {
    const path = await tempFile('what there was', 'file')
    await expect(replaceFile(path, piecesThatEnd(), 0o600)).rejects.toThrow('no more')
    expect(await readFile(path, 'utf8')).toBe('what there was')
    expect(await readdir(dirname(path))).toEqual(['file'])
  })

  it('follows no link that stands where the new file is made', async () => {
    const path = await tempFile('before', 'file')
    const other = await tempFile('of another', 'other')
    await symlink(other, join(dirname(path), `.file.${process.pid}.tmp`))
    await replaceFile(path, 'after', 0o600)
    expect(await readFile(other, 'utf8')).toBe('of another')
    expect((await lstat(path)).isFile()).toBe(true)
    expect(await readFile(path, 'utf8')).toBe('after')
    expect(await readdir(dirname(path))).toEqual(['file'])
  })
})

describe('tryReplacing', () => {
  it('changes nothing where a file could be replaced, and made', async () => {
    const path = await tempFile('what there was', 'file')
    await tryReplacing(path)
    await tryReplacing(join(dirname(path), 'none'))
    expect(await readFile(path, 'utf8')).toBe('what there was')
    expect(await readdir(dirname(path))).toEqual(['file'])
  })

  it('rejects as the system does where there is no folder for it', async () => {
    const path = await tempFile('', 'file')
    await expect(tryReplacing(join(path, 'x'))).rejects.toMatchObject({ code: 'ENOTDIR' })
    await expect(tryReplacing(join(dirname(path), 'none', 'x'))).rejects.toMatchObject({ code: 'ENOENT' })
  })
})

it('statIfThere is null where there is nothing, also behind a link', async () => {
  const folder = await tempFolder()
  const [none, link, file] = [join(folder, 'none'), join(folder, 'link'), join(folder, 'file')]
  await symlink(none, link)
  await writeFile(file, 'abc')
  await mkdir(join(folder, 'folder'))
  expect(await statIfThere(none)).toBeNull()
  expect(await statIfThere(link)).toBeNull()
  expect((await statIfThere(file))?.size).toBe(3)
  expect((await statIfThere(join(folder, 'folder')))?.isDirectory()).toBe(true)
  await expect(statIfThere(join(file, 'x'))).rejects.toMatchObject({ code: 'ENOTDIR' })
})
