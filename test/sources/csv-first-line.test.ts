// The first line of a list that may be a table: its names are looked for.

import { describe, expect, it } from 'vitest'
import { createRowTemplate, type RowTemplate } from '../../src/core/row-template.js'
import { isHeader } from '../../src/sources/csv-first-line.js'

function row(options: { url?: string; urlColumn?: string; body?: string }): RowTemplate {
  const bodyRequest = { method: 'POST', headers: [], body: null }
  const request = { ...bodyRequest, body: options.body ?? null }
  return createRowTemplate(
    { request, bodyRequest },
    { url: options.url ?? null, urlColumn: options.urlColumn ?? 'url' },
  )
}

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
    const template = row({ url: 'https://a.test/{id}/{First Name}' })
    expect(isHeader('id,First Name,x', template)).toBe(true)
    expect(isHeader('id,url', template)).toBe(false)
    expect(isHeader('id,url', row({ url: 'https://a.test/' }))).toBe(false)
  })

  it('knows names that stand in quotes, and those that mean something to a regular expression', () => {
    expect(isHeader('"a,""b"",c",x', row({ urlColumn: 'a,"b",c' }))).toBe(true)
    expect(isHeader('a,b', row({ urlColumn: 'a,b' }))).toBe(true)
    expect(isHeader('x;(U.R|L)*', row({ urlColumn: '(U.R|L)*' }))).toBe(true)
    expect(isHeader('x;UR', row({ urlColumn: 'U.R|L' }))).toBe(false)
  })

  it('is quick with a long line of anything', () => {
    for (const part of ['\t', ' ', ', ', '"', 'url ']) {
      expect(isHeader(`x${part.repeat(65_536 / part.length)}x`, undefined)).toBe(false)
    }
  })
})
