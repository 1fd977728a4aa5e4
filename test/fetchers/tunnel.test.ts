// CONNECT: https through HTTP proxies, and what proxies do that are none, or want to do harm.

import { connect, type LookupFunction, type Socket } from 'node:net'
import { describe, expect, it } from 'vitest'
import { startHttpServer } from '../support/http-server.js'
import { startHttpProxy } from '../support/proxies.js'
import { startAnswering, startRawServer } from '../support/raw-server.js'
import { through } from './proxied.js'
import { never, taskFor, tls, until, useOpened } from './setup.js'

const { open, openFetcher, fetchOnce } = useOpened()

const openServer = () =>
  open(startHttpServer((request, response) => void response.end(JSON.stringify(request.headers)), { tls }))

describe('an https URL through an HTTP proxy', () => {
  it.each([
    ['http', undefined],
    ['https', tls],
  ])('goes by CONNECT, with TLS to its host inside: %s proxy', async (_scheme, certificate) => {
    const server = await openServer()
    const proxy = await open(startHttpProxy(certificate ? { tls: certificate } : {}))
    const attempt = await fetchOnce(`${server.origin}/x`, { insecure: true, ...through(proxy.url()) })
    expect(attempt).toMatchObject({
      failure: null,
      statusCode: 200,
      httpVersion: '1.1',
      remoteIp: '127.0.0.1',
      isProxied: true,
      dnsMs: null,
    })
    expect(attempt.connectMs).toBeGreaterThan(0)
    expect(attempt.tlsMs).toBeGreaterThan(0)
    expect(proxy.asked).toEqual([`CONNECT ${server.host}`])
  })

  it('tells user and password to the proxy, percent-decoded, and never to the host', async () => {
    const server = await openServer()
    const proxy = await open(startHttpProxy({ credentials: { username: 'jo', password: 'p@ss:wört' } }))
    const fetcher = await openFetcher({
      insecure: true,
      keep: { store: null, isSaved: () => false, hash: false, headers: false, bodyBytes: 10_000 },
      ...through(proxy.url('jo:p%40ss%3Aw%C3%B6rt')),
    })
    const { failure, optIns } = await fetcher.fetch(taskFor(server.origin), never)
    expect(failure).toBeNull()
    expect(optIns?.body).toContain('user-agent')
    expect(server.arrivals[0]?.headers).not.toHaveProperty('proxy-authorization')
    expect(proxy.authorizations).toEqual([`Basic ${Buffer.from('jo:p@ss:wört').toString('base64')}`])
  })

  it('keeps its connection, as without a proxy, and has others for other hosts', async () => {
    const [one, other] = [await openServer(), await openServer()]
    const proxy = await open(startHttpProxy())
    const fetcher = await openFetcher({ insecure: true, ...through(proxy.url()) })
    for (const { origin } of [one, other, one, other, one]) {
      expect((await fetcher.fetch(taskFor(origin), never)).failure).toBeNull()
    }
    expect([proxy.accepted, one.accepted, other.accepted]).toEqual([2, 1, 1])
  })

  it('does not trust the proxy for its host: its certificate is checked against the name asked for', async () => {
    const server = await openServer()
    const proxy = await open(startHttpProxy())
    const { failure } = await fetchOnce(server.origin, through(proxy.url()))
    expect(failure).toMatchObject({ type: 'tls', code: 'DEPTH_ZERO_SELF_SIGNED_CERT' })
  })

  it('checks the certificate of an https proxy as well', async () => {
    const proxy = await open(startHttpProxy({ tls }))
    const { failure } = await fetchOnce('https://127.0.0.1:9/', through(proxy.url()))
    expect(failure).toMatchObject({ type: 'proxy', code: 'DEPTH_ZERO_SELF_SIGNED_CERT' })
    expect(proxy.asked).toEqual([])
  })

  it('reads large bodies whole, and holds back what is slow to be taken', async () => {
    const body = Buffer.alloc(3_000_000, 'abcdefgh')
    const server = await open(startHttpServer((_request, response) => void response.end(body), { tls }))
    const proxy = await open(startHttpProxy())
    const attempt = await fetchOnce(server.origin, { insecure: true, ...through(proxy.url()) })
    expect(attempt).toMatchObject({ failure: null, bodyBytes: body.length })
  })

  it('that came upon a connection which the server had closed is stale', async () => {
    const server = await openServer()
    const proxy = await open(startHttpProxy())
    const fetcher = await openFetcher({ insecure: true, ...through(proxy.url()) })
    await fetcher.fetch(taskFor(server.origin), never)
    // The request meets the end of the connection on its way.
    for (const socket of proxy.sockets) socket.pause()
    const pending = fetcher.fetch(taskFor(server.origin), never)
    for (const socket of proxy.sockets) socket.resetAndDestroy()
    expect(await pending).toMatchObject({ stale: true, failure: { type: 'network' } })
    expect((await fetcher.fetch(taskFor(server.origin), never)).failure).toBeNull()
  })
})

describe('a proxy that does not let through', () => {
  it.each([
    [407, 'HTTP_407', 'wants a user and password'],
    [403, 'HTTP_403', 'does not allow a connection to'],
    [502, 'HTTP_502', 'could not connect to'],
    [504, 'HTTP_504', 'could not connect to'],
  ])('is a failure of the proxy: %i', async (status, code, text) => {
    const proxy = await open(startAnswering(`HTTP/1.1 ${status} No\r\nContent-Length: 5\r\n\r\nsorry`))
    const attempt = await fetchOnce('https://127.0.0.1:9/', through(proxy.origin))
    expect(attempt).toMatchObject({ failure: { type: 'proxy', code }, statusCode: null, remoteIp: '127.0.0.1' })
    expect(attempt.failure?.message).toContain(`the proxy ${proxy.origin} ${text}`)
    await until(() => proxy.isLeft)
  })

  it('does not show the password that it refused', async () => {
    const proxy = await open(startHttpProxy({ credentials: { username: 'a', password: 'b' } }))
    const { failure } = await fetchOnce('https://127.0.0.1:9/', through(proxy.url('jo:secret')))
    expect(failure).toEqual({
      type: 'proxy',
      code: 'HTTP_407',
      message: `the proxy ${proxy.url()} does not accept the user and password given (status 407)`,
    })
  })

  it('is not there', async () => {
    const attempt = await fetchOnce('https://127.0.0.1:9/', through('http://127.0.0.1:1'))
    expect(attempt).toMatchObject({ remoteIp: null, isProxied: true, tlsMs: null })
    expect(attempt.failure).toEqual({
      type: 'proxy',
      code: 'ECONNREFUSED',
      message: 'proxy http://127.0.0.1:1: connection refused by 127.0.0.1:1',
    })
  })

  it('has no address', async () => {
    const lookup: LookupFunction = (_name, _options, callback) =>
      callback(Object.assign(new Error('none'), { code: 'ENOTFOUND' }), [])
    const { failure } = await fetchOnce('https://127.0.0.1:9/', { lookup, ...through('http://proxy.test:3128') })
    expect(failure).toEqual({
      type: 'proxy',
      code: 'ENOTFOUND',
      message: 'proxy http://proxy.test:3128: no such host: proxy.test',
    })
  })

  it('says nothing for as long as a connection may take', async () => {
    const proxy = await open(startRawServer({}))
    const { failure } = await fetchOnce('https://127.0.0.1:9/', { connectTimeoutMs: 50, ...through(proxy.origin) })
    expect(failure).toEqual({
      type: 'proxy',
      code: 'TIMEOUT_CONNECT',
      message: `the proxy ${proxy.origin} had no connection to 127.0.0.1:9 within 50ms`,
    })
    await until(() => proxy.isLeft)
  })

  it.each(['', 'HTTP/1.1 2', 'HTTP/1.1 200 OK\r\nA: b\r\n'])(
    'closes in the middle of its answer: %j',
    async (answer) => {
      const proxy = await open(
        startRawServer({ onRequest: ({ socket }) => void (answer === '' ? socket.destroy() : socket.end(answer)) }),
      )
      const { failure } = await fetchOnce('https://127.0.0.1:9/', through(proxy.origin))
      expect(failure).toMatchObject({ type: 'proxy', code: 'ECONNRESET' })
    },
  )
})

describe('what a proxy answers to CONNECT', () => {
  it.each([
    ['a greeting', 'SSH-2.0-OpenSSH_9.2\r\n'],
    ['half of a word', 'HELLO'],
    ['bytes', '\u0005\u00ff'],
    ['a status of four digits', 'HTTP/1.1 2000 OK\r\n\r\n'],
    ['another version', 'HTTP/2 200\r\n\r\n'],
    ['a switch of protocols', 'HTTP/1.1 101 Switching\r\n\r\n'],
    ['a status below 100', 'HTTP/1.1 099 No\r\n\r\n'],
    ['nothing but line ends', '\r\n'.repeat(20_000)],
    ['a head without an end', `HTTP/1.1 200 OK\r\n${'a: b\r\n'.repeat(20_000)}`],
    ['interim answers without an end', 'HTTP/1.1 100 Continue\r\n\r\n'.repeat(5000)],
  ])('is no answer: %s', async (_what, answer) => {
    const proxy = await open(startAnswering(answer))
    const { failure } = await fetchOnce('https://127.0.0.1:9/', through(proxy.origin))
    expect(failure).toMatchObject({ type: 'proxy', code: 'PROXY_PROTOCOL' })
    await until(() => proxy.isLeft)
  })

  it.each([
    ['at once', (head: string) => [head]],
    ['byte by byte', (head: string) => head.split('')],
    [
      'after interim answers',
      (head: string) => ['HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hints\r\nA: b\r\n\r\n', head],
    ],
  ])('lets through, however it comes: %s', async (_how, partsOf) => {
    const server = await openServer()
    const proxy = await open(
      startRawServer({
        onRequest: ({ socket }, count) => {
          if (count > 1) return
          const parts = partsOf('HTTP/1.0 299 Fine\r\nContent-Length: 99\r\n\r\n')
          void writeParts(socket, parts).then(() => {
            socket.removeAllListeners('data')
            socket.pipe(connect(server.port, '127.0.0.1').on('error', () => {})).pipe(socket)
          })
        },
      }),
    )
    const { failure } = await fetchOnce(server.origin, { insecure: true, ...through(proxy.origin) })
    expect(failure).toBeNull()
  })

  it('with bytes of TLS behind it is not lost, and with others is believed by nobody', async () => {
    const server = await openServer()
    const early = await open(startAnswering('HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi'))
    const attempt = await fetchOnce(server.origin, { insecure: true, ...through(early.origin) })
    expect(attempt).toMatchObject({ failure: { type: 'tls' }, statusCode: null, bodyBytes: 0 })
  })
})

describe('the end of a fetcher', () => {
  it('leaves no connection behind in whatever state: waiting for the proxy, for TLS, for the answer, idle', async () => {
    const silent = await open(startRawServer({}))
    const half = await open(startAnswering('HTTP/1.1 200 OK\r\n\r\n'))
    const server = await open(
      startHttpServer((request, response) => void (request.url === '/' ? response.end() : undefined), { tls }),
    )
    const proxy = await open(startHttpProxy({ tls }))
    const fetchers = await Promise.all([
      openFetcher(through(silent.origin)),
      openFetcher(through(half.origin)),
      openFetcher({ insecure: true, ...through(proxy.url()) }),
    ])
    await fetchers[2]?.fetch(taskFor(server.origin), never)
    const pending = [
      fetchers[0]?.fetch(taskFor('https://127.0.0.1:9/'), never),
      fetchers[1]?.fetch(taskFor('https://127.0.0.1:9/'), never),
      fetchers[2]?.fetch(taskFor(`${server.origin}/hangs`), never),
    ]
    await until(() => silent.sockets.size === 1 && half.sockets.size === 1 && server.inFlight === 1)
    await Promise.all(fetchers.map((fetcher) => fetcher.close()))
    for (const attempt of await Promise.all(pending)) expect(attempt?.failure?.type).toBe('aborted')
    await until(() => silent.isLeft && half.isLeft && proxy.sockets.size === 0)
  })
})

async function writeParts(socket: Socket, parts: readonly string[]): Promise<void> {
  for (const part of parts) {
    socket.write(part)
    await new Promise((resolve) => setImmediate(resolve))
  }
}
