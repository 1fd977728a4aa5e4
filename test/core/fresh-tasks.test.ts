import { describe, expect, it } from 'vitest'
import { FreshTasks } from '../../src/core/fresh-tasks.js'
import { createTask } from '../../src/core/task.js'
import type { FetchTask } from '../../src/types.js'
import { seed, seededRandom } from '../support/random.js'

const template = { request: { method: 'GET', headers: [], body: null }, defaultScheme: 'http' } as const

function task(id: number, url = `http://a.test/${id}`): FetchTask {
  const item = createTask(id, url, template, 1000 + id)
  if (item.kind !== 'task') throw new Error(`${url} is no task`)
  return item
}

const idsOf = (tasks: readonly (FetchTask | undefined)[]) => tasks.map((each) => each?.id)

describe('FreshTasks', () => {
  it('keeps a few tasks as they are', () => {
    const fresh = new FreshTasks()
    const tasks = [1, 2, 3].map((id) => task(id))
    for (const each of tasks) fresh.push(each)
    expect(fresh.shift()).toBe(tasks[0])
    expect(fresh.takeLast(5)).toEqual(tasks.slice(1))
    expect(fresh).toHaveLength(0)
  })

  it('gives back many, with such among them that cannot be packed, in their order', () => {
    const fresh = new FreshTasks()
    const tasks = Array.from({ length: 1000 }, (_, index) =>
      task(index + 1, `http://a.test/${index}${index % 7 === 0 ? '#part' : ''}`),
    )
    for (const each of tasks) fresh.push(each)
    expect(fresh).toHaveLength(1000)
    for (const each of tasks) expect(fresh.shift()).toEqual(each)
    expect(fresh.shift()).toBeUndefined()
  })

  it('packs tasks that ask alike, whatever they ask, and makes no pack for each that does not', () => {
    const fresh = new FreshTasks()
    const request = (n: number) => ({ method: 'POST', headers: [], body: `${n}` })
    const shared = request(0)
    // Runs of the same request, and such that each have their own.
    const tasks = Array.from({ length: 2000 }, (_, index) => {
      const asked = index % 300 < 200 ? shared : request(index)
      return { ...task(index + 1), method: 'POST', request: asked, bytes: 7 }
    })
    for (const each of tasks) fresh.push(each)
    for (const each of tasks.slice(0, 1000)) {
      const given = fresh.shift()
      expect(given).toEqual(each)
      expect(given?.request).toBe(each.request)
    }
    expect(fresh.takeLast(1000)).toEqual(tasks.slice(1000))
  })

  it(`is a queue with two ends, whatever is done to it (seed ${seed})`, () => {
    const random = seededRandom(seed)
    const fresh = new FreshTasks()
    let expected: FetchTask[] = []
    let id = 0
    for (let round = 0; round < 3000; round++) {
      const count = random.below(random.below(10) === 0 ? 300 : 20)
      switch (random.below(3)) {
        case 0:
          for (let added = 0; added < count; added++) {
            const origin = random.below(50) === 0 ? 'https://a.test' : 'http://a.test'
            const next = task(++id, `${origin}/${'z'.repeat(random.below(60))}${random.below(30) === 0 ? '#x' : ''}`)
            fresh.push(next)
            expected.push(next)
          }
          break
        case 1:
          for (let taken = 0; taken < count; taken++) {
            expect(fresh.shift()).toEqual(expected.shift())
          }
          break
        default: {
          const rest = expected.slice(0, Math.max(0, expected.length - count))
          expect(idsOf(fresh.takeLast(count))).toEqual(idsOf(expected.slice(rest.length)))
          expected = rest
        }
      }
      expect(fresh).toHaveLength(expected.length)
    }
  })
})
