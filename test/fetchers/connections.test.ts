// Connections: kept alive, given up, and closed.

import { describe, expect, it } from 'vitest'
import { startHttpServer } from '../support/http-server.js'
import { startAnswering, startRawServer } from '../support/raw-server.js'
import { never, taskFor, tls, until, useOpened } from './setup.js'

const { open, openFetcher } = useOpened()

describe('a connection', () => {
  it.each([
    ['http', undefined],
    ['https', tls],
  ])('serves one request after the other and is opened only once: %s', async (_name, certificate) => {
    const server = await open(
      startHttpServer((_request, response) => void response.end('x'), certificate ? { tls: certificate } : {}),
    )
    const fetcher = await openFetcher({ insecure: true })
    const first = await fetcher.fetch(taskFor(server.origin), never)
    const second = await fetcher.fetch(taskFor(server.origin), never)
    expect(server.accepted).toBe(1)
    expect(first.connectMs).toBeGreaterThan(0)
    expect(second).toMatchObject({ failure: null, dnsMs: null, connectMs: null, tlsMs: null, remoteIp: '127.0.0.1' })
    expect(second.firstByteMs).toBeGreaterThan(0)
  })

  it('is never shared: as many requests as there are run at once', async () => {
    const waiting: (() => void)[] = []
    const server = await open(startHttpServer((_request, response) => void waiting.push(() => response.end())))
    const fetcher = await openFetcher()
    const pending = Array.from({ length: 30 }, () => fetcher.fetch(taskFor(server.origin), never))
    await until(() => server.inFlight === 30)
    for (const answer of waiting) answer()
    await Promise.all(pending)
    expect(server.accepted).toBe(30)
  })

  it('is not used again where the server says so', async () => {
    const server = await open(startAnswering('HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n'))
    const fetcher = await openFetcher()
    for (let nth = 1; nth <= 5; nth++) {
      expect((await fetcher.fetch(taskFor(server.origin), never)).failure).toBeNull()
      expect(server.connections).toHaveLength(nth)
    }
  })

  it('that the server resets instead of answering again is stale', async () => {
    const server = await open(
      startRawServer({
        onRequest: ({ socket }, count) => {
          if (count === 1) socket.write('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n')
          else socket.resetAndDestroy()
        },
      }),
    )
    const fetcher = await openFetcher()
    await fetcher.fetch(taskFor(server.origin), never)
    const attempt = await fetcher.fetch(taskFor(server.origin), never)
    expect(attempt).toMatchObject({ stale: true, failure: { type: 'network' }, connectMs: null })
    expect((await fetcher.fetch(taskFor(server.origin), never)).failure).toBeNull()
  })

  it('that the server closes instead of answering again is stale, unless it began to answer', async () => {
    const server = await open(
      startRawServer({
        onRequest: ({ socket, number }, count) => {
          if (count === 1) socket.write('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n')
          else socket.end(number === 1 ? '' : 'HTTP')
        },
      }),
    )
    const fetcher = await openFetcher()
    const staleness: boolean[] = []
    for (let nth = 0; nth < 4; nth++) staleness.push((await fetcher.fetch(taskFor(server.origin), never)).stale)
    expect(staleness).toEqual([false, true, false, false])
    expect(server.connections).toHaveLength(2)
  })

  it('is a new one for a request that had come upon a stale one: the others may be as stale', async () => {
    const server = await open(
      startRawServer({
        onRequest: ({ socket }, count) => {
          if (count === 1) socket.write('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n')
          else socket.end()
        },
      }),
    )
    const fetcher = await openFetcher()
    // Three connections come to rest; the server will answer nothing more on any of them.
    await Promise.all([1, 2, 3].map(() => fetcher.fetch(taskFor(server.origin), never)))
    const task = taskFor(server.origin)
    expect((await fetcher.fetch(task, never)).stale).toBe(true)
    task.freeRetryUsed = true
    expect(await fetcher.fetch(task, never)).toMatchObject({ failure: null, stale: false })
    expect(server.connections).toHaveLength(4)
  })

  it('that was closed while it was idle costs nothing but a new one', async () => {
    const server = await open(startAnswering('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'))
    const fetcher = await openFetcher()
    await fetcher.fetch(taskFor(server.origin), never)
    const [connection] = server.connections
    connection?.socket.end()
    await until(() => connection?.socket.destroyed === true)
    const attempt = await fetcher.fetch(taskFor(server.origin), never)
    expect(attempt).toMatchObject({ failure: null, stale: false })
    expect(attempt.connectMs).toBeGreaterThan(0)
  })

  it('that closes right after its answer fails no later request, or as stale', async () => {
    const server = await open(
      startRawServer({
        onRequest: ({ socket }) => void socket.end('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'),
      }),
    )
    const fetcher = await openFetcher()
    for (let nth = 0; nth < 50; nth++) {
      const { failure, stale } = await fetcher.fetch(taskFor(server.origin), never)
      expect(stale || failure === null).toBe(true)
    }
  })

  it.each(['Connection: close', 'Proxy-Connection: close', 'Transfer-Encoding: x'])(
    'is not used again after a trailer that is for heads: %s',
    async (trailer) => {
      const chunked = `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n${trailer}\r\n\r\n`
      const server = await open(startAnswering(chunked))
      const fetcher = await openFetcher()
      for (let nth = 0; nth < 3; nth++) {
        expect(await fetcher.fetch(taskFor(server.origin), never)).toMatchObject({ failure: null, statusCode: 200 })
      }
      expect(server.connections).toHaveLength(3)
    },
  )

  it('is given up with what comes unasked for, and its bytes answer nobody', async () => {
    const server = await open(
      startAnswering('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\nHTTP/1.1 404 Forged\r\nContent-Length: 0\r\n\r\n'),
    )
    const fetcher = await openFetcher()
    for (let nth = 0; nth < 3; nth++) {
      expect((await fetcher.fetch(taskFor(server.origin), never)).statusCode).toBe(200)
    }
  })
})

describe('idle connections', () => {
  it('are no more than allowed: the one that rested longest goes first', async () => {
    const servers = await Promise.all(
      [2, 3, 4].map((last) =>
        open(startHttpServer((_request, response) => void response.end(), { address: `127.0.0.${last}` })),
      ),
    )
    const fetcher = await openFetcher({ maxIdleConnections: 2 })
    for (const server of servers) await fetcher.fetch(taskFor(server.origin), never)
    await until(() => servers[0]?.sockets.size === 0)
    for (const server of servers.toReversed()) await fetcher.fetch(taskFor(server.origin), never)
    expect(servers.map(({ accepted }) => accepted)).toEqual([2, 1, 1])
  })

  it('are closed at once where the host has no further task, while others have', async () => {
    const server = await open(startHttpServer((_request, response) => void response.end()))
    const fetcher = await openFetcher()
    const task = taskFor(server.origin)
    task.hostOutlook = 'none'
    expect((await fetcher.fetch(task, never)).failure).toBeNull()
    await until(() => server.sockets.size === 0)
  })

  it.each([
    ['/next', 1],
    ['//127.0.0.1/next', 2],
  ])('are kept for a redirect that leads back to the host: %s', async (location, connections) => {
    const server = await open(startHttpServer((_request, response) => void response.writeHead(302, { location }).end()))
    const fetcher = await openFetcher()
    const task = taskFor(server.origin)
    task.hostOutlook = 'none'
    for (let nth = 0; nth < 2; nth++) await fetcher.fetch(task, never)
    expect(server.accepted).toBe(connections)
  })

  it('to hosts that have further tasks stay where hosts that have none would need room', async () => {
    const servers = await Promise.all(
      [2, 3, 4, 5].map((last) =>
        open(startHttpServer((_request, response) => void response.end(), { address: `127.0.0.${last}` })),
      ),
    )
    const [first, second, third, other] = servers.map(({ origin }) => taskFor(origin))
    if (!first || !second || !third || !other) throw new Error('no tasks')
    for (const task of [first, second, third]) task.hostOutlook = 'more'
    const fetcher = await openFetcher({ maxIdleConnections: 2 })
    // Round after round, as hosts take turns: those that found room keep it.
    for (const task of [first, other, second, third, other, first, second, third, first, second])
      await fetcher.fetch(task, never)
    expect(servers.map(({ accepted }) => accepted)).toEqual([1, 1, 2, 2])
  })

  it('are none where none is allowed', async () => {
    const server = await open(startHttpServer((_request, response) => void response.end()))
    const fetcher = await openFetcher({ maxIdleConnections: 0 })
    for (let nth = 1; nth <= 3; nth++) {
      await fetcher.fetch(taskFor(server.origin), never)
      expect(server.accepted).toBe(nth)
    }
    await until(() => server.sockets.size === 0)
  })

  it('are closed after a while', async () => {
    const server = await open(startAnswering('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'))
    const fetcher = await openFetcher()
    await fetcher.fetch(taskFor(server.origin), never)
    expect(server.connections[0]?.socket.readableEnded).toBe(false)
    await until(() => server.connections[0]?.socket.readableEnded === true)
    expect((await fetcher.fetch(taskFor(server.origin), never)).connectMs).toBeGreaterThan(0)
  })

  it('resume a TLS session where a new one is needed', async () => {
    const reused: boolean[] = []
    const server = await open(
      startHttpServer(
        (request, response) => {
          if ('isSessionReused' in request.socket)
            reused.push(Reflect.apply(Object(request.socket).isSessionReused, request.socket, []))
          response.setHeader('connection', 'close').end()
        },
        { tls },
      ),
    )
    const fetcher = await openFetcher({ insecure: true })
    for (let nth = 0; nth < 2; nth++) await fetcher.fetch(taskFor(server.origin), never)
    expect(reused).toEqual([false, true])
  })
})
