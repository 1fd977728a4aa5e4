import { describe, expect, it } from 'vitest'
import { parseFieldPath, partReader, pathsInto, type PathText } from '../../src/core/field-path.js'
import { rejectedRecord } from '../../src/core/record.js'
import type { FetchResult } from '../../src/types.js'

const failure = { type: 'invalid_url', code: 'X', message: 'x' } as const
const plain = rejectedRecord({ kind: 'rejected', id: 1, url: 'x', readAt: 0, method: 'GET', failure, meta: null })
const read = (path: PathText, changes: Partial<FetchResult>) => partReader(path)({ ...plain, ...changes })

describe('a path', () => {
  it('has a field that has parts, and names with dots between them', () => {
    expect(parseFieldPath('body.items.0.id')).toEqual({
      text: 'body.items.0.id',
      root: 'body',
      members: ['items', '0', 'id'],
    })
    expect(parseFieldPath('meta.a\\.b.c')?.members).toEqual(['a.b', 'c'])
    expect(parseFieldPath('headers.ETag')?.members).toEqual(['etag'])
  })

  it.each<PathText>(['url.x', 'constructor.x', '.x', 'body.', 'body..x', 'body.x.', 'Body.x'])(
    'is none: %s',
    (text) => {
      expect(parseFieldPath(text)).toBeNull()
      expect(partReader(text)(plain)).toBeNull()
    },
  )

  it('is found among other names by the field that it leads into', () => {
    const names = ['id', 'body.a', 'headers.b', 'body.c']
    expect(pathsInto('body', names).map(({ text }) => text)).toEqual(['body.a', 'body.c'])
    expect(pathsInto('meta', names)).toEqual([])
  })
})

describe('what a path leads to', () => {
  const headers = { etag: '"x"', via: ['1', '2'], 'a.b': 'dot' }

  it('is a header field of any case, or several of a name', () => {
    expect(read('headers.etag', { headers })).toBe(String.raw`"\"x\""`)
    expect(read('headers.ETag', { headers })).toBe(String.raw`"\"x\""`)
    expect(read('headers.via', { headers })).toBe('["1","2"]')
    expect(read('headers.via.1', { headers })).toBe('"2"')
    expect(read('headers.via.length', { headers })).toBe('2')
    expect(read('headers.a\\.b', { headers })).toBe('"dot"')
    expect(read('headers.constructor', { headers })).toBeNull()
    expect(read('headers.etag', { headers: null })).toBeNull()
    expect(read('headers.etag', {})).toBeNull()
  })

  it('is a part of what the list says', () => {
    const meta = { json: '{"user":{"id":12345678901234567890}}' }
    expect(read('meta.user.id', { meta })).toBe('12345678901234567890')
    expect(read('meta.user.name', { meta })).toBeNull()
    expect(read('meta.user', {})).toBeNull()
  })

  it('is a part of the body that was picked when it came', () => {
    expect(read('body.a.b', { picked: new Map([['body.a.b', '5']]) })).toBe('5')
    expect(read('body.a.c', { picked: new Map([['body.a.b', '5']]) })).toBeNull()
    expect(read('body.a.b', { body: '{"a":{"b":5}}' })).toBeNull()
  })
})
