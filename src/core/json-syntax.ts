// Where a text that should be JSON is not: what a message can say about a line without showing it.

import { skipSpace, skipString } from './json-text.js'

const scalar = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y

/** Where a text that is no JSON stops being some, from 0; its length where it only ends too early. */
export function brokenAt(text: string): number {
  const open: string[] = []
  let expected: 'value' | 'first' | 'key' | 'colon' | 'next' = 'value'
  let at = skipSpace(text, 0)
  for (; at < text.length; at = skipSpace(text, at)) {
    const character = text[at] ?? ''
    const inner = open.at(-1)
    if (expected === 'colon') {
      if (character !== ':') return at
      expected = 'value'
      at++
    } else if (expected === 'next' && character === ',' && inner !== undefined) {
      expected = inner === '{' ? 'key' : 'value'
      at++
    } else if ((expected === 'next' || expected === 'first') && inner !== undefined && closing[inner] === character) {
      open.pop()
      expected = 'next'
      at++
    } else if (expected === 'next') return at
    else if (character === '"') {
      const end = skipString(text, at)
      if (!isString(text.slice(at, end))) return end === text.length ? end : at
      expected = inner === '{' && expected !== 'value' ? 'colon' : 'next'
      at = end
    } else if (inner === '{' && expected !== 'value') return at
    else if (character === '{' || character === '[') {
      open.push(character)
      expected = 'first'
      at++
    } else {
      scalar.lastIndex = at
      if (!scalar.test(text)) return at
      at = scalar.lastIndex
      expected = 'next'
    }
  }
  return at
}

const closing: Readonly<Record<string, string>> = { '{': '}', '[': ']' }

function isString(text: string): boolean {
  try {
    return typeof JSON.parse(text) === 'string'
  } catch {
    return false
  }
}
