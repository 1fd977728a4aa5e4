// Values as cells.

import { expect, it } from 'vitest'
import { cellText } from '../../src/sinks/cell.js'

it.each([
  [null, ''],
  [undefined, ''],
  ['', ''],
  ['a\u001b[1m\nb', 'a\\u001b[1m\\u000ab'],
  [0, '0'],
  [false, 'false'],
  [{ server: 'a\u0007', via: ['1', '2'] }, '{"server":"a\\u0007","via":["1","2"]}'],
])('%j is one line of visible characters: %s', (value, text) => {
  expect(cellText(value)).toBe(text)
})
