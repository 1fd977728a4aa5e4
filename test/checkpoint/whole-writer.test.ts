import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { WholeWriter } from '../../src/checkpoint/whole-writer.js'
import { type Random, seed, seededRandom } from '../support/random.js'
import { tempFile, tempFolder } from '../support/temp.js'
import { opened } from './outputs.js'

describe('a writer of whole lines', () => {
  it('opens nothing where there is nothing to write', () => {
    const open = vi.fn<() => number>()
    const writer = new WholeWriter(open)
    writer.flush()
    writer.close()
    expect(open).not.toHaveBeenCalled()
  })

  it('writes what it gets, of any length, each line with its end', async () => {
    const random = seededRandom(seed)
    const path = join(await tempFolder(), 'out')
    const writer = new WholeWriter(() => openSync(path, 'a'))
    const expected: string[] = []
    for (const length of [0, 1, 2 ** 20 - 1, 2 ** 20, 2 ** 20 + 1, 5, 3 * 2 ** 20, 7, ...smallLengths(random)]) {
      const text = 'abcdefgh'.charAt(random.below(8)).repeat(length)
      const bytes = Buffer.from(`<${text}>`)
      writer.writeLine(bytes, 1, bytes.length - 1)
      expected.push(`${text}\n`)
    }
    writer.close()
    expect(readFileSync(path, 'utf8') === expected.join(''), `SEED=${seed}`).toBe(true)
  })

  it('copies bytes of another file behind what it has', async () => {
    const content = 'x'.repeat(2_500_000)
    const from = opened(await tempFile(`abc${content}def`))
    const path = join(await tempFolder(), 'out')
    const writer = new WholeWriter(() => openSync(path, 'a'))
    writer.writeLine(Buffer.from('first'), 0, 5)
    writer.copy(from, 3, content.length)
    writer.writeLine(Buffer.from('last'), 0, 4)
    writer.close()
    expect(readFileSync(path, 'utf8') === `first\n${content}last\n`).toBe(true)
  })

  it('ends where a file ends before it should', async () => {
    const from = opened(await tempFile('short'))
    const path = join(await tempFolder(), 'out')
    const writer = new WholeWriter(() => openSync(path, 'a'))
    writer.copy(from, 2, 1000)
    writer.close()
    expect(readFileSync(path, 'utf8')).toBe('ort')
  })

  it.skipIf(process.platform !== 'linux')('says what the system says, and lets go of the file', () => {
    let fd = -1
    const writer = new WholeWriter(() => (fd = openSync('/dev/full', 'a')))
    writer.writeLine(Buffer.from('line'), 0, 4)
    expect(() => writer.close()).toThrow(/ENOSPC/)
    expect(() => fstatSync(fd)).toThrow(/EBADF/)
  })

  it('leaves a file to its owner that it only flushes', async () => {
    const path = join(await tempFolder(), 'out')
    const fd = openSync(path, 'a')
    const writer = new WholeWriter(() => fd)
    writer.writeLine(Buffer.from('a'), 0, 1)
    writer.flush()
    expect(readFileSync(path, 'utf8')).toBe('a\n')
    closeSync(fd)
  })
})

function smallLengths(random: Random): number[] {
  return Array.from({ length: 2000 }, () => random.below(2000))
}
