// Cells of a row: what csv-parse makes of it.

import { parse } from 'csv-parse/sync'
import { stringify } from 'csv-stringify/sync'
import { describe, expect, it } from 'vitest'
import { cellsOf } from '../../src/sources/csv-cells.js'
import { RowSplitter } from '../../src/sources/csv-rows.js'
import { seed } from '../support/random.js'
import { createRandom, cutAtRandom } from './reading.js'

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
    [' "a" ,b"c', [' "a" ', 'b"c']],
  ])('reads %j', (text, cells) => {
    expect(cellsOf(text, ',')).toEqual(cells)
  })

  it('goes by the delimiter of the list', () => {
    expect(cellsOf('"a;b";c,d', ';')).toEqual(['a;b', 'c,d'])
    expect(cellsOf('a\t"b\t"', '\t')).toEqual(['a', 'b\t'])
  })

  it(`reads what others write, and as they read it (SEED=${seed})`, () => {
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
      expect(parse(text, { delimiter })).toEqual(table)
      const splitter = new RowSplitter()
      splitter.setDelimiter(delimiter)
      const rows: string[][] = []
      for (const chunk of cutAtRandom(Buffer.from(text), random)) {
        for (const { bytes, start, end } of splitter.push(chunk)) {
          rows.push(cellsOf(bytes.toString('utf8', start, end), delimiter))
        }
      }
      for (const { bytes, start, end } of splitter.end())
        rows.push(cellsOf(bytes.toString('utf8', start, end), delimiter))
      expect(rows, JSON.stringify(text)).toEqual(table)
    }
  })
})
