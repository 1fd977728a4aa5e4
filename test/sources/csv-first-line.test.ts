// The first line of a list that may be a table: its names are looked for.

import { describe, expect, it } from 'vitest'
import { isHeader } from '../../src/sources/csv-first-line.js'
import { templateOf } from './reading.js'

describe('isHeader', () => {
  it.each([
    ['id,url', true],
    ['url', true],
    ['"url";id', true],
    ['URL,id', false],
    ['https://a.test/?x=1,url', false],
    ['a.test/url', false],
    ['id, "url" ,x', true],
    ['id,url2', false],
    ['id\turl', true],
    ['', false],
  ])('tells of %j whether it names the URL: %s', (line, expected) => {
    expect(isHeader(line, undefined)).toBe(expected)
  })

  it('wants all that a template names, and nothing else', () => {
    const template = templateOf({ url: 'https://a.test/{id}/{First Name}' }).row
    expect(isHeader('id,First Name,x', template)).toBe(true)
    expect(isHeader('id,url', template)).toBe(false)
    expect(isHeader('id,url', templateOf({ url: 'https://a.test/' }).row)).toBe(false)
  })

  it('knows names that stand in quotes, and those that mean something to a regular expression', () => {
    expect(isHeader('"a,""b"",c",x', templateOf({ urlColumn: 'a,"b",c' }).row)).toBe(true)
    expect(isHeader('a,b', templateOf({ urlColumn: 'a,b' }).row)).toBe(true)
    expect(isHeader('x;(U.R|L)*', templateOf({ urlColumn: '(U.R|L)*' }).row)).toBe(true)
    expect(isHeader('x;UR', templateOf({ urlColumn: 'U.R|L' }).row)).toBe(false)
  })

  it('is quick with a long line of anything', () => {
    for (const part of ['\t', ' ', ', ', '"', 'url ']) {
      expect(isHeader(`x${part.repeat(65_536 / part.length)}x`, undefined)).toBe(false)
    }
  })
})
