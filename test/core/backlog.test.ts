import { describe, expect, it } from 'vitest'
import { Backlog } from '../../src/core/backlog.js'
import { InputError } from '../../src/core/errors.js'
import { Lane } from '../../src/core/lane.js'
import { memoryStore } from '../support/memory-store.js'
import { makeTask } from '../support/values.js'

const task = (id: number, host = 'a.test') => makeTask(id, `http://${host}/${id}`)
const ids = (tasks: readonly { id: number }[]) => tasks.map(({ id }) => id)

describe('Backlog', () => {
  it('brings back what was parked, in its order, as many at a time as are asked for', async () => {
    const backlog = new Backlog(memoryStore())
    const lane = new Lane('a.test')
    for (const id of [1, 2, 3, 7]) expect(backlog.park(lane, task(id))).toBe(true)
    expect([backlog.count, lane.backlog]).toEqual([4, 4])
    expect(ids(await backlog.read(lane, 2))).toEqual([1, 2])
    expect(ids(await backlog.read(lane, 9))).toEqual([3])
    expect(ids(await backlog.read(lane, 9))).toEqual([7])
    expect([backlog.count, lane.parked]).toEqual([0, null])
    expect(await backlog.read(lane, 9)).toEqual([])
  })

  it('brings back first what was admitted before and had to go', async () => {
    const backlog = new Backlog(memoryStore())
    const lane = new Lane('a.test')
    backlog.park(lane, task(9))
    expect(
      backlog.parkFirst(
        lane,
        [2, 3, 5].map((id) => task(id)),
      ),
    ).toEqual([])
    const back = [...(await backlog.read(lane, 9)), ...(await backlog.read(lane, 9)), ...(await backlog.read(lane, 9))]
    expect(ids(back)).toEqual([2, 3, 5, 9])
  })

  it('refuses when its memory is used up, and takes again when some came back', async () => {
    const backlog = new Backlog(memoryStore(), 1000)
    const lane = new Lane('a.test')
    let parked = 0
    while (backlog.park(lane, task(2 * parked + 1))) parked++
    expect(parked).toBeGreaterThan(20)
    const tasks = [task(9001), task(9002)]
    expect(backlog.parkFirst(lane, tasks)).toEqual(tasks)
    for (let count = 0; count < parked; count++) await backlog.read(lane, 1)
    expect(backlog.park(lane, task(9001))).toBe(true)
  })

  it('says which tasks found no room in the store', () => {
    const store = memoryStore()
    const backlog = new Backlog(store)
    const lane = new Lane('a.test')
    store.fill()
    expect(backlog.park(lane, task(1))).toBe(false)
    expect(ids(backlog.parkFirst(lane, [task(2), task(3)]))).toEqual([2, 3])
    expect([backlog.count, lane.parked]).toEqual([0, null])
  })

  it('tells when the list says something else than before', async () => {
    const lane = new Lane('a.test')
    const backlog = new Backlog({ ...memoryStore(), read: async () => ({ tasks: [task(1, 'b.test')], end: 2 }) })
    backlog.park(lane, task(1))
    await expect(backlog.read(lane, 1)).rejects.toThrow(InputError)
    const empty = new Backlog({ ...memoryStore(), read: async () => ({ tasks: [], end: 2 }) })
    empty.park(lane, task(1))
    await expect(empty.read(lane, 1)).rejects.toThrow(/changed while it was read/)
  })
})
