// HTTP/2 by another way than straight: through CONNECT and SOCKS 5, over a local socket; and where it is not spoken.

import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2'
import { createSecureServer } from 'node:http2'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { createServer as createTlsServer, TLSSocket } from 'node:tls'
import { describe, expect, it } from 'vitest'
import { createHttp2Fetcher } from '../../src/fetchers/http2.js'
import type { FetcherOptions } from '../../src/fetchers/index.js'
import type { Attempt, Fetcher, FetchTask } from '../../src/types.js'
import { goAway, reset, startFrameServer } from '../support/h2-frames.js'
import { type H2Server, startH2Server } from '../support/h2-server.js'
import { startHttpServer } from '../support/http-server.js'
import { type HttpProxy, type SocksProxy, startHttpProxy, startSocksProxy } from '../support/proxies.js'
import { tempFolder } from '../support/temp.js'
import { through } from './proxied.js'
import { defaults, never, pem, taskFor, until, useOpened } from './setup.js'

const { open } = useOpened()
const identity = { cert: pem('server.cert'), key: pem('server.key') }
const authority = { ca: pem('authority.cert'), client: null, minVersion: null }
const client = { cert: pem('client.cert'), key: pem('client.key') }
const kept = { store: null, isSaved: () => false, hash: false, headers: false, bodyBytes: 10_000_000 }

const openFetcher = (options: Partial<FetcherOptions> = {}): Promise<Fetcher> =>
  open(createHttp2Fetcher({ ...defaults, tls: authority, keep: kept, ...options }))

const hello = (stream: ServerHttp2Stream, headers: IncomingHttpHeaders): void => {
  stream.respond({ ':status': 200 })
  stream.end(`hello ${headers[':path']}`)
}

const serve = (handle = hello, options = {}): Promise<H2Server> =>
  open(startH2Server({ ...identity, ...options }, handle))

const fetchAll = (fetcher: Fetcher, tasks: readonly FetchTask[]): Promise<Attempt[]> =>
  Promise.all(tasks.map((task) => fetcher.fetch(task, never)))

const tasksFor = (origin: string, count: number): FetchTask[] =>
  Array.from({ length: count }, (_, index) => taskFor(`${origin}/${index}`))

const ways: readonly [string, () => Promise<HttpProxy | SocksProxy>, string][] = [
  ['an http proxy', () => startHttpProxy(), 'http'],
  ['SOCKS 5', () => startSocksProxy(), 'socks5'],
  ['SOCKS 5 that looks names up', () => startSocksProxy(), 'socks5h'],
]

describe.each(ways)('through %s', (_name, start, scheme) => {
  async function opened(options: Partial<FetcherOptions> = {}) {
    const proxy = await open(start())
    return { proxy, fetcher: await openFetcher({ ...through(`${scheme}://${proxy.host}`), ...options }) }
  }

  it('requests to a host share one tunnel, and its times are those of the request that it was opened for', async () => {
    const server = await serve()
    const { proxy, fetcher } = await opened()
    const attempts = await fetchAll(fetcher, tasksFor(server.origin, 20))
    for (const [index, attempt] of attempts.entries()) {
      expect(attempt).toMatchObject({
        failure: null,
        httpVersion: '2',
        isProxied: true,
        remoteIp: '127.0.0.1',
        optIns: { body: `hello /${index}` },
      })
    }
    expect(attempts.filter(({ connectMs, tlsMs }) => connectMs !== null && tlsMs !== null)).toHaveLength(1)
    expect([proxy.asked.length, proxy.accepted, server.accepted]).toEqual([1, 1, 1])
  })

  it('large bodies arrive whole, many at a time', async () => {
    const body = Buffer.alloc(3_000_000, 'abcdefgh')
    const handle = (stream: ServerHttp2Stream) => {
      stream.respond({ ':status': 200 })
      stream.end(body)
    }
    const server = await serve(handle, { maxSessionMemory: 100 })
    const { fetcher } = await opened()
    const posts = Array.from({ length: 4 }, () =>
      taskFor(server.origin, { request: { method: 'POST', body: Buffer.alloc(1_000_000, 'x') } }),
    )
    for (const attempt of await fetchAll(fetcher, [...tasksFor(server.origin, 4), ...posts])) {
      expect(attempt).toMatchObject({ failure: null, httpVersion: '2', bodyBytes: body.length })
    }
    expect(server.accepted).toBe(1)
  })

  it('a host without HTTP/2 gets HTTP/1.1, over the tunnel that is there', async () => {
    const body = Buffer.alloc(1_000_000, 'abcdefgh')
    const server = await open(startHttpServer((_request, response) => void response.end(body), { tls: identity }))
    const { proxy, fetcher } = await opened()
    for (let turn = 0; turn < 2; turn++) {
      for (const attempt of await fetchAll(fetcher, tasksFor(server.origin, 3)))
        expect(attempt).toMatchObject({ failure: null, httpVersion: '1.1', bodyBytes: body.length })
    }
    expect([proxy.accepted, server.accepted]).toEqual([3, 3])
  })

  it('what the host has not begun with is told from what it has', async () => {
    const server = await open(
      startFrameServer({
        tls: identity,
        onRequest: ({ socket }, stream) => {
          socket.write(stream === 1 ? reset(stream, 7) : goAway(stream - 2, 0))
          if (stream !== 1) socket.end()
        },
      }),
    )
    const { fetcher } = await opened()
    for (let turn = 0; turn < 2; turn++) {
      const attempt = await fetcher.fetch(taskFor(server.origin), never)
      expect(attempt).toMatchObject({ unprocessed: true, failure: { type: 'network', code: 'NGHTTP2_REFUSED_STREAM' } })
    }
  })

  it('the certificate of the client is shown as straight there: by the list, and not to where a foreign redirect led', async () => {
    const names: string[] = []
    const server = await serve(
      (stream) => {
        const socket = stream.session?.socket
        names.push(socket instanceof TLSSocket ? peerOf(socket) : '')
        stream.respond({ ':status': 200 })
        stream.end()
      },
      { requestCert: true, rejectUnauthorized: false, ca: pem('authority.cert') },
    )
    const { fetcher } = await opened({ tls: { ...authority, client } })
    for (const isForeign of [false, true, false, true]) {
      const task = taskFor(server.origin)
      // Each with a connection of its own: sessions are resumed.
      task.hostOutlook = 'none'
      if (isForeign) task.target = { ...task.target, isForeign }
      expect(await fetcher.fetch(task, never)).toMatchObject({ failure: null, httpVersion: '2' })
    }
    expect(names).toEqual(['poolfetch test client', 'nobody', 'poolfetch test client', 'nobody'])
    expect(server.accepted).toBe(4)
  })

  it('the end of a run closes tunnels, whatever is under way there', async () => {
    const server = await serve(() => {})
    const { proxy, fetcher } = await opened()
    const controller = new AbortController()
    const fetching = Promise.all(tasksFor(server.origin, 3).map((task) => fetcher.fetch(task, controller.signal)))
    await until(() => server.inFlight === 3)
    controller.abort()
    for (const { failure } of await fetching) expect(failure?.type).toBe('aborted')
    await fetcher.close()
    await until(() => proxy.sockets.size === 0 && server.sockets.size === 0)
  })
})

describe('a proxy', () => {
  it('that speaks TLS is offered HTTP/1.1 alone, and no certificate of the client', async () => {
    const greetings: [protocols: string | false | null, name: string][] = []
    const server = await open(startHttpServer((_request, response) => void response.end('hello'), { tls: identity }))
    const asking = { requestCert: true, rejectUnauthorized: false, ca: pem('authority.cert') }
    const proxy = createTlsServer({ ...identity, ...asking, ALPNProtocols: ['h2', 'http/1.1'] }, (socket) => {
      greetings.push([socket.alpnProtocol, peerOf(socket)])
      socket.on('error', () => {})
      socket.once('data', () => {
        const onward = connect(server.port, '127.0.0.1', () => void socket.write('HTTP/1.1 200 OK\r\n\r\n'))
        onward.on('error', () => {})
        onward.pipe(socket).pipe(onward)
      })
    })
    await new Promise<void>((resolve) => void proxy.listen(0, '127.0.0.1', resolve))
    await open({ close: () => new Promise((resolve) => void proxy.close(() => resolve())) })
    const address = proxy.address()
    const port = typeof address === 'object' ? address?.port : 0
    const fetcher = await openFetcher({ ...through(`https://127.0.0.1:${port}`), tls: { ...authority, client } })
    expect(await fetcher.fetch(taskFor(server.origin), never)).toMatchObject({ failure: null, httpVersion: '1.1' })
    expect(greetings).toEqual([['http/1.1', 'nobody']])
  })

  it('that is spoken TLS to leads to hosts by HTTP/1.1', async () => {
    const server = await open(startHttpServer((_request, response) => void response.end('hello'), { tls: identity }))
    const proxy = await open(startHttpProxy({ tls: identity }))
    const fetcher = await openFetcher(through(proxy.url()))
    for (const attempt of await fetchAll(fetcher, tasksFor(server.origin, 3)))
      expect(attempt).toMatchObject({ failure: null, httpVersion: '1.1', isProxied: true })
    expect(await fetcher.fetch(taskFor(server.origin), never)).toMatchObject({ failure: null, httpVersion: '1.1' })
  })

  it('that is spoken TLS to is left at the end of a run, whatever is under way there', async () => {
    const server = await open(startHttpServer(() => {}, { tls: identity }))
    const proxy = await open(startHttpProxy({ tls: identity }))
    const fetcher = await openFetcher(through(proxy.url()))
    const controller = new AbortController()
    const fetching = Promise.all(tasksFor(server.origin, 3).map((task) => fetcher.fetch(task, controller.signal)))
    await until(() => server.arrivals.length === 3)
    controller.abort()
    for (const { failure } of await fetching) expect(failure?.type).toBe('aborted')
    await fetcher.close()
    await until(() => proxy.sockets.size === 0)
  })

  it('that forwards is asked for http URLs with the whole URL, in HTTP/1.1', async () => {
    const server = await open(startHttpServer((_request, response) => void response.end('hello')))
    for (const proxy of [await open(startHttpProxy()), await open(startHttpProxy({ tls: identity }))]) {
      const fetcher = await openFetcher(through(proxy.url()))
      expect(await fetcher.fetch(taskFor(`${server.origin}/x`), never)).toMatchObject({
        failure: null,
        httpVersion: '1.1',
        isProxied: true,
      })
      expect(proxy.asked).toEqual([`GET ${server.origin}/x`])
    }
  })

  it('that refuses fails every request that waits, as its failure; a 407 of the host is no failure of it', async () => {
    const proxy = await open(startHttpProxy({ credentials: { username: 'jo', password: 'pw' } }))
    const server = await serve((stream) => {
      stream.respond({ ':status': 407 })
      stream.end()
    })
    const refused = await openFetcher(through(proxy.url()))
    for (const { failure } of await fetchAll(refused, tasksFor(server.origin, 3)))
      expect(failure).toMatchObject({ type: 'proxy', code: 'HTTP_407' })
    expect(server.accepted).toBe(0)
    const admitted = await openFetcher(through(proxy.url('jo:pw')))
    expect(await admitted.fetch(taskFor(server.origin), never)).toMatchObject({ failure: null, statusCode: 407 })
  })

  it('that resets its connections breaks what is under way, and the next request gets another tunnel', async () => {
    const server = await serve((stream, headers) => (headers[':path'] === '/' ? void 0 : hello(stream, headers)))
    const proxy = await open(startHttpProxy())
    const fetcher = await openFetcher(through(proxy.url()))
    const fetching = fetcher.fetch(taskFor(server.origin), never)
    await until(() => server.inFlight === 1)
    for (const socket of proxy.sockets) socket.resetAndDestroy()
    expect((await fetching).failure?.type).toBe('network')
    expect(await fetcher.fetch(taskFor(`${server.origin}/on`), never)).toMatchObject({
      failure: null,
      httpVersion: '2',
    })
    expect(proxy.asked).toHaveLength(2)
  })
})

describe('a local socket', () => {
  it('is spoken HTTP/2 to, for https URLs, with a connection for each host', async () => {
    const path = join(await tempFolder(), 'socket')
    const sockets = new Set<Socket>()
    const authorities: unknown[] = []
    const server = createSecureServer(identity)
    server.on('secureConnection', (socket: Socket) => void sockets.add(socket))
    server.on('stream', (stream, headers) => {
      authorities.push(headers[':authority'])
      hello(stream, headers)
    })
    await new Promise<void>((resolve) => void server.listen(path, resolve))
    await open({ close: () => new Promise((resolve) => void server.close(() => resolve())) })
    const fetcher = await openFetcher({ unixSocket: path })
    const urls = ['https://localhost/1', 'https://localhost/2', 'https://a.test/3']
    for (const attempt of await fetchAll(
      fetcher,
      urls.map((url) => taskFor(url)),
    ))
      expect(attempt).toMatchObject({ failure: null, httpVersion: '2', remoteIp: null, isProxied: false })
    expect(authorities).toHaveLength(3)
    expect(new Set(authorities)).toEqual(new Set(['a.test', 'localhost']))
    expect(sockets.size).toBe(2)
  })
})

function peerOf(socket: TLSSocket): string {
  return String(socket.getPeerCertificate().subject?.CN ?? 'nobody')
}
