import { describe, expect, it } from 'vitest'
import { Deque } from '../../src/core/deque.js'
import { seed, seededRandom } from '../support/random.js'

describe('Deque', () => {
  it('has nothing to give when it is empty', () => {
    const deque = new Deque<number>()
    expect(deque.shift()).toBeUndefined()
    expect(deque).toHaveLength(0)
    expect([...deque]).toEqual([])
  })

  it('is usable again after it was emptied', () => {
    const deque = new Deque<number>()
    deque.push(1)
    deque.shift()
    deque.shift()
    deque.push(2)
    expect(deque).toHaveLength(1)
    expect(deque.shift()).toBe(2)
  })

  it('shows what it holds, first in first, and keeps it', () => {
    const deque = new Deque<number>()
    for (const item of [1, 2, 3]) deque.push(item)
    deque.shift()
    expect([...deque]).toEqual([2, 3])
    expect(deque).toHaveLength(2)
  })

  it('shows its two ends, and gives out from both', () => {
    const deque = new Deque<number>()
    expect([deque.first, deque.last, deque.pop()]).toEqual([undefined, undefined, undefined])
    for (const item of [1, 2, 3, 4]) deque.push(item)
    deque.shift()
    expect([deque.first, deque.last]).toEqual([2, 4])
    expect([deque.pop(), deque.pop(), deque.pop(), deque.pop()]).toEqual([4, 3, 2, undefined])
    expect([deque.first, deque.last]).toEqual([undefined, undefined])
    deque.push(5)
    expect([deque.first, deque.last]).toEqual([5, 5])
  })

  // Long enough for the array's used-up front to be cut off several times.
  it(`gives out everything once, in order, however long it grew (seed ${seed})`, () => {
    const random = seededRandom(seed)
    const deque = new Deque<number>()
    let pushed = 0
    let shifted = 0
    for (let round = 0; round < 200; round++) {
      for (let count = random.below(200); count > 0; count--) deque.push(pushed++)
      for (let count = random.below(210); count > 0 && shifted < pushed; count--) expect(deque.shift()).toBe(shifted++)
      expect(deque).toHaveLength(pushed - shifted)
      if (shifted < pushed) expect(deque[Symbol.iterator]().next().value).toBe(shifted)
    }
    while (shifted < pushed) expect(deque.shift()).toBe(shifted++)
    expect(deque.shift()).toBeUndefined()
  })
})
