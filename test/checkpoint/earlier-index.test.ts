import { describe, expect, it } from 'vitest'
import { EarlierIndex } from '../../src/checkpoint/earlier-index.js'
import { seed, seededRandom } from '../support/random.js'

function indexOf(entries: readonly (readonly [hash: number, offset: number])[], fileBytes = 0): EarlierIndex {
  const index = new EarlierIndex(fileBytes)
  for (const [hash, offset] of entries) index.add(hash, offset)
  index.seal()
  return index
}

function offsetsOf(index: EarlierIndex, hash: number): number[] {
  const [first, end] = index.range(hash)
  return Array.from({ length: end - first }, (_, place) => index.offset(first + place))
}

describe('EarlierIndex', () => {
  it('finds the offsets of a hash, in the order of the file', () => {
    const index = indexOf([
      [0xaaaaaa00, 0],
      [0xffffffff, 100],
      [0xaaaaaa00, 2 ** 40 - 1],
      [0, 200],
      [0xaaaaaa00, 2 ** 32 + 5],
    ])
    expect(offsetsOf(index, 0xaaaaaa00)).toEqual([0, 2 ** 32 + 5, 2 ** 40 - 1])
    expect([offsetsOf(index, 0), offsetsOf(index, 0xffffffff), offsetsOf(index, 0x12345678)]).toEqual([
      [200],
      [100],
      [],
    ])
  })

  it('has nothing in it where nothing was added', () => {
    expect(offsetsOf(indexOf([]), 1)).toEqual([])
  })

  it('remembers which entries were touched', () => {
    const index = indexOf(Array.from({ length: 20 }, (_, number) => [number * 2 ** 12, number]))
    for (const entry of [0, 7, 8, 19]) index.touch(entry)
    expect(
      Array.from({ length: 20 }, (_, entry) => index.isTouched(entry)).flatMap((is, entry) => (is ? [entry] : [])),
    ).toEqual([0, 7, 8, 19])
  })

  it.each([0, 1e6, 1e9])('finds whatever was added, however many were expected (%i bytes)', (fileBytes) => {
    const random = seededRandom(seed)
    const entries = Array.from({ length: 20_000 }, (_, number) => [random.below(2 ** 32), number * 700] as const)
    const index = indexOf(entries, fileBytes)
    expect(index.size).toBe(entries.length)
    const lost = entries.filter(([hash, offset]) => !offsetsOf(index, hash).includes(offset))
    expect(lost, `seed ${seed}`).toEqual([])
  })
})
