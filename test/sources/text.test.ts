// Bytes become lines: the same lines however the bytes are cut.

import { describe, expect, it } from 'vitest'
import { LineSplitter, maxLineBytes } from '../../src/sources/text.js'
import { createRandom, cutAtRandom } from './reading.js'

interface Seen {
  text: string
  isTooLong: boolean
}

function split(chunks: readonly Buffer[]): Seen[] {
  const splitter = new LineSplitter()
  const seen: Seen[] = []
  const collect = (lines: ReturnType<LineSplitter['push']>): void => {
    for (const { bytes, start, end, isTooLong } of lines) {
      seen.push({ text: bytes.toString('latin1', start, end), isTooLong })
    }
  }
  for (const chunk of chunks) collect(splitter.push(chunk, 0))
  collect(splitter.end())
  return seen
}

function linesAt(chunks: readonly Buffer[], before: number): { start: number; end: number }[] {
  const splitter = new LineSplitter()
  const places: { start: number; end: number }[] = []
  let offset = before
  const collect = (lines: ReturnType<LineSplitter['push']>): void => {
    for (const line of lines) places.push({ start: line.offset + line.start, end: line.offset + line.end })
  }
  for (const chunk of chunks) {
    collect(splitter.push(chunk, offset))
    offset += chunk.length
  }
  collect(splitter.end())
  return places
}

const texts = (...chunks: (string | Buffer)[]): string[] =>
  split(chunks.map((chunk) => Buffer.from(chunk))).map(({ text }) => text)

/** The same in the plainest way. */
function splitPlainly(bytes: Buffer): Seen[] {
  return bytes
    .toString('latin1')
    .split(/\r\n|\r|\n/)
    .map((line) => ({ line, content: line.replace(/^[ \t\v\f]+/, '') }))
    .filter(({ content }) => content !== '' && !content.startsWith('#'))
    .map(({ line, content }) => {
      const isTooLong = line.length > maxLineBytes
      return { text: (isTooLong ? content.slice(0, 1024) : content).replace(/[ \t\v\f]+$/, ''), isTooLong }
    })
}

describe('line ends', () => {
  it('ends a line with LF, CRLF or CR', () => {
    expect(texts('a\nb\r\nc\rd\n\re\n')).toEqual(['a', 'b', 'c', 'd', 'e'])
  })

  it('takes CR and LF in different chunks for one line end', () => {
    expect(texts('a\r', '\nb\r', '', '\nc\r', 'd\r', '\r', '\n\n')).toEqual(['a', 'b', 'c', 'd'])
  })

  it('counts a last line without an end', () => {
    expect(texts('a\nb')).toEqual(['a', 'b'])
    expect(texts('a\n \t')).toEqual(['a'])
  })

  it('finds no line in nothing', () => {
    expect(texts()).toEqual([])
    expect(texts('', '')).toEqual([])
  })

  it('does not end a line at U+2028, U+0085, VT or FF', () => {
    expect(split([Buffer.from('a\u2028b\u0085c\vd\fe\n')])).toHaveLength(1)
  })

  it('gives a line as soon as its end was read, also where that is a CR', () => {
    const splitter = new LineSplitter()
    expect([...splitter.push(Buffer.from('a\nb'), 0)]).toHaveLength(1)
    expect([...splitter.push(Buffer.from('\r'), 0)]).toHaveLength(1)
    expect([...splitter.push(Buffer.from('\n'), 0)]).toHaveLength(0)
    expect([...splitter.end()]).toHaveLength(0)
  })
})

describe('what counts', () => {
  it('trims ASCII white space and nothing else', () => {
    expect(texts(' \t\v\fa b\f\v\t \n\u00a0c\u00a0\n')).toEqual(['a b', '\u00c2\u00a0c\u00c2\u00a0'])
  })

  it('passes over blank lines and comments, also indented ones', () => {
    expect(texts('\n \n#x\n \t# y\n\r\na#b\n#')).toEqual(['a#b'])
  })

  it('passes over blank lines and comments that are longer than any line may be', () => {
    const long = maxLineBytes * 3
    expect(texts(`${' '.repeat(long)}\n`, 'a\n#', 'x'.repeat(long), `${'y'.repeat(long)}\nb`)).toEqual(['a', 'b'])
    expect(texts(' '.repeat(long), `#${'x'.repeat(long)}`, '\nc', '\n', ' '.repeat(long))).toEqual(['c'])
  })
})

describe('positions', () => {
  it('say where a line stands in the list, however the bytes are cut', () => {
    const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31))
    const random = createRandom(seed)
    const alphabet = Buffer.from(' \t\r\r\n\n##ab\u00e9')
    for (let round = 0; round < 200; round++) {
      const bytes = Buffer.from(Array.from({ length: random(300) }, () => alphabet[random(alphabet.length)] ?? 0))
      const before = random(2 ** 40)
      const standing = linesAt(cutAtRandom(bytes, random), before).map(({ start, end }) =>
        bytes.toString('latin1', start - before, end - before),
      )
      expect(standing, `SEED=${seed}, round ${round}`).toEqual(splitPlainly(bytes).map(({ text }) => text))
    }
  })

  it('of a line that is too long are those of its beginning', () => {
    const bytes = Buffer.from(`a\n  ${'x'.repeat(maxLineBytes)}\nb`)
    for (const at of [0, 1, 3, 4, 5, 70, maxLineBytes]) {
      const lines = linesAt([bytes.subarray(0, at), bytes.subarray(at)], 0)
      expect(lines.map(({ start }) => start)).toEqual([0, 4, bytes.length - 1])
    }
  })
})

describe('the limit', () => {
  it('is 65,536 bytes without the line end, white space included', () => {
    const full = 'x'.repeat(maxLineBytes)
    expect(split([Buffer.from(`${full}\r\n`)])).toEqual([{ text: full, isTooLong: false }])
    expect(split([Buffer.from(`${full}y\n`)])).toEqual([{ text: 'x'.repeat(1024), isTooLong: true }])
    expect(split([Buffer.from(`a${' '.repeat(maxLineBytes)}\n`)])).toEqual([{ text: 'a', isTooLong: true }])
    expect(split([Buffer.from(`${' '.repeat(maxLineBytes)}b\n`)])).toEqual([{ text: 'b', isTooLong: true }])
  })

  it('is the same wherever the chunks are cut', () => {
    for (const extra of [-1, 0, 1, 2]) {
      const bytes = Buffer.from(`a\n  ${'x'.repeat(maxLineBytes - 2 + extra)}\r\nb\n`)
      const expected = splitPlainly(bytes)
      for (const size of [1, 3, 1023, 1024, 1025, maxLineBytes - 1, maxLineBytes, maxLineBytes + 1, bytes.length]) {
        const chunks: Buffer[] = []
        for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.subarray(at, at + size))
        expect(split(chunks), `extra ${extra}, size ${size}`).toEqual(expected)
      }
    }
  })
})

describe('cuts', () => {
  const sample = Buffer.from(' a\r\n\r\n#c\r\r \n\n\tb b\t\r #\u2028#\nü\u0000\ufffd\n\n\r\r\n# \r\nlast ')

  it('makes the same lines at every two places to cut', () => {
    const expected = splitPlainly(sample)
    for (let first = 0; first <= sample.length; first++) {
      for (let second = first; second <= sample.length; second++) {
        const chunks = [sample.subarray(0, first), sample.subarray(first, second), sample.subarray(second)]
        expect(split(chunks)).toEqual(expected)
      }
    }
  })

  it('makes the lines of the plain way out of random bytes in random pieces', () => {
    const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31))
    const random = createRandom(seed)
    const alphabet = Buffer.from(' \t\v\f\r\r\n\n#ab\u00e9\u0000')
    for (let round = 0; round < 300; round++) {
      const bytes = Buffer.from(Array.from({ length: random(400) }, () => alphabet[random(alphabet.length)] ?? 0))
      expect(split(cutAtRandom(bytes, random)), `SEED=${seed}, round ${round}`).toEqual(splitPlainly(bytes))
    }
  })
})
