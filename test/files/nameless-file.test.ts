import { readdirSync, readFileSync, symlinkSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { NamelessFile, type WriteAt } from '../../src/files/nameless-file.js'
import { tempFolder } from '../support/temp.js'

async function openFile(write?: WriteAt): Promise<NamelessFile> {
  const file = new NamelessFile(join(await tempFolder(), 'file'), write)
  onTestFinished(() => file.close())
  return file
}

async function textAt(file: NamelessFile, position: number, length: number): Promise<string> {
  const bytes = Buffer.alloc(length)
  await file.read(bytes, position)
  return bytes.toString()
}

describe('a file without a name', () => {
  it('has what was written, and no name while it is open, nor afterwards', async () => {
    const folder = await tempFolder()
    const file = new NamelessFile(join(folder, 'file'))
    file.write(Buffer.from('abc'), 0)
    file.write(Buffer.from('def'), 3)
    if (process.platform !== 'win32') expect(readdirSync(folder)).toEqual([])
    expect(await textAt(file, 1, 4)).toBe('bcde')
    file.close()
    expect(readdirSync(folder)).toEqual([])
  })

  it('is never one that is there already, nor where a link leads to', async () => {
    const folder = await tempFolder()
    const [path, link] = [join(folder, 'file'), join(folder, 'link')]
    writeFileSync(path, 'of another')
    symlinkSync(join(folder, 'none'), link)
    for (const taken of [path, link]) {
      expect(() => new NamelessFile(taken)).toThrow(expect.objectContaining({ code: 'EEXIST' }))
    }
    expect(readFileSync(path, 'utf8')).toBe('of another')
    expect(readdirSync(folder).toSorted()).toEqual(['file', 'link'])
  })

  it('is written to the end where the system takes less at a time', async () => {
    const file = await openFile((fd, bytes, offset, length, position) =>
      writeSync(fd, bytes, offset, Math.ceil(length / 3), position),
    )
    file.write(Buffer.from('from the first to the last'), 5)
    expect(await textAt(file, 5, 26)).toBe('from the first to the last')
  })

  it('says so where there is less than was to be read', async () => {
    const file = await openFile()
    file.write(Buffer.from('abc'), 0)
    await expect(textAt(file, 1, 3)).rejects.toThrow('shorter than what was written')
    file.clear()
    await expect(textAt(file, 0, 1)).rejects.toThrow('shorter than what was written')
  })
})
