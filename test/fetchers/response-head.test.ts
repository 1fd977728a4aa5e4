// What is read out of header fields.

import { expect, it } from 'vitest'
import { HeaderFields } from '../../src/fetchers/header-fields.js'
import { readHead, readValidators } from '../../src/fetchers/response-head.js'

it('is nothing where nothing was sent', () => {
  expect(readHead(fieldsOf({}))).toEqual({
    locations: [],
    retryAfterMs: null,
    quota: null,
    contentType: null,
    contentLength: null,
    contentEncoding: null,
    hasTransferEncoding: false,
  })
})

it('is the first of several types, all locations, and the codings in one list', () => {
  const fields = { 'content-type': ['a', 'b'], location: ['/1', '/2'], 'content-encoding': ['gzip', 'br'] }
  expect(readHead(fieldsOf(fields))).toMatchObject({
    contentType: 'a',
    locations: ['/1', '/2'],
    contentEncoding: 'gzip,br',
  })
})

it.each([
  ['0', 0],
  ['12 ', 12],
  ['9007199254740993', Number.MAX_SAFE_INTEGER],
])('is a length that is an integer: %s', (value, contentLength) => {
  expect(readHead(fieldsOf({ 'content-length': value })).contentLength).toBe(contentLength)
})

it.each([
  [{ ratelimit: '"default";r=50;t=30' }, { remaining: 50, resetMs: 30_000 }],
  [{ ratelimit: ['"a";r=50;t=30', '"b";r=5;t=1'] }, { remaining: 5, resetMs: 1000 }],
  [
    { 'ratelimit-remaining': '3', 'ratelimit-reset': '4' },
    { remaining: 3, resetMs: 4000 },
  ],
  [
    { 'x-ratelimit-remaining': ['3', '9'], 'x-ratelimit-reset': '4' },
    { remaining: 3, resetMs: 4000 },
  ],
  [
    { 'x-ratelimit-remaining': '3', 'x-ratelimit-reset': '1777636860', date: 'Fri, 01 May 2026 12:00:00 GMT' },
    { remaining: 3, resetMs: 60_000 },
  ],
  [{ 'x-ratelimit-limit': '3', 'x-ratelimit-reset': '4' }, null],
  [{ 'ratelimit-remaining': '3', 'x-ratelimit-reset': '4' }, null],
])('is the quota that the host announces: %j', (fields, quota) => {
  expect(readHead(fieldsOf(fields)).quota).toEqual(quota)
})

function fieldsOf(fields: Readonly<Record<string, string | readonly string[] | undefined>>): HeaderFields {
  return new HeaderFields(
    Object.entries(fields).flatMap(([name, value]) =>
      [value ?? []].flat().flatMap((one) => [Buffer.from(name), Buffer.from(one)]),
    ),
  )
}

it('has the validators that were sent, unless there are several', () => {
  const date = 'Wed, 21 Oct 2015 07:28:00 GMT'
  expect(readValidators(fieldsOf({ etag: 'W/"1"', 'last-modified': date }))).toEqual({
    etag: 'W/"1"',
    last_modified: date,
  })
  expect(readValidators(fieldsOf({ etag: ['"1"', '"2"'], 'last-modified': [date, date] }))).toEqual({
    etag: null,
    last_modified: date,
  })
  expect(readValidators(fieldsOf({}))).toEqual({ etag: null, last_modified: null })
})
