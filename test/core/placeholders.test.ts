// What is a place for a value, and what only looks like one.

import { describe, expect, it } from 'vitest'
import { isLiteral, parsePlaceholders, placeholderNames } from '../../src/core/placeholders.js'

describe('parsePlaceholders', () => {
  it.each([
    ['{id}', [{ name: 'id' }]],
    ['/users/{id}?q={First Name}', ['/users/', { name: 'id' }, '?q=', { name: 'First Name' }]],
    ['{user.id}{x}', [{ name: 'user.id' }, { name: 'x' }]],
    ['{é, ü:1}', [{ name: 'é, ü:1' }]],
    ['{"a": {"b":{id}}}', ['{"a": {"b":', { name: 'id' }, '}}']],
  ])('finds the places in %s', (text, parts) => {
    expect(parsePlaceholders(text)).toEqual(parts)
  })

  it.each([
    '',
    'x',
    '{}',
    '{ id }',
    '{ id}',
    '{id }',
    '{"id"}',
    '{\nid}',
    '{"a": 1, "b": {}}',
    '{"q": "{ user { name } }"}',
    'a}b{',
    '[1, {"a": [{}]}]',
  ])('finds none in %j', (text) => {
    expect(placeholderNames(parsePlaceholders(text))).toEqual([])
    expect(isLiteral(parsePlaceholders(text), text)).toBe(true)
  })

  it('takes a name in double braces for a text in braces', () => {
    expect(parsePlaceholders('a {{id}} {id} {{ x }}')).toEqual(['a {id} ', { name: 'id' }, ' { x }'])
    expect(isLiteral(parsePlaceholders('{{id}}'), '{{id}}')).toBe(false)
  })

  it('takes no longer for a text of many braces', () => {
    const text = '{'.repeat(100_000) + 'a'.repeat(100_000)
    expect(isLiteral(parsePlaceholders(text), text)).toBe(true)
  })
})
