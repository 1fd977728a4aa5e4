// What is read out of header fields.

import { expect, it } from 'vitest'
import { readHead } from '../../src/fetchers/response-head.js'

it('is nothing where nothing was sent', () => {
  expect(readHead({})).toEqual({
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
  expect(readHead(fields)).toMatchObject({
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
  expect(readHead({ 'content-length': value }).contentLength).toBe(contentLength)
})
