import { chmod, lstat, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readJarFile, writeJarFile } from '../../src/cookies/jar-file.js'
import { SinkError, UsageError } from '../../src/core/errors.js'
import { tempFile, tempFolder } from '../support/temp.js'

const line = 'a.test\tFALSE\t/\tFALSE\t0\tn\t\u00e9\n'
const option = '--cookie-jar'

describe('the file of a jar', () => {
  it('is read as bytes, and written as it was, for its owner alone', async () => {
    const path = await tempFile(Buffer.from(line, 'latin1'), 'jar')
    await chmod(path, 0o644)
    const cookies = await readJarFile({ path, option })
    expect(cookies).toMatchObject([{ domain: 'a.test', value: '\u00e9' }])
    await writeJarFile({ path, option }, cookies)
    expect(await readFile(path, 'latin1')).toContain(`\n${line}`)
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    expect(await readdir(join(path, '..'))).toEqual(['jar'])
  })

  it('is made where there is none, and not before there is something to write', async () => {
    const folder = await tempFolder()
    const path = join(folder, 'jar')
    expect(await readJarFile({ path, option })).toEqual([])
    expect(await readdir(folder)).toEqual([])
    await writeJarFile({ path, option }, [])
    expect(await readFile(path, 'utf8')).toMatch(/^# Netscape HTTP Cookie File\n/)
  })

  it('is replaced where a link leads to, and the link stays', async () => {
    const folder = await tempFolder()
    await mkdir(join(folder, 'real'))
    await writeFile(join(folder, 'real', 'jar'), line, 'latin1')
    await symlink(join('real', 'jar'), join(folder, 'link'))
    await writeJarFile({ path: join(folder, 'link'), option }, [])
    expect((await lstat(join(folder, 'link'))).isSymbolicLink()).toBe(true)
    expect(await readFile(join(folder, 'real', 'jar'), 'utf8')).not.toContain('a.test')
  })

  it.each([
    ['notes', 'my notes\n', 'line 1'],
    ['comments', '# my notes\n', 'Netscape format'],
    ['a damaged file', `${line}a.test\tFALSE\n`, 'line 2'],
  ])('is refused where it is none, and left as it was: %s', async (_name, text, said) => {
    const path = await tempFile(Buffer.from(text, 'latin1'), 'jar')
    const reading = readJarFile({ path, option })
    await expect(reading).rejects.toThrow(UsageError)
    await expect(reading).rejects.toThrow(said)
    expect(await readFile(path, 'latin1')).toBe(text)
  })

  it('is refused where it cannot be replaced', async () => {
    const folder = await tempFolder()
    const none = { path: join(folder, 'none', 'jar'), option }
    await expect(readJarFile({ path: folder, option })).rejects.toThrow(/regular file/)
    await expect(readJarFile({ path: '/dev/null', option })).rejects.toThrow(/regular file/)
    await expect(readJarFile(none)).rejects.toThrow(UsageError)
    await expect(writeJarFile(none, [])).rejects.toThrow(SinkError)
    await expect(writeJarFile(none, [])).rejects.toThrow(`cannot write --cookie-jar ${none.path}: no such directory`)
  })
})
