import type { LookupFunction } from 'node:net'
import { describe, expect, it } from 'vitest'
import { publicOnly } from '../../src/fetchers/public-only.js'
import type { FetchTask } from '../../src/types.js'
import { startHttpServer } from '../support/http-server.js'
import { startRawServer } from '../support/raw-server.js'
import { never, taskFor, until, useOpened } from './setup.js'

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

  it('is told apart from what --public-only refuses', async () => {
    const attempt = await (await openFetcher()).fetch(guarded('http://127.0.0.1:1/'), never)
    expect(attempt.failure?.message).toBe(
      'a public host redirects to 127.0.0.1:1, which is not public (--allow-private-redirects)',
    )
  })

  it('may still be aborted', async () => {
    const fetcher = await openFetcher({ lookup: () => {} })
    const ending = new AbortController()
    const fetching = fetcher.fetch(guarded('http://slow.test/'), ending.signal)
    ending.abort()
    expect((await fetching).failure).toMatchObject({ type: 'aborted' })
  })
})

const words = (text: string) => text.trim().split(/\s+/)

/** What a URL may call this machine. */
const spellings = words(`
  127.0.0.1 127.1 127.0.1 0x7f000001 0x7f.1 0177.0.0.1 017700000001 2130706433 127.0.0.1.
  \uff11\uff12\uff17.0.0.1 \u2460\u2461\u2466.0.0.1 127\u30020\uff0e0\uff611 %31%32%37.0.0.1 0 0.0.0.0
`)
/** And other places that are nobody's business. */
const neverDialled = words(`
  [::1] [::ffff:127.0.0.1] [::ffff:7f00:1] [::127.0.0.1] [64:ff9b::7f00:1] [64:ff9b:1::7f00:1] [2002:7f00:1::]
  [2001:0:7f00:1::] [fe80::1] [fec0::1] [fd00:ec2::254] 169.254.169.254 100.100.100.200 localhost localhost.
  LOCALHOST a.localhost
`)

describe('with publicOnly', () => {
  it.each(spellings)('%s is refused, and without it connected to', async (hostname) => {
    const server = await hello()
    const task = taskFor(`http://${hostname}:${server.port}/`)
    const attempt = await (await openFetcher({ publicOnly: true })).fetch(task, never)
    expect(attempt.failure).toEqual({
      type: 'blocked',
      code: 'PRIVATE_ADDRESS',
      message: `${task.target.host} is not public (--public-only)`,
    })
    expect(attempt).toMatchObject({ dnsMs: null, connectMs: null, remoteIp: null, exhausted: false, stale: false })
    expect(server.accepted).toBe(0)
    expect((await (await openFetcher()).fetch(task, never)).failure).toBeNull()
    expect(server.accepted).toBe(1)
  })

  it.each(neverDialled)('%s is refused without a lookup', async (hostname) => {
    let lookups = 0
    const fetcher = await openFetcher({ publicOnly: true, lookup: () => (lookups += 1) })
    expect((await fetcher.fetch(taskFor(`http://${hostname}:1/`), never)).failure?.type).toBe('blocked')
    expect((await fetcher.fetch(taskFor(`https://${hostname}:1/`), never)).failure?.type).toBe('blocked')
    expect(lookups).toBe(0)
  })

  it.each(['http', 'https'])(
    'a name that answers otherwise the second time is judged each time: %s',
    async (scheme) => {
      const server = await open(startRawServer({}))
      // Rebinding: what a check of its own would be told is public, what the connection would be told is not.
      const fetcher = await openFetcher({ publicOnly: true, lookup: answering(['127.0.0.1'], ['8.8.8.8']) })
      const attempt = await fetcher.fetch(taskFor(`${scheme}://rebound.test:${server.port}/`), never)
      expect(attempt.failure).toMatchObject({ type: 'blocked', message: expect.stringContaining('rebound.test') })
      expect(server.connections).toHaveLength(0)
    },
  )

  it.each(['http', 'https'])('a socket that ends up elsewhere is closed before a byte is sent: %s', async (scheme) => {
    const server = await open(startRawServer({}))
    let reads = 0
    // Public for whoever checks it, private for whoever dials it.
    const twoFaced = {
      family: 4,
      get address() {
        reads += 1
        return reads === 1 ? '8.8.8.8' : '127.0.0.1'
      },
    }
    const lookup: LookupFunction = (_name, _options, callback) => setImmediate(() => callback(null, [twoFaced]))
    const fetcher = await openFetcher({ publicOnly: true, lookup })
    const attempt = await fetcher.fetch(taskFor(`${scheme}://two-faced.test:${server.port}/`), never)
    expect(attempt.failure).toMatchObject({ type: 'blocked', code: 'PRIVATE_ADDRESS' })
    await until(() => server.connections[0]?.socket.readableEnded === true)
    expect(server.connections[0]?.received).toBe('')
  })

  it('connections are used again after a redirect', async () => {
    const server = await hello()
    const resolve = [{ host: 'mine.test', port: server.port, address: '127.0.0.1' }]
    const fetcher = await openFetcher({ publicOnly: true, resolve })
    const url = `http://mine.test:${server.port}/`
    expect((await fetcher.fetch(taskFor(url), never)).failure).toBeNull()
    expect((await fetcher.fetch(guarded(url), never)).connectMs).toBeNull()
    expect(server.accepted).toBe(1)
  })
})

describe('a lookup of public addresses', () => {
  const ask = (answers: string[]) =>
    new Promise((resolve) => {
      publicOnly(answering(answers))('a.test', { all: true }, (error, answer) => resolve(error ?? answer))
    })

  it('drops all others from an answer', async () => {
    const answer = await ask(['127.0.0.1', '8.8.8.8', '::1', '2606:4700::1111', '10.0.0.1', '::ffff:10.0.0.1'])
    expect(answer).toEqual([
      { address: '8.8.8.8', family: 4 },
      { address: '2606:4700::1111', family: 6 },
    ])
  })

  it('fails where nothing is left', async () => {
    expect(await ask(['127.0.0.1', 'fe80::1%lo'])).toMatchObject({ code: 'PRIVATE_ADDRESS' })
  })

  it('judges a single address, too', async () => {
    const single = (address: string) =>
      new Promise((resolve) => {
        publicOnly(answering([address]))('a.test', {}, (error, answer) => resolve(error ?? answer))
      })
    expect(await single('8.8.8.8')).toBe('8.8.8.8')
    expect(await single('127.0.0.1')).toMatchObject({ code: 'PRIVATE_ADDRESS' })
  })
})
