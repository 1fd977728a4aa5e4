import { readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { InputError } from '../../src/core/errors.js'
import { Spool } from '../../src/sources/spool.js'
import type { TempFileOptions } from '../../src/sources/temp-file.js'
import { seed } from '../support/random.js'
import { tempFolder } from '../support/temp.js'
import { createRandom, cutAtRandom } from './reading.js'

interface Given {
  readonly bytes: AsyncGenerator<Buffer, void, undefined>
  /** Chunks that were taken. */
  readonly taken: () => number
  readonly isEnded: () => boolean
}

function give(chunks: readonly (string | Buffer)[]): Given {
  let taken = 0
  let isEnded = false
  async function* bytes(): AsyncGenerator<Buffer, void, undefined> {
    try {
      for (const chunk of chunks) {
        taken++
        yield Buffer.from(chunk)
      }
    } finally {
      isEnded = true
    }
  }
  return { bytes: bytes(), taken: () => taken, isEnded: () => isEnded }
}

async function take(bytes: AsyncIterable<Buffer>, most = Number.POSITIVE_INFINITY): Promise<string> {
  let text = ''
  let count = 0
  if (most === 0) return text
  for await (const chunk of bytes) {
    text += chunk.toString('latin1')
    if (++count >= most) break
  }
  return text
}

describe('a list that can be read only once', () => {
  it('is read twice', async () => {
    const spool = new Spool(give(['http://a/\n', 'http://b/\n']).bytes)
    expect(await take(spool.read())).toBe('http://a/\nhttp://b/\n')
    expect(await take(spool.readAgain())).toBe('http://a/\nhttp://b/\n')
  })

  it.each([0, 1, 2, 3])('may be read for the first time only as far as %d pieces', async (most) => {
    const given = give(['a', 'b', 'c'])
    const spool = new Spool(given.bytes)
    expect(await take(spool.read(), most)).toBe('abc'.slice(0, most))
    expect(given.taken()).toBe(most)
    expect(given.isEnded()).toBe(false)
    expect(await take(spool.readAgain())).toBe('abc')
    expect(given.isEnded()).toBe(true)
  })

  it('comes as it goes the second time: what was not read before is not waited for', async () => {
    const given = give(['a', 'b', 'c', 'd'])
    const spool = new Spool(given.bytes)
    await take(spool.read(), 2)
    const again = spool.readAgain()
    expect(String((await again.next()).value)).toBe('ab')
    expect(given.taken()).toBe(2)
    expect(String((await again.next()).value)).toBe('c')
    await again.return()
    expect(given.isEnded()).toBe(true)
  })

  it('may be empty', async () => {
    const spool = new Spool(give([]).bytes)
    expect(await take(spool.read())).toBe('')
    expect(await take(spool.readAgain())).toBe('')
  })

  it('is the same the second time, however long it is and however it comes', async () => {
    const random = createRandom(seed)
    const content = Buffer.from(Array.from({ length: 300_000 }, () => random(256)))
    const chunks = [content.subarray(0, 150_000), ...cutAtRandom(content.subarray(150_000), random)]
    const spool = new Spool(give(chunks).bytes)
    const text = content.toString('latin1')
    expect(text.startsWith(await take(spool.read(), random(chunks.length))), `SEED=${seed}`).toBe(true)
    expect((await take(spool.readAgain())) === text, `SEED=${seed}`).toBe(true)
  })

  it('leaves no file behind', async () => {
    const folder = await tempFolder()
    const spool = new Spool(give(['x'.repeat(200_000)]).bytes, { folder })
    await take(spool.read())
    await take(spool.readAgain())
    spool.close()
    expect(readdirSync(folder)).toEqual([])
  })

  it('that finds no room says where, and what to do', async () => {
    const write: TempFileOptions['write'] = () => {
      throw Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' })
    }
    const folder = await tempFolder()
    const spool = new Spool(give(['x'.repeat(200_000)]).bytes, { folder, write })
    const expected = `cannot compare the list: ${folder} cannot hold it (ENOSPC): set TMPDIR to a folder with room for it`
    await expect(take(spool.read())).rejects.toThrow(new InputError(expected))
  })

  it('says the same where no file can be made', async () => {
    const spool = new Spool(give(['x']).bytes, { folder: '/nonexistent' })
    await expect(take(spool.read())).rejects.toThrow(/\/nonexistent cannot hold it \(ENOENT\)/)
  })

  it('does not take a bug for a full disk', async () => {
    const write: TempFileOptions['write'] = () => {
      throw new TypeError('a bug')
    }
    const spool = new Spool(give(['x'.repeat(200_000)]).bytes, { write })
    await expect(take(spool.read())).rejects.toThrow(TypeError)
  })
})
