import { expect, it } from 'vitest'
import { guarded } from '../../src/sinks/formula-guard.js'

it.each([
  '=1+1',
  '+1+1',
  '-1+1',
  '@SUM(A1)',
  '＝1',
  '＋1',
  '－1',
  '＠1',
  '=',
  '-',
  ' =1',
  '\u3000=1',
  "-2+3+cmd|' /C calc'!A0",
])('puts an apostrophe before %s', (cell) => {
  expect(guarded(cell)).toBe(`'${cell}`)
})

it.each(['', 'a=1', '12.5', '-12.5', '-1e-7', '0', 'https://a.test/?=', '{"a":1}', "'=1", '\\u0009=1'])(
  'leaves %s as it is',
  (cell) => {
    expect(guarded(cell)).toBe(cell)
  },
)
