// Rows of a table: where they begin and end, whatever is in them and however the bytes come.

import { describe, expect, it } from 'vitest'
import { maxRowBytes, RowSplitter, type TableRow } from '../../src/sources/csv-rows.js'
import { seed } from '../support/random.js'
import { createRandom, cutAtRandom } from './reading.js'

const shown = ({ bytes, start, end, fault }: TableRow) =>
  `${fault === null ? '' : `${fault}: `}${bytes.toString('utf8', start, end)}`

/** Each is looked for where it says that it stands in the list. */
function rowsOf(chunks: Iterable<Buffer>): string[] {
  const splitter = new RowSplitter()
  splitter.setDelimiter(',')
  const rows: string[] = []
  const parts = [...chunks]
  const list = Buffer.concat(parts)
  const take = (row: TableRow): void => {
    rows.push(shown(row))
    const { bytes, start, end, offset, fault } = row
    const hasPlace = fault !== 'too-long' && fault !== 'late'
    if (hasPlace && !list.subarray(offset + start, offset + end).equals(bytes.subarray(start, end))) {
      throw new Error(`${shown(row)} is not at ${offset + start} in ${JSON.stringify(list.toString())}`)
    }
  }
  let offset = 0
  for (const chunk of parts) {
    for (const row of splitter.push(chunk, offset)) take(row)
    offset += chunk.length
  }
  for (const row of splitter.end()) take(row)
  return rows
}

const split = (text: string) => rowsOf([Buffer.from(text)])

describe('RowSplitter', () => {
  it('ends a row with LF or CRLF, and the last with nothing', () => {
    expect(split('a,b\r\nc,d\n\n\r\ne,f')).toEqual(['a,b', 'c,d', 'e,f'])
    expect(split('')).toEqual([])
    expect(split('a\rb\n"x"\r')).toEqual(['a\rb', '"x"'])
  })

  it('knows line ends and quotes within quotes', () => {
    expect(split('a,"b\nc\r\n""d"",",e\n"f"\n')).toEqual(['a,"b\nc\r\n""d"",",e', '"f"'])
    expect(split('"",""\n""""\n')).toEqual(['"",""', '""""'])
  })

  it('takes a quote for text in a cell that does not begin with it', () => {
    expect(split('a"b\n 5" c, "d\ne\n')).toEqual(['a"b', ' 5" c, "d', 'e'])
  })

  it('takes a row for a line where text follows a closing quote, and goes on behind it', () => {
    expect(split('1,"a\n2,"b",c\n3,d\n')).toEqual(['quotes: 1,"a', '2,"b",c', '3,d'])
    expect(split('"a"b,"c\n2,d\n')).toEqual(['quotes: "a"b,"c', '2,d'])
    expect(split('1,"a\n2,"b",c')).toEqual(['quotes: 1,"a', '2,"b",c'])
    expect(split('"a"b')).toEqual(['quotes: "a"b'])
    expect(split('"a"\rb\nc')).toEqual(['quotes: "a"\rb', 'c'])
  })

  it('says of the last row that its quote is not closed', () => {
    expect(split('a\n"b\nc')).toEqual(['a', 'unclosed: "b\nc'])
    expect(split('a\n"')).toEqual(['a', 'unclosed: "'])
  })

  it('gives the beginning of a row that is too long, and goes on behind it', () => {
    const long = 'x'.repeat(maxRowBytes)
    const quoted = `"${'y\n'.repeat(maxRowBytes)}"`
    const text = `${long}\r\n${long}y\n${quoted},z\nlast\n`
    const expected = [long, `too-long: ${'x'.repeat(1024)}`, `too-long: ${quoted.slice(0, 1024)}`, 'last']
    expect(split(text)).toEqual(expected)
    for (const size of [1000, 65_536, maxRowBytes + 1]) {
      const bytes = Buffer.from(text)
      const count = Math.ceil(bytes.length / size)
      const chunks = Array.from({ length: count }, (_, index) => bytes.subarray(index * size, (index + 1) * size))
      expect(rowsOf(chunks), `${size}`).toEqual(expected)
    }
  })

  it('keeps no more than a row of a list in which a quote is never closed', () => {
    const splitter = new RowSplitter()
    const chunk = Buffer.from('a,b\n'.repeat(16_384))
    expect([...splitter.push(Buffer.from('a,"'), 0)]).toEqual([])
    const before = process.memoryUsage().arrayBuffers
    for (let count = 0; count < 1000; count++) expect([...splitter.push(chunk, 0)]).toEqual([])
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(32 * 2 ** 20)
    expect([...splitter.end()].map(({ fault }) => fault)).toEqual(['unclosed'])
  })

  it.each([
    ['text follows a closing quote late', `"a\n${'x'.repeat(maxRowBytes)}\n"b\nc\nd`, ['late: ', 'c', 'd']],
    ['it does in one line', `"a${'x'.repeat(maxRowBytes)}"b\nc\nd`, ['too-long: ', 'c', 'd']],
    ['it does just in time', `"a\n${'x'.repeat(maxRowBytes - 4)}"b\nc`, ['quotes: "a', 'x', 'c']],
  ])('comes to the same rows wherever the bytes are cut, where %s', (_what, text, expected) => {
    const bytes = Buffer.from(text)
    const beginnings = (chunks: Iterable<Buffer>) =>
      rowsOf(chunks).map((row) => row.replace(/^((?:late|too-long): ).*/s, '$1').replace(/^x.*/s, 'x'))
    const pieces = (size: number) =>
      Array.from({ length: Math.ceil(bytes.length / size) }, (_, n) => bytes.subarray(n * size, (n + 1) * size))
    for (const size of [bytes.length, 65_536, maxRowBytes + 2, bytes.length - 4]) {
      expect(beginnings(pieces(size))).toEqual(expected)
    }
  })

  it('comes to the same rows wherever the bytes are cut', () => {
    const bytes = Buffer.from('a,"b\n""c""\r\n",d\r\ne"f,"g"h,"i\n,"j"\n\nk,"é😀"\n"l\r')
    const whole = rowsOf([bytes])
    for (let at = 0; at <= bytes.length; at++) {
      for (let next = at; next <= bytes.length; next++) {
        expect(rowsOf([bytes.subarray(0, at), bytes.subarray(at, next), bytes.subarray(next)])).toEqual(whole)
      }
    }
    expect(rowsOf(Array.from(bytes, (byte) => Buffer.from([byte])))).toEqual(whole)
  })

  it(`loses no byte of noise but line ends, however it is cut (SEED=${seed})`, () => {
    const random = createRandom(seed)
    for (let round = 0; round < 2000; round++) {
      const text = Array.from({ length: random(40) }, () => 'a,"\n\r"'[random(6)]).join('')
      const whole = rowsOf([Buffer.from(text)])
      expect(rowsOf(cutAtRandom(Buffer.from(text), random)), JSON.stringify(text)).toEqual(whole)
      const bare = (part: string) => part.replace(/[\r\n]/g, '')
      expect(bare(whole.map((row) => row.replace(/^(?:quotes|unclosed): /, '')).join(''))).toBe(bare(text))
    }
  })
})
