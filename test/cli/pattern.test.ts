import { expect, it } from 'vitest'
import { parsePattern } from '../../src/cli/pattern.js'

it.each<[string, RegExp]>([
  ['word', /word/],
  ['a/b', /a\/b/],
  ['/word/', /word/],
  ['/word/i', /word/i],
  ['/a/b/is', /a\/b/is],
  ['/etc/passwd', /\/etc\/passwd/],
  ['/', /\//],
  ['{"ok":true}', /{"ok":true}/],
  ['/\\p{L}/u', /\p{L}/u],
  ['/a\nb/m', /a\nb/m],
])('%j is a pattern', (typed, pattern) => {
  expect(String(parsePattern(typed))).toBe(String(pattern))
})

it.each([
  ['', /got ""$/],
  ['//i', /got "\/\/i"$/],
  ['/x/g', /flags out of i, m, s, u, v, got "\/x\/g"$/],
  ['/x/y', /got/],
  ['/x/ii', /Invalid flags/],
  ['(', /got "\(": Unterminated group$/],
  ['a: (', /got "a: \(": Unterminated group$/],
  ['/\\p{Nonsense}/u', /: Invalid property name$/],
])('%j is none, and told why', (typed, message) => {
  expect(() => parsePattern(typed)).toThrow(message)
})
