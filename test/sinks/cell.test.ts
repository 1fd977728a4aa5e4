// Values as cells.

import { describe, expect, it } from 'vitest'
import { cellReader, cellText } from '../../src/sinks/cell.js'
import type { PathText } from '../../src/core/field-path.js'
import { makeResult } from './support.js'

/** A field that no other record has takes any value. */
const textOf = (value: unknown): string => cellText(Object.assign(makeResult(), { headers: value }), 'headers')

it("has the caller's data as they were listed", () => {
  const meta = { json: '{"id":12345678901234567890,"b":"\u0007"}' }
  expect(cellText({ ...makeResult(), meta }, 'meta')).toBe('{"id":12345678901234567890,"b":"\\u0007"}')
  expect(cellText(makeResult(), 'meta')).toBe('')
})

it.each([
  [null, ''],
  [undefined, ''],
  ['', ''],
  ['a\u001b[1m\nb', 'a\\u001b[1m\\u000ab'],
  [0, '0'],
  [false, 'false'],
  [{ server: 'a\u0007', via: ['1', '2'] }, '{"server":"a\\u0007","via":["1","2"]}'],
])('%j is one line of visible characters: %s', (value, text) => {
  expect(textOf(value)).toBe(text)
})

describe('the cell of a part of a field', () => {
  const result = {
    ...makeResult(),
    headers: { etag: '"x"', via: ['1', 'b\u0007'] },
    picked: new Map([
      ['body.id', '12345678901234567890'],
      ['body.name', '"a\\n"'],
      ['body.tags', '["a","b"]'],
      ['body.none', 'null'],
    ]),
  }

  it.each<[PathText, string]>([
    ['headers.etag', '"x"'],
    ['headers.via', '1, b\\u0007'],
    ['headers.server', ''],
    ['body.id', '12345678901234567890'],
    ['body.name', 'a\\u000a'],
    ['body.tags', '["a","b"]'],
    ['body.none', ''],
    ['body.other', ''],
  ])('%s is %s', (path, text) => {
    expect(cellReader(path)(result)).toBe(text)
  })
})
