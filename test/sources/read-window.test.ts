import { expect, it } from 'vitest'
import { windowFor } from '../../src/sources/read-window.js'

it.each([
  ['is a quarter more than lines of that length take', { start: 1000, end: 101_000, count: 1000 }, 100, 12_500],
  ['is never small, for lines that are longer than the others', { start: 0, end: 100, count: 10 }, 1, 2048],
  ['is never large, however many are wanted', { start: 0, end: 10_000_000, count: 1000 }, 1000, 65_536],
])('a window for reading %s', (_what, run, wanted, expected) => {
  expect(windowFor({ list: 0, firstId: 1, ...run }, wanted)).toBe(expected)
})
