// The table of faults is whole, and what it refers to is there.

import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { faultTable } from './table.js'

describe('the table of faults', () => {
  it('has each of its rows once, in order', () => {
    expect(faultTable.map(({ row }) => row)).toEqual(Array.from({ length: 93 }, (_, index) => index + 1))
  })

  it('has a test for each row', () => {
    expect(faultTable.filter(({ tests }) => tests.length === 0)).toEqual([])
  })

  it('names tests that exist', () => {
    const references = faultTable.flatMap(({ row, tests }) => tests.map(([file, title]) => ({ row, file, title })))
    const missing = references.filter(({ file, title }) => !readFileSync(file, 'utf8').includes(title.trim()))
    expect(missing).toEqual([])
  })
})
