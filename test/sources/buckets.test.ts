// Buckets give back what was put in, from memory or from a file.

import { readdirSync, writeSync } from 'node:fs'
import { describe, expect, it, onTestFinished } from 'vitest'
import { InputError } from '../../src/core/errors.js'
import { bucketCount, Buckets } from '../../src/sources/buckets.js'
import type { TempFileOptions } from '../../src/sources/temp-file.js'
import { createDirectory, createRandom } from './reading.js'

function openBuckets(memoryBytes: number, options: TempFileOptions = {}): Buckets {
  const buckets = new Buckets(memoryBytes, { folder: createDirectory(), ...options })
  onTestFinished(() => buckets.close())
  return buckets
}

describe('buckets', () => {
  it.each([0, 200, 20_000, 2 ** 24])('give their lines in order with %i bytes of memory', async (memoryBytes) => {
    const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31))
    const random = createRandom(seed)
    const buckets = openBuckets(memoryBytes)
    const expected: string[][] = Array.from({ length: bucketCount }, () => [])
    for (let step = 0; step < 2000; step++) {
      const index = random(bucketCount)
      const line = `${'é€"'.repeat(random(40))}${step}`
      buckets.add(index, line)
      expected[index]?.push(line)
    }
    for (const [index, lines] of expected.entries()) {
      expect(await buckets.take(index), `SEED=${seed}`).toEqual(lines)
      expect(await buckets.take(index)).toEqual([])
    }
  })

  it('make no file as long as memory is enough', async () => {
    const buckets = openBuckets(1000, { folder: '/nowhere' })
    for (const line of ['a', 'b', 'c']) buckets.add(5, line)
    expect(await buckets.take(5)).toEqual(['a', 'b', 'c'])
  })

  it('say what to do where there is no room', () => {
    const folder = createDirectory()
    const message = (code: string): string =>
      `cannot shuffle the list: ${folder} cannot hold it (${code}): set TMPDIR to a folder with room for it`
    const full = openBuckets(100, {
      folder,
      write: (fd, bytes, offset, length, position) => {
        if (position > 200_000) throw Object.assign(new Error('full'), { code: 'ENOSPC' })
        return writeSync(fd, bytes, offset, length, position)
      },
    })
    const fill = (): void => {
      for (;;) full.add(0, 'x'.repeat(1000))
    }
    expect(fill).toThrow(new InputError(message('ENOSPC')))
    expect(readdirSync(folder)).toEqual([])
  })
})
