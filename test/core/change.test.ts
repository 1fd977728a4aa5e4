// What changed since an earlier run, and which conditions its records allow.

import { describe, expect, it } from 'vitest'
import { carriedFrom, changeOf, conditionsOf } from '../../src/core/change.js'
import type { EarlierRecord, FetchResult, RequestSpec } from '../../src/types.js'
import { makeResult } from '../sinks/support.js'
import { getRequest, makeTask } from '../support/values.js'

const url = 'http://a.test/x'
const [hash, otherHash] = ['a'.repeat(64), 'b'.repeat(64)]
const date = 'Wed, 21 Oct 2015 07:28:00 GMT'

function earlier(changes: Partial<EarlierRecord> = {}): EarlierRecord {
  return {
    ok: true,
    status_code: 200,
    error_type: null,
    final_url: url,
    content_length: null,
    body_bytes: 10,
    etag: null,
    last_modified: null,
    sha256: null,
    file: null,
    isDuplicate: false,
    ...changes,
  }
}

function now(changes: Partial<FetchResult> = {}): FetchResult {
  return makeResult({ url, content_length: null, body_bytes: 10, ...changes })
}

const failed = { ok: false, status_code: 404, error_type: 'http_status' } as const

describe('what changed', () => {
  const change = (before: Partial<EarlierRecord>, after: Partial<FetchResult>) =>
    changeOf(earlier(before), now(after), false)

  it('is new where nothing is known of it, whatever became of it', () => {
    expect([changeOf(null, now(), false), changeOf(null, now(failed), false)]).toEqual(['new', 'new'])
  })

  it('is gone where it was ok, and recovered where it was not', () => {
    expect([change({}, failed), change(failed, {})]).toEqual(['gone', 'recovered'])
  })

  it('is the same failure only of the same type and status', () => {
    expect(change(failed, failed)).toBe('same')
    expect(change(failed, { ...failed, status_code: 410 })).toBe('changed')
    expect(change(failed, { ok: false, status_code: null, error_type: 'dns' })).toBe('changed')
    expect(change({ ...failed, error_type: null }, failed)).toBe('same')
  })

  it('is nothing where the server says so', () => {
    const answer = now({ status_code: 304, body_bytes: 0 })
    expect(changeOf(earlier({ sha256: hash }), answer, true)).toBe('same')
  })

  it.each([
    ['an equal body under another tag', { etag: '"1"', sha256: hash }, { etag: '"2"', sha256: hash }, 'same'],
    ['an equal tag, weak or not', { etag: '"1"', sha256: hash }, { etag: 'W/"1"', sha256: otherHash }, 'same'],
    ['another tag and another body', { etag: '"1"', sha256: hash }, { etag: '"2"', sha256: otherHash }, 'changed'],
    ['a tag that only one has, and an equal body', { sha256: hash }, { etag: '"2"', sha256: hash }, 'same'],
    [
      'another body under an equal date',
      { last_modified: date, sha256: hash },
      { last_modified: date, sha256: otherHash },
      'changed',
    ],
    [
      'an equal date where no body was hashed',
      { last_modified: date },
      { last_modified: date, body_bytes: 11 },
      'same',
    ],
    ['another date where no body was hashed', { last_modified: date }, { last_modified: 'now' }, 'changed'],
    ['an equal size where nothing else is known', {}, {}, 'same'],
    ['another size where nothing else is known', {}, { body_bytes: 11 }, 'changed'],
    [
      'another length of a HEAD',
      { content_length: 1, body_bytes: 0 },
      { method: 'HEAD', content_length: 2, body_bytes: 0 },
      'changed',
    ],
    [
      'a length of a HEAD that only one has',
      { content_length: 1, body_bytes: 0 },
      { method: 'HEAD', body_bytes: 0 },
      'same',
    ],
    ['another status, also of an equal body', { sha256: hash }, { status_code: 203, sha256: hash }, 'changed'],
    ['another final URL, also of an equal body', { sha256: hash }, { final_url: `${url}2`, sha256: hash }, 'changed'],
    ['a 200 behind a 304', { status_code: 304, sha256: hash }, { sha256: hash }, 'same'],
    [
      "a 304 to the caller's condition, which has no body",
      { sha256: hash },
      { status_code: 304, body_bytes: 0 },
      'same',
    ],
    [
      'nothing that the earlier output does not say',
      { status_code: null, final_url: null, body_bytes: null },
      { etag: '"1"', sha256: hash },
      'same',
    ],
    ['the status alone, behind a repetition', { isDuplicate: true, final_url: null, body_bytes: 0 }, {}, 'same'],
  ] as const)('goes by %s', (_, before, after, expected) => {
    expect(change(before, after)).toBe(expected)
  })
})

describe('conditions', () => {
  const asked = (record: Partial<EarlierRecord>, request: Partial<RequestSpec> = {}, at = url) =>
    conditionsOf(earlier(record), makeTask(1, at, { ...getRequest, ...request }))
  const tagged = { etag: '"1"' }

  it('are what the earlier response could be known by', () => {
    expect(asked({ etag: 'W/"1"', last_modified: date })).toEqual([
      ['if-none-match', 'W/"1"'],
      ['if-modified-since', date],
    ])
    expect(asked({})).toBeNull()
    expect(asked({ ...tagged, status_code: 304 })).not.toBeNull()
    expect(asked(tagged, { method: 'HEAD' })).not.toBeNull()
  })

  it('are only for the URL that answered', () => {
    expect(asked({ ...tagged, final_url: 'http://a.test/y' })).toBeNull()
    expect(asked({ ...tagged, final_url: 'http://a.test/y' }, {}, 'http://a.test/y')).not.toBeNull()
  })

  it.each([
    ['a failure', { ...tagged, ...failed }, {}],
    ['any status but 200', { ...tagged, status_code: 206 }, {}],
    ['a method that changes something', tagged, { method: 'POST' }],
    ["a request with the caller's own", tagged, { headers: [['IF-None-Match', '"2"']] }],
    ['a tag that is none', { etag: '*' }, {}],
    ['a list', { etag: '"1", "2"' }, {}],
    ['a tag without quotes', { etag: 'abc' }, {}],
    ['what would be a header of its own', { etag: '"a\r\nx: 1"', last_modified: 'a\r\nx: 1' }, {}],
    ['a tag longer than servers take', { etag: `"${'x'.repeat(2000)}"` }, {}],
  ] as const)('are not for %s', (_, record, request) => {
    expect(asked(record, request)).toBeNull()
  })
})

it('carries on what a 304 does not repeat', () => {
  const before = earlier({ etag: '"1"', last_modified: date, sha256: hash })
  const carried = { etag: '"1"', last_modified: date, sha256: hash }
  expect(carriedFrom(before, now({ status_code: 304, etag: null, last_modified: null }))).toEqual(carried)
  expect(carriedFrom(before, now({ status_code: 304, etag: '"2"' }))).toEqual({ ...carried, etag: '"2"' })
})
