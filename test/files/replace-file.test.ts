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

  it('leaves one of them, whole, when several do so at a time, whatever the number of their process', async () => {
    const path = await tempFile('what there was', 'file')
    const contents = Array.from({ length: 8 }, (_, index) => `${index}`.repeat(300_000))
    await Promise.all(contents.map((content) => replaceFile(path, content, 0o600)))
    expect(contents).toContain(await readFile(path, 'utf8'))
    expect(await readdir(dirname(path))).toEqual(['file'])
  })

  it('replaces a file with the longest name that there is', async () => {
    const path = await tempFile('before', 'f'.repeat(255))
    await replaceFile(path, 'after', 0o600)
    expect(await readFile(path, 'utf8')).toBe('after')
  })

  it('keeps a link, and replaces what it leads to', async () => {
    const path = await tempFile('before', 'file')
    const link = join(await tempFolder(), 'link')
    await symlink(path, link)
    await tryReplacing(link)
    await replaceFile(link, 'after', 0o600)
    expect((await lstat(link)).isSymbolicLink()).toBe(true)
    expect(await readFile(path, 'utf8')).toBe('after')
    expect([await readdir(dirname(path)), await readdir(dirname(link))]).toEqual([['file'], ['link']])
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
