// Rows of a table become cells, whatever stands in them and however many there are.

import { parse } from 'csv-parse/sync'
import { stringify } from 'csv-stringify/sync'
import { describe, expect, it } from 'vitest'
import { cellsOf } from '../../src/sources/csv-cells.js'
import { type Delimiter, RowSplitter, type TableRow } from '../../src/sources/csv-rows.js'
import { seed } from '../support/random.js'
import { createRandom, cutAtRandom } from './reading.js'

/** Null in place of rows with a fault. */
function textsOf(chunks: readonly Buffer[], delimiter: Delimiter): (string | null)[] {
  const splitter = new RowSplitter()
  splitter.setDelimiter(delimiter)
  const textOf = ({ bytes, start, end, fault }: TableRow) =>
    fault === null ? bytes.toString('utf8', start, end) : null
  const texts: (string | null)[] = []
  for (const chunk of chunks) texts.push(...Array.from(splitter.push(chunk, 0), textOf))
  texts.push(...Array.from(splitter.end(), textOf))
  return texts
}

describe('cellsOf', () => {
  it.each([
    ['a', ['a']],
    ['a,', ['a', '']],
    [',', ['', '']],
    ['""', ['']],
    ['"",""', ['', '']],
    ['"a,b",c', ['a,b', 'c']],
    ['"a ""b""",""""', ['a "b"', '"']],
    ['"a\nb",', ['a\nb', '']],
    ['"a\r\nb",\rc\r', ['a\r\nb', '\rc\r']],
    [' "a" ,b"c', [' "a" ', 'b"c']],
    ['a"",b""c,5" d"', ['a""', 'b""c', '5" d"']],
    ['007,1e3,2024-01-01,true', ['007', '1e3', '2024-01-01', 'true']],
    ['\ufeffa,#b', ['\ufeffa', '#b']],
  ])('reads %j, also among others', (text, cells) => {
    expect(cellsOf([text], ',')).toEqual([cells])
    expect(cellsOf(['x', text, text, 'y,z'], ',')).toEqual([['x'], cells, cells, ['y', 'z']])
  })

  it('goes by the delimiter of the list', () => {
    expect(cellsOf(['"a;b";c,d'], ';')).toEqual([['a;b', 'c,d']])
    expect(cellsOf(['a\t"b\t"'], '\t')).toEqual([['a', 'b\t']])
  })

  it('passes over what is null, and is nothing for nothing', () => {
    expect(cellsOf([null, 'a', null, 'b'], ',')).toEqual([null, ['a'], null, ['b']])
    expect(cellsOf([], ',')).toEqual([])
    expect(cellsOf([null], ',')).toEqual([null])
  })

  it('is null for what is no row of its own, and right for its neighbours', () => {
    expect(cellsOf(['a,b', '"c', 'd,e'], ',')).toEqual([['a', 'b'], null, ['d', 'e']])
    expect(cellsOf(['a,"b', 'c"', 'd'], ',')).toEqual([null, ['c"'], ['d']])
    expect(cellsOf(['a', 'b\nc', 'd'], ',')).toEqual([['a'], null, ['d']])
    expect(cellsOf(['a', '', 'd'], ',')).toEqual([['a'], [''], ['d']])
  })

  it(`reads what others write, wherever the bytes are cut (SEED=${seed})`, () => {
    const random = createRandom(seed)
    const words = ['a', '"', '""', ',', ';', '\t', '\n', '\r\n', ' ', 'é', '😀', '']
    for (let round = 0; round < 1000; round++) {
      const delimiter = ([',', ';', '\t'] as const)[random(3)] ?? ','
      const width = 1 + random(4)
      const cell = () => Array.from({ length: random(5) }, () => words[random(words.length)]).join('')
      const table = Array.from({ length: random(6) }, () => ['x', ...Array.from({ length: width }, cell)])
      const quotedString = random(2) === 0
      const record_delimiter = random(2) === 0 ? 'windows' : 'unix'
      // Whoever ends rows with CRLF may leave an LF without quotes.
      const options = { delimiter, record_delimiter, quoted_string: quotedString, quoted_match: /[\r\n]/ }
      const text = stringify(table, options)
      expect(cellsOf(textsOf(cutAtRandom(Buffer.from(text), random), delimiter), delimiter)).toEqual(table)
    }
  })

  it(`makes of noise what the library makes of all of it, where that takes it (SEED=${seed})`, () => {
    const random = createRandom(seed)
    let taken = 0
    for (let round = 0; round < 5000; round++) {
      const text = Array.from({ length: random(12) }, () => 'ab,,"\n\n'[random(7)]).join('')
      const texts = textsOf([Buffer.from(text)], ',')
      const cells = cellsOf(texts, ',')
      for (const [index, row] of texts.entries()) expect(cells[index] === null, text).toBe(row === null)
      let whole: string[][]
      try {
        whole = parse(text, { record_delimiter: '\n', relax_column_count: true, skip_empty_lines: true })
      } catch {
        continue
      }
      taken++
      expect(cells, JSON.stringify(text)).toEqual(whole)
    }
    expect(taken).toBeGreaterThan(500)
  })
})
