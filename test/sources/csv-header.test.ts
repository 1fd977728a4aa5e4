// A header row: which columns a list has, and what it needs to have.

import { describe, expect, it } from 'vitest'
import { readHeader } from '../../src/sources/csv-header.js'
import { templateOf } from './reading.js'

describe('readHeader', () => {
  it('finds the column of the URL; the others are meta, in their order', () => {
    const table = readHeader('id,"url", First Name ,2024', undefined, 'list')
    expect(table).toMatchObject({ delimiter: ',', urlColumn: 1, names: ['id', 'url', 'First Name', '2024'] })
    expect(table.metaColumns).toEqual([
      { index: 0, name: 'id', json: '"id"' },
      { index: 2, name: 'First Name', json: '"First Name"' },
      { index: 3, name: '2024', json: '"2024"' },
    ])
    expect(readHeader('id,link', templateOf({ urlColumn: 'link' }).row, 'list').urlColumn).toBe(1)
  })

  it('makes meta of all columns where URLs come from a template', () => {
    const table = readHeader('id,url', templateOf({ url: 'https://a.test/{id}' }).row, 'list')
    expect([table.urlColumn, table.metaColumns.length]).toEqual([-1, 2])
  })

  it.each([
    ['a,url', ','],
    ['a;url', ';'],
    ['a\turl', '\t'],
    ['a,b;url', ';'],
    ['"a;b",url', ','],
    ['url', ','],
  ])('takes the delimiter from %j', (text, delimiter) => {
    expect(readHeader(text, undefined, 'list').delimiter).toBe(delimiter)
  })

  it.each([
    [
      'id,link',
      {},
      'list has no column "url": it has "id", "link" (--url-column names the column, --url makes a URL of others)',
    ],
    ['id,,url', {}, 'list: a column has no name in the header row: it has "id", "", "url"'],
    ['url,id,id', {}, 'list: two columns have the name "id" in the header row: it has "url", "id", "id"'],
    [
      'id,url',
      { url: 'https://a.test/{Id}' },
      'list has no column "Id" for {Id}: it has "id", "url" ({{Id}} is for the text in braces)',
    ],
    [
      'id,url',
      { body: 'a={id}&b={zip}' },
      'list has no column "zip" for {zip}: it has "id", "url" ({{zip}} is for the text in braces)',
    ],
    [
      `${'x'.repeat(70)},${'x'.repeat(70)}`,
      {},
      `list: two columns have the name "${'x'.repeat(60)}…" in the header row: it has ${`"${'x'.repeat(60)}…", `.repeat(2).slice(0, -2)}`,
    ],
  ])('refuses %s with %o', (text, options, message) => {
    expect(() => readHeader(text, templateOf(options).row, 'list')).toThrow(
      expect.objectContaining({ name: 'InputError', message }),
    )
  })

  it('shows the first of many columns only', () => {
    const names = Array.from({ length: 100_000 }, (_, index) => `c${index}`).join(',')
    expect(() => readHeader(names, undefined, 'list')).toThrow(/"c0", "c1", .*, "c19" and 99,980 more \(--url-column/)
    expect(() => readHeader(`${names},c99999`, undefined, 'list')).toThrow(/two columns have the name "c99999" in/)
  })
})
