import { describe, expect, it } from 'vitest'
import { nextHop } from '../../src/core/redirect.js'
import { withIdempotencyKeys } from '../../src/fetchers/idempotency-keys.js'
import type { FetchTask, RequestSpec } from '../../src/types.js'
import { makeAttempt, makeTask } from '../support/values.js'
import { never } from './setup.js'

const post: RequestSpec = { method: 'POST', headers: [], body: '{"n":1}' }

/** The key that a request goes out with. */
async function sent(task: FetchTask, name = ''): Promise<string | undefined> {
  let key: string | undefined
  const fetcher = withIdempotencyKeys(
    {
      fetch: async ({ request }) => {
        key = request.headers.find(([field]) => field.toLowerCase() === 'idempotency-key')?.[1]
        return makeAttempt()
      },
      close: async () => {},
    },
    name,
  )
  await fetcher.fetch(task, never)
  return key
}

const taskOf = (request: RequestSpec = post, id = 1) => makeTask(id, 'http://a.test/', request)

describe('an idempotency key', () => {
  it('is a UUID, the same for every try and in every run', async () => {
    const task = taskOf()
    const key = await sent(task)
    expect(key).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    expect(await sent({ ...task, retries: 1 })).toBe(key)
    expect(await sent(taskOf())).toBe(key)
  })

  it('is another for another line, body or batch', async () => {
    const keys = [
      await sent(taskOf()),
      await sent(taskOf(post, 2)),
      await sent(taskOf({ ...post, body: '{"n":2}' })),
      await sent(taskOf({ ...post, body: null })),
      await sent(taskOf(), 'May'),
    ]
    expect(new Set(keys).size).toBe(keys.length)
    expect(await sent(taskOf({ ...post, body: Buffer.from('{"n":1}') }))).toBe(keys[0])
  })

  it('is sent with what is not idempotent, and leaves one that the caller set', async () => {
    expect(await sent(taskOf({ ...post, method: 'PUT' }))).toBeUndefined()
    expect(await sent(taskOf({ ...post, headers: [['idempotency-key', 'mine']] }))).toBe('mine')
  })

  it('stays on a hop within the origin, and goes with the method, or with the origin', async () => {
    const task = taskOf({ ...post, body: null })
    const key = await sent(task)
    const hop = (statusCode: number, location: string): FetchTask => {
      const next = nextHop(task, statusCode, { locations: [location], remoteIp: null }, true)
      if ('type' in next) throw new Error(next.message)
      return { ...task, ...next, redirects: 1 }
    }
    expect(await sent(hop(307, '/b'))).toBe(key)
    expect(await sent(hop(303, '/b'))).toBeUndefined()
    expect(await sent(hop(307, 'http://b.test/'))).toBeUndefined()
  })
})
