import { closeSync, openSync } from 'node:fs'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type LineLimits, readOutputLines } from '../../src/checkpoint/output-lines.js'
import { type Random, seed, seededRandom } from '../support/random.js'
import { tempFile } from '../support/temp.js'
import { opened } from './outputs.js'

interface Found {
  readonly lines: readonly (readonly [offset: number, text: string])[]
  readonly long: readonly (readonly [offset: number, length: number])[]
  readonly rest: readonly [offset: number, length: number, text: string]
}

async function linesOf(content: string | Buffer, limits?: LineLimits): Promise<Found> {
  const fd = opened(await tempFile(content))
  const lines: [number, string][] = []
  const long: [number, number][] = []
  const to = {
    onLine: (bytes: Buffer, start: number, end: number, offset: number) =>
      void lines.push([offset, bytes.toString('latin1', start, end)]),
    onLongLine: (offset: number, length: number) => void long.push([offset, length]),
  }
  const rest = await (limits === undefined ? readOutputLines(fd, to) : readOutputLines(fd, to, limits))
  return { lines, long, rest: [rest.offset, rest.length, rest.bytes.toString('latin1')] }
}

/** The same, of a string in memory. */
function expectedOf(content: string, longest: number): Found {
  const lines: [number, string][] = []
  const long: [number, number][] = []
  let offset = 0
  for (let end = content.indexOf('\n'); end !== -1; end = content.indexOf('\n', offset)) {
    if (end + 1 - offset > longest) long.push([offset, end + 1 - offset])
    else lines.push([offset, content.slice(offset, end)])
    offset = end + 1
  }
  const length = content.length - offset
  return { lines, long, rest: [offset, length, length >= longest ? '' : content.slice(offset)] }
}

describe('the lines of an output', () => {
  it('are found with their places', async () => {
    expect(await linesOf('ab\n\nc\rd\nrest')).toEqual({
      lines: [
        [0, 'ab'],
        [3, ''],
        [4, 'c\rd'],
      ],
      long: [],
      rest: [8, 4, 'rest'],
    })
  })

  it('are none in an empty file', async () => {
    expect(await linesOf('')).toEqual({ lines: [], long: [], rest: [0, 0, ''] })
  })

  it('leave nothing where the last one ends', async () => {
    expect((await linesOf('a\n')).rest).toEqual([2, 0, ''])
  })

  it('may be longer than what is read at a time', async () => {
    const content = `${'x'.repeat(3_000_000)}\n${'y'.repeat(1_500_000)}`
    const { lines, rest } = await linesOf(content)
    expect(lines).toEqual([[0, 'x'.repeat(3_000_000)]])
    expect(rest).toEqual([3_000_001, 1_500_000, 'y'.repeat(1_500_000)])
  })

  it('are only measured where they are longer than the limit, which counts the line end', async () => {
    const limits = { piece: 4, longest: 8 }
    expect(await linesOf('1234567\n', limits)).toMatchObject({ lines: [[0, '1234567']], long: [] })
    expect(await linesOf('12345678\nnext\n', limits)).toMatchObject({ lines: [[9, 'next']], long: [[0, 9]] })
    expect(await linesOf(`a\n${'x'.repeat(100)}`, limits)).toMatchObject({ long: [], rest: [2, 100, ''] })
  })

  it('are read no further where somebody throws, and nothing is read any more then', async () => {
    const path = await tempFile('line\n'.repeat(1000))
    const fd = openSync(path, 'r')
    const to = {
      onLine: () => {
        throw new Error('enough')
      },
      onLongLine: () => {},
    }
    await expect(readOutputLines(fd, to, { piece: 100 })).rejects.toThrow('enough')
    closeSync(fd)
  })

  it('cannot be read where the file cannot', async () => {
    const fd = openSync(await tempFile('line\n'), 'a')
    onTestFinished(() => closeSync(fd))
    await expect(readOutputLines(fd, { onLine() {}, onLongLine() {} })).rejects.toThrow(/EBADF/)
  })

  it('are the same however they are read', async () => {
    const random = seededRandom(seed)
    for (let count = 0; count < 200; count++) {
      const content = randomContent(random)
      const piece = 1 + random.below(40)
      const longest = piece * random.pick([1, 2, 4, 8])
      const found = await linesOf(content, { piece, longest })
      expect(found, `SEED=${seed} piece ${piece} longest ${longest}`).toEqual(expectedOf(content, longest))
    }
  })
})

function randomContent(random: Random): string {
  const line = () => random.pick(['a', 'bc', '\0', '\r']).repeat(random.below(random.pick([3, 10, 120])))
  return Array.from({ length: random.below(20) }, line).join('\n') + random.pick(['', '\n'])
}
