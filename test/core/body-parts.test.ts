import { expect, it } from 'vitest'
import { mostPickedLength, pickParts } from '../../src/core/body-parts.js'
import { pathsInto } from '../../src/core/field-path.js'
import { mostReadBytes, receivedBody } from '../../src/core/received-body.js'

const pick = (text: string, ...paths: string[]) =>
  Object.fromEntries(pickParts(receivedBody(Buffer.from(text), null), pathsInto('body', paths)))

it('picks what a JSON body has, each part once', () => {
  const json = '{"a":{"b":[1.0,2]},"id":12345678901234567890}'
  expect(pick(json, 'body.a.b', 'body.a.b.length', 'body.a.b.0', 'body.id', 'body.x', 'body.id')).toEqual({
    'body.a.b': '[1.0,2]',
    'body.a.b.length': '2',
    'body.a.b.0': '1.0',
    'body.id': '12345678901234567890',
  })
})

it('picks nothing where the body is no JSON, or not all of it was read', () => {
  expect(pick('<p>', 'body.length')).toEqual({})
  expect(pick('', 'body.a')).toEqual({})
  expect(pick(`{"a":1}${' '.repeat(mostReadBytes)}`, 'body.a')).toEqual({})
})

it('leaves out what a record has no room for', () => {
  const long = 'x'.repeat(mostPickedLength * 0.6)
  const json = JSON.stringify({ a: { long }, last: 1 })
  const picked = pick(json, 'body.a', 'body.a.long', 'body.last')
  expect(Object.keys(picked)).toEqual(['body.a', 'body.last'])
})
