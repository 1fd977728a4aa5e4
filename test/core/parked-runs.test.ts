import { describe, expect, it } from 'vitest'
import { ParkedRuns } from '../../src/core/parked-runs.js'
import type { ParkedRun } from '../../src/types.js'
import { seed, seededRandom } from '../support/random.js'

const line = (id: number, list = 0) => ({ list, start: id * 10, end: id * 10 + 9 })

function drain(runs: ParkedRuns): ParkedRun[] {
  const drained: ParkedRun[] = []
  for (let run = runs.shift(); run; run = runs.shift()) drained.push(run)
  return drained
}

describe('ParkedRuns', () => {
  it('makes one run of consecutive lines of a list, whatever stands between them', () => {
    const runs = new ParkedRuns()
    for (const id of [5, 6, 7]) runs.push(line(id), id)
    expect(runs.count).toBe(3)
    expect(drain(runs)).toEqual([{ list: 0, firstId: 5, count: 3, start: 50, end: 79 }])
    expect(runs.count).toBe(0)
  })

  it('begins a new run where ids are left out, or in another list', () => {
    const runs = new ParkedRuns()
    runs.push(line(1), 1)
    runs.push(line(3), 3)
    runs.push(line(4, 1), 4)
    expect(drain(runs).map(({ firstId, list }) => [firstId, list])).toEqual([
      [1, 0],
      [3, 0],
      [4, 1],
    ])
  })

  it('joins what follows byte for byte in the temporary file, whatever its ids', () => {
    const runs = new ParkedRuns()
    runs.push({ list: -1, start: 0, end: 10 }, 8)
    runs.push({ list: -1, start: 10, end: 30 }, 3)
    runs.push({ list: -1, start: 40, end: 50 }, 4)
    expect(drain(runs).map(({ count, start, end }) => [count, start, end])).toEqual([
      [2, 0, 30],
      [1, 40, 50],
    ])
  })

  it('gives out first what was put back', () => {
    const runs = new ParkedRuns()
    for (const id of [1, 2, 9]) runs.push(line(id), id)
    const first = runs.shift()
    if (!first) throw new Error('there is a run')
    runs.unshift({ ...first, firstId: 2, count: 1, start: 20 })
    expect(runs.count).toBe(2)
    expect(drain(runs).map(({ firstId }) => firstId)).toEqual([2, 9])
  })

  it('gives back every task once and in order, in a few bytes each, for random ids and places', () => {
    const random = seededRandom(seed)
    const runs = new ParkedRuns()
    const expected: number[] = []
    const got: number[] = []
    let id = 0
    let most = 0
    const take = () => {
      const run = runs.shift()
      if (!run) return
      expect(run.start, `seed ${seed}`).toBe(run.firstId * 1000)
      for (let index = 0; index < run.count; index++) got.push(run.firstId + index)
    }
    for (let step = 0; step < 20_000; step++) {
      id += random.next() < 0.5 ? 1 : 1 + random.below(1e6)
      expected.push(id)
      runs.push({ list: 0, start: id * 1000, end: id * 1000 + random.below(900) }, id)
      most = Math.max(most, runs.count)
      if (random.next() < 0.2) take()
    }
    expect(runs.size / most, `seed ${seed}`).toBeLessThan(30)
    while (runs.count > 0) take()
    expect(got, `seed ${seed}`).toEqual(expected)
  })

  it('does not grow while as much goes out as comes in', () => {
    const runs = new ParkedRuns()
    for (let id = 1; id <= 100_000; id += 2) {
      runs.push(line(id), id)
      if (id > 100) runs.shift()
    }
    expect(runs.size).toBeLessThan(5000)
  })

  it('keeps places beyond 4 GiB, and ids that go back', () => {
    const runs = new ParkedRuns()
    const far = { list: 3, start: 2 ** 45, end: 2 ** 45 + 70_000 }
    runs.push(far, 2 ** 40)
    runs.push(line(7), 7)
    runs.push(far, 2 ** 50)
    expect(drain(runs).map(({ list, firstId, start, end }) => [list, firstId, start, end])).toEqual([
      [3, 2 ** 40, far.start, far.end],
      [0, 7, 70, 79],
      [3, 2 ** 50, far.start, far.end],
    ])
  })
})
