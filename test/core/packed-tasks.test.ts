import { describe, expect, it } from 'vitest'
import { PackedTasks } from '../../src/core/packed-tasks.js'
import { createTask, type LinePlace } from '../../src/core/task.js'
import type { FetchTask, RequestSpec } from '../../src/types.js'

const get: RequestSpec = { method: 'GET', headers: [], body: null }
const post: RequestSpec = { method: 'POST', headers: [], body: 'x' }

function task(id: number, url: string, { request = get, place }: { request?: RequestSpec; place?: LinePlace } = {}) {
  const item = createTask(id, url, { request, defaultScheme: 'http' }, 1_700_000_000_000.25 + id, place)
  if (item.kind !== 'task') throw new Error(`${url} is no task`)
  return item
}

function waiting(id: number, url: string): FetchTask {
  return Object.assign(task(id, url, { place: { list: 2, start: 2 ** 40 + id, end: 2 ** 40 + id + url.length } }), {
    since: 123.456 + id,
    limitedMark: 7.25 * id,
  })
}

const urlOf = (id: number) => `http://a.test:81/${'x'.repeat(id % 90)}?${id}`

describe('PackedTasks', () => {
  it('gives back tasks that equal those put in, in their order', () => {
    const tasks = Array.from({ length: 16 }, (_, index) => waiting(index + 1, `http://a.test:81/${index}`))
    const pack = new PackedTasks(tasks[0]!, 16)
    for (const each of tasks) expect(pack.push(each)).toBe(true)
    expect(pack).toHaveLength(16)
    for (const each of tasks) expect(pack.shift()).toEqual(each)
    expect(pack.shift()).toBeUndefined()
    expect(pack.pop()).toBeUndefined()
  })

  it('gives them back from its end as well, and takes others instead', () => {
    const pack = new PackedTasks(waiting(1, urlOf(1)), 4)
    for (const id of [1, 2, 3]) pack.push(waiting(id, urlOf(id)))
    expect(pack.pop()).toEqual(waiting(3, urlOf(3)))
    expect(pack.push(waiting(40, urlOf(40)))).toBe(true)
    expect([pack.shift(), pack.shift(), pack.shift()]).toEqual([1, 2, 40].map((id) => waiting(id, urlOf(id))))
  })

  it('takes no more than there is room for, of tasks and of bytes', () => {
    const pack = new PackedTasks(waiting(1, 'http://a.test/'), 2)
    expect([1, 2, 3].map((id) => pack.push(waiting(id, 'http://a.test/')))).toEqual([true, true, false])
    const long = new PackedTasks(waiting(1, urlOf(80)), 2)
    expect([1, 2].map((id) => long.push(waiting(id, urlOf(80))))).toEqual([true, false])
    expect(long.shift()).toEqual(waiting(1, urlOf(80)))
  })

  it('takes a URL of any length as its first', () => {
    const url = `http://a.test/${'y'.repeat(65_000)}`
    const pack = new PackedTasks(waiting(1, url), 1)
    expect(pack.push(waiting(1, url))).toBe(true)
    expect(pack.shift()?.target.path).toHaveLength(65_001)
  })

  it('takes no task of another origin or request', () => {
    const pack = new PackedTasks(task(1, 'http://a.test/'), 8)
    expect(pack.push(task(2, 'https://a.test/'))).toBe(false)
    expect(pack.push(task(3, 'http://b.test/'))).toBe(false)
    expect(pack.push(task(4, 'http://a.test/', { request: post }))).toBe(false)
    expect(pack).toHaveLength(0)
  })

  it('takes no task whose line said more than a request', () => {
    const plain = task(1, 'http://a.test/')
    const own = { meta: '1', timeoutMs: null, retries: null }
    expect(new PackedTasks(plain, 4).push({ ...plain, own })).toBe(false)
  })

  it('takes no task that would not come back as it was', () => {
    const pack = new PackedTasks(task(1, 'http://a.test/'), 8)
    const canPack = (each: FetchTask) => [PackedTasks.canPack(each), pack.push(each)]
    expect(canPack(task(2, 'http://a.test/#part'))).toEqual([false, false])
    expect(canPack(task(3, 'http://user:secret@a.test/'))).toEqual([false, false])
    expect(canPack(task(4, 'a.test/x'))).toEqual([false, false])
    const { target, ...rest } = task(5, 'http://a.test/')
    expect(canPack({ ...rest, target: { ...target, isPublicOnly: true } })).toEqual([false, false])
  })
})
