// The caller's own data in cells.

import { describe, expect, it } from 'vitest'
import { metaCells } from '../../src/sinks/meta-cells.js'

describe('metaCells', () => {
  const cells = (meta: unknown, ...names: string[]) => metaCells({ json: JSON.stringify(meta) }, names)

  it('has the text of each, as the list had it', () => {
    expect(cells({ b: 'x\n"y"\r\nz\t', a: '007' }, 'a', 'b')).toEqual(['007', 'x\n"y"\r\nz\t'])
    expect(cells({ e: '👨‍👩‍👧 é' }, 'e')).toEqual(['👨‍👩‍👧 é'])
  })

  it('is empty where a record has no such member', () => {
    expect(cells({ a: null }, 'a', 'b', 'toString')).toEqual(['', '', ''])
    expect([metaCells(undefined, ['a']), cells([1], 'a'), cells('x', 'length'), cells(null, 'a')]).toEqual([
      [''],
      [''],
      [''],
      [''],
    ])
  })

  it('shows what a terminal would act on', () => {
    expect(cells({ a: '\u001b[2J\u009b1m\u0000\rx' }, 'a')).toEqual(['\\u001b[2J\\u009b1m\\u0000\\u000dx'])
  })

  it('has JSON of what is no text', () => {
    expect(cells({ a: 1, b: [1, 'x'], c: false }, 'a', 'b', 'c')).toEqual(['1', '[1,"x"]', 'false'])
  })
})
