import { describe, expect, it } from 'vitest'
import { LastSecond } from '../../src/core/last-second.js'
import { seed, seededRandom } from '../support/random.js'

describe('LastSecond', () => {
  it('lets go of what is a second old, in its order', () => {
    const left: number[] = []
    const lastSecond = new LastSecond((row) => left.push(row))
    lastSecond.push(1, 0)
    lastSecond.push(2, 400)
    lastSecond.push(3, 999)
    expect(left).toEqual([])
    lastSecond.push(4, 1000)
    expect(left).toEqual([1])
    lastSecond.expire(1999)
    expect(left).toEqual([1, 2, 3])
    lastSecond.expire(1e9)
    expect(left).toEqual([1, 2, 3, 4])
  })

  it('holds what a second held, however much or little that is', () => {
    const random = seededRandom(seed)
    const held: { row: number; at: number }[] = []
    const lastSecond = new LastSecond((row) => {
      expect(held.shift()?.row, `SEED=${seed}`).toBe(row)
    })
    let now = 0
    for (let step = 0; step < 20_000; step++) {
      // Now and then a rush, now and then a pause.
      now += random.next() < 0.001 ? 3000 : random.next() * (step % 5000 < 2500 ? 50 : 1)
      const row = random.below(2 ** 32)
      lastSecond.push(row, now)
      held.push({ row, at: now })
      expect(held[0]?.at, `SEED=${seed}`).toBeGreaterThan(now - 1000)
    }
  })
})
