import { describe, expect, it } from 'vitest'
import { Rows } from '../../src/core/rows.js'
import { seed, seededRandom } from '../support/random.js'

describe('Rows', () => {
  it('begins with zeros, and keeps what is set', () => {
    const rows = new Rows(2)
    const row = rows.add()
    expect([rows.get(row, 0), rows.get(row, 1)]).toEqual([0, 0])
    rows.set(row, 1, Number.NEGATIVE_INFINITY)
    expect([rows.get(row, 0), rows.get(row, 1)]).toEqual([0, Number.NEGATIVE_INFINITY])
  })

  it('adds to a number and says what it is then', () => {
    const rows = new Rows(1)
    const row = rows.add()
    expect(rows.increase(row, 0)).toBe(1)
    expect(rows.increase(row, 0, -0.5)).toBe(0.5)
    expect(rows.get(row, 0)).toBe(0.5)
  })

  it('gives out a row that was freed before a new one, clean', () => {
    const rows = new Rows(1)
    const [first, second] = [rows.add(), rows.add()]
    rows.set(first, 0, 7)
    rows.free(first)
    expect(rows.add()).toBe(first)
    expect(rows.get(first, 0)).toBe(0)
    expect(rows.add()).toBe(second + 1)
  })

  it('keeps rows apart, over many pages', () => {
    const random = seededRandom(seed)
    const rows = new Rows(3)
    const expected = new Map<number, number[]>()
    for (let step = 0; step < 5000; step++) {
      if (random.below(4) > 0) {
        const row = rows.add()
        expect(expected.has(row), `SEED=${seed}`).toBe(false)
        const values = [random.next(), random.next(), random.next()]
        for (const [column, value] of values.entries()) rows.set(row, column, value)
        expected.set(row, values)
      } else {
        const row = random.pick([...expected.keys(), -1])
        if (expected.delete(row)) rows.free(row)
      }
    }
    for (const [row, values] of expected) {
      expect(
        values.map((_, column) => rows.get(row, column)),
        `SEED=${seed}`,
      ).toEqual(values)
    }
  })
})
