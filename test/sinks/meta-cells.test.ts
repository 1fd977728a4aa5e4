// The caller's own data in cells.

import { describe, expect, it } from 'vitest'
import { metaCells, metaReader } from '../../src/sinks/meta-cells.js'
import { makeResult } from './support.js'

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

describe('metaReader', () => {
  const cell = (json: string, path: `meta.${string}`) => metaReader(path)(makeResult({ meta: { json } }))

  it('has the same text of a part, at any depth', () => {
    const meta = { a: 'x\n"y"\r\nz\t', b: { c: '\u001b[2J\r' }, d: null, e: [1, 'x\n'] }
    const { a, d, e } = meta
    const names = ['a', 'd', 'e']
    expect(names.map((name) => cell(JSON.stringify(meta), `meta.${name}`))).toEqual(
      metaCells({ json: JSON.stringify({ a, d, e }) }, names),
    )
    expect(cell(JSON.stringify(meta), 'meta.b.c')).toBe('\\u001b[2J\\u000d')
    expect(cell(JSON.stringify(meta), 'meta.none')).toBe('')
    expect(metaReader('meta.a')(makeResult())).toBe('')
  })

  it('keeps the digits of a number', () => {
    expect(cell('{"a":12345678901234567890}', 'meta.a')).toBe('12345678901234567890')
  })
})
