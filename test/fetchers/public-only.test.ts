import type { LookupFunction } from 'node:net'
import { describe, expect, it } from 'vitest'
import type { FetchTask } from '../../src/types.js'
import { startHttpServer } from '../support/http-server.js'
import { never, taskFor, useOpened } from './setup.js'

const { open, openFetcher } = useOpened()

const hello = () => open(startHttpServer((_request, response) => void response.end('hello')))

/** As a redirect from a public address leaves it. */
function guarded(url: string): FetchTask {
  const task = taskFor(url)
  task.target = { ...task.target, isPublicOnly: true }
  return task
}

/** Answers with these addresses, one after the other, and with the last from then on. */
function answering(...answers: string[][]): LookupFunction {
  return (_name, options, callback) => {
    const addresses = answers.length > 1 ? (answers.shift() ?? []) : (answers[0] ?? [])
    const all = addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))
    if (options.all) setImmediate(() => callback(null, all))
    else setImmediate(() => callback(null, all[0]?.address ?? '', all[0]?.family))
  }
}

describe('a request that may only go to public addresses', () => {
  it('is refused an address that is none, and the server sees no connection', async () => {
    const server = await hello()
    const fetcher = await openFetcher()
    const attempt = await fetcher.fetch(guarded(server.origin), never)
    expect(attempt.failure).toMatchObject({ type: 'blocked', code: 'PRIVATE_ADDRESS' })
    expect(attempt.failure?.message).toContain(server.host)
    expect(server.accepted).toBe(0)
  })

  it('is refused a name that has only such addresses', async () => {
    const server = await hello()
    const fetcher = await openFetcher({ lookup: answering(['127.0.0.1', '::1', '169.254.169.254']) })
    const attempt = await fetcher.fetch(guarded(`http://rebound.test:${server.port}/`), never)
    expect(attempt.failure).toMatchObject({ type: 'blocked', code: 'PRIVATE_ADDRESS' })
    expect(server.accepted).toBe(0)
  })

  it('does not share the connections of those that may go anywhere', async () => {
    const server = await hello()
    const fetcher = await openFetcher({ lookup: answering(['127.0.0.1']) })
    const url = `http://both.test:${server.port}/`
    expect((await fetcher.fetch(taskFor(url), never)).failure).toBeNull()
    expect((await fetcher.fetch(guarded(url), never)).failure).toMatchObject({ type: 'blocked' })
    expect((await fetcher.fetch(taskFor(url), never)).connectMs).toBeNull()
    expect(server.accepted).toBe(1)
  })

  it('goes where the caller sends it with an address of his own', async () => {
    const server = await hello()
    const fetcher = await openFetcher({ resolve: [{ host: 'mine.test', port: server.port, address: '127.0.0.1' }] })
    expect((await fetcher.fetch(guarded(`http://mine.test:${server.port}/`), never)).failure).toBeNull()
  })

  it('may still be aborted', async () => {
    const fetcher = await openFetcher({ lookup: () => {} })
    const ending = new AbortController()
    const fetching = fetcher.fetch(guarded('http://slow.test/'), ending.signal)
    ending.abort()
    expect((await fetching).failure).toMatchObject({ type: 'aborted' })
  })
})
