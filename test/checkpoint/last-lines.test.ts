import { describe, expect, it } from 'vitest'
import { LastLines } from '../../src/checkpoint/last-lines.js'
import { seed, seededRandom } from '../support/random.js'

describe('the last line of an id', () => {
  it('is the one that was said last', () => {
    const last = new LastLines()
    last.set(1, 0)
    last.set(2, 1)
    last.set(1, 2)
    expect([last.isLast(1, 0), last.isLast(1, 2), last.isLast(2, 1)]).toEqual([false, true, true])
    expect(last.size).toBe(2)
  })

  it('is none for an id that is not known, also on a page that is', () => {
    const last = new LastLines()
    last.set(1, 0)
    expect([last.isLast(2, 0), last.isLast(1000, 0)]).toEqual([false, false])
  })

  it('is kept for any number of lines and ids', () => {
    const random = seededRandom(seed)
    const last = new LastLines()
    const model = new Map<number, number>()
    for (let count = 0; count < 3000; count++) {
      const id = 1 + Math.floor(random.next() * random.pick([2000, 2 ** 48]))
      const line = Math.floor(random.next() * random.pick([10, 2 ** 32 - 1]))
      last.set(id, line)
      model.set(id, line)
    }
    expect(last.size).toBe(model.size)
    for (const [id, line] of model) {
      expect(last.isLast(id, line), `SEED=${seed}`).toBe(true)
      expect(last.isLast(id, line + 1)).toBe(false)
    }
  })
})
