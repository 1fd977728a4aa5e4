import { expect, it } from 'vitest'
import { patternsOf } from '../../src/core/host-pattern.js'

it.each([
  ['a.test', ['a.test:443', 'a.test', '*.test:443', '*.test']],
  ['b.a.test:81', ['b.a.test:81', 'b.a.test', '*.a.test:81', '*.a.test', '*.test:81', '*.test']],
  ['[::1]', ['[::1]:443', '[::1]']],
  ['[::1]:81', ['[::1]:81', '[::1]']],
  ['localhost', ['localhost:443', 'localhost']],
])('the patterns of %s are in order, the most specific first', (host, patterns) => {
  expect([...patternsOf(host, [443])]).toEqual(patterns)
})
