import { describe, expect, it } from 'vitest'
import { Heap, type HeapItem } from '../../src/core/heap.js'
import { seed, seededRandom } from '../support/random.js'

interface Item extends HeapItem {
  key: number
}

const item = (key: number): Item => ({ key, heapIndex: -1 })
const makeHeap = () => new Heap<Item>(({ key }) => key)

describe('Heap', () => {
  it('gives out the least key first', () => {
    const heap = makeHeap()
    for (const key of [5, 1, 4, 1, 3]) heap.put(item(key))
    const keys = Array.from({ length: 5 }, () => heap.pop()?.key)
    expect(keys).toEqual([1, 1, 3, 4, 5])
    expect(heap.pop()).toBeUndefined()
    expect(heap.peek()).toBeUndefined()
  })

  it('moves an item whose key changed, instead of holding it twice', () => {
    const heap = makeHeap()
    const items = [1, 2, 3, 4, 5, 6, 7].map(item)
    for (const each of items) heap.put(each)
    const [first, , third] = items
    if (!first || !third) throw new Error('unreachable')
    first.key = 10
    heap.put(first)
    third.key = 0
    heap.put(third)
    expect(heap).toHaveLength(7)
    expect(Array.from({ length: 7 }, () => heap.pop()?.key)).toEqual([0, 2, 4, 5, 6, 7, 10])
  })

  it('marks an item that left, so that it can be put in again or removed twice', () => {
    const heap = makeHeap()
    const [a, b] = [item(1), item(2)]
    heap.put(a)
    heap.put(b)
    heap.remove(a)
    heap.remove(a)
    expect(a.heapIndex).toBe(-1)
    expect(heap.pop()).toBe(b)
    expect(b.heapIndex).toBe(-1)
    heap.put(a)
    expect(heap.peek()).toBe(a)
  })

  it(`is in order after whatever was put, moved, removed and taken (seed ${seed})`, () => {
    const random = seededRandom(seed)
    const heap = makeHeap()
    const model = new Set<Item>()
    const known: Item[] = Array.from({ length: 60 }, () => item(0))
    const least = () => Math.min(...[...model].map(({ key }) => key))
    for (let step = 0; step < 5000; step++) {
      const roll = random.next()
      const chosen = random.pick(known)
      if (roll < 0.5) {
        chosen.key = random.below(50)
        heap.put(chosen)
        model.add(chosen)
      } else if (roll < 0.75) {
        heap.remove(chosen)
        model.delete(chosen)
      } else if (model.size > 0) {
        const expected = least()
        const top = heap.pop()
        expect(top?.key).toBe(expected)
        if (top) expect(model.delete(top)).toBe(true)
      }
      expect(heap).toHaveLength(model.size)
      expect(heap.peek()?.key ?? null).toBe(model.size === 0 ? null : least())
      expect(new Set(heap)).toEqual(model)
    }
  })
})
