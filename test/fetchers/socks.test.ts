// SOCKS 5: whatever the URL, with names looked up here or there, with and without a password, and proxies that break the rules.

import { connect, type LookupFunction, type Socket } from 'node:net'
import { queryObjects } from 'node:v8'
import { SocksClient } from 'socks'
import { describe, expect, it } from 'vitest'
import { startHttpServer } from '../support/http-server.js'
import { startSocksProxy } from '../support/proxies.js'
import { startRawServer } from '../support/raw-server.js'
import { through } from './proxied.js'
import { never, taskFor, tls, until, useOpened } from './setup.js'

const { open, openFetcher, fetchOnce } = useOpened()

const openServer = (address?: string) =>
  open(startHttpServer((_request, response) => void response.end('hello'), address === undefined ? {} : { address }))

/** RFC 1928 §3: this version, and no need for a login. */
const noLogin = [5, 0]
/** RFC 1928 §6: what became of the request; 0 is a connection. */
const reply = (code: number, version = 5) => [version, code, 0, 1, 0, 0, 0, 0, 0, 0]

/** Answers with one address, whatever the name. */
const lookupTo =
  (address: string): LookupFunction =>
  (_name, _options, callback) =>
    callback(null, [{ address, family: address.includes(':') ? 6 : 4 }])

describe('a SOCKS 5 proxy', () => {
  it.each([
    ['http', undefined],
    ['https', tls],
  ])('leads to hosts of whatever scheme, and its connections are kept: %s', async (_scheme, certificate) => {
    const server = await open(
      startHttpServer((_request, response) => void response.end('x'), certificate ? { tls: certificate } : {}),
    )
    const proxy = await open(startSocksProxy())
    const fetcher = await openFetcher({ insecure: true, ...through(`socks5h://${proxy.host}`) })
    const first = await fetcher.fetch(taskFor(server.origin), never)
    expect(first).toMatchObject({ failure: null, bodyBytes: 1, remoteIp: '127.0.0.1', isProxied: true, dnsMs: null })
    expect((await fetcher.fetch(taskFor(server.origin), never)).failure).toBeNull()
    expect([proxy.accepted, server.accepted]).toEqual([1, 1])
    expect(proxy.asked).toEqual([`socks address ${server.host}`])
  })

  it('looks names up itself with socks5h, and is given an address with socks5', async () => {
    const server = await openServer()
    const proxy = await open(startSocksProxy({ route: (_host, port) => ({ host: '127.0.0.1', port }) }))
    const url = `http://some.test:${server.port}/`
    expect((await fetchOnce(url, through(`socks5h://${proxy.host}`))).failure).toBeNull()
    const lookup = lookupTo('192.0.2.7')
    expect((await fetchOnce(url, { lookup, ...through(`socks5://${proxy.host}`) })).failure).toBeNull()
    expect(proxy.asked).toEqual([`socks name some.test:${server.port}`, `socks address 192.0.2.7:${server.port}`])
  })

  it('takes IPv6 addresses, as literals and looked up', async () => {
    const server = await openServer('::1')
    const proxy = await open(startSocksProxy())
    expect((await fetchOnce(server.origin, through(`socks5h://${proxy.host}`))).failure).toBeNull()
    const url = `http://some.test:${server.port}/`
    const lookup = lookupTo('::1')
    expect((await fetchOnce(url, { lookup, ...through(`socks5://${proxy.host}`) })).failure).toBeNull()
    expect(proxy.asked).toEqual(Array.from({ length: 2 }, () => `socks address 0:0:0:0:0:0:0:1:${server.port}`))
  })

  it('is told user and password, percent-decoded', async () => {
    const server = await openServer()
    const proxy = await open(startSocksProxy({ credentials: { username: 'jo', password: 'p@ss:wört' } }))
    const { failure } = await fetchOnce(server.origin, through(`socks5h://jo:p%40ss%3Aw%C3%B6rt@${proxy.host}`))
    expect(failure).toBeNull()
    expect(proxy.logins).toEqual(['jo:p@ss:wört'])
  })

  it.each([
    ['', 'wants a user and password: they belong into its URL'],
    ['jo:secret@', 'does not accept the user and password given'],
  ])('refuses who does not know the password: %j', async (credentials, text) => {
    const proxy = await open(startSocksProxy({ credentials: { username: 'jo', password: 'other' } }))
    const { failure } = await fetchOnce('http://127.0.0.1:9/', through(`socks5h://${credentials}${proxy.host}`))
    expect(failure).toEqual({ type: 'proxy', code: 'SOCKS_AUTH', message: `the proxy socks5h://${proxy.host} ${text}` })
  })

  it('that cannot reach the host says so', async () => {
    const proxy = await open(startSocksProxy())
    const { failure, remoteIp } = await fetchOnce('http://127.0.0.1:1/', through(`socks5h://${proxy.host}`))
    expect(remoteIp).toBe('127.0.0.1')
    expect(failure).toEqual({
      type: 'proxy',
      code: 'SOCKS_CONNECTION_REFUSED',
      message: `the proxy socks5h://${proxy.host} was refused by 127.0.0.1:1`,
    })
  })

  it('of socks5 is not asked for a name that has no address: that is the name', async () => {
    const proxy = await open(startSocksProxy())
    const lookup: LookupFunction = (_name, _options, callback) =>
      callback(Object.assign(new Error('none'), { code: 'ENOTFOUND' }), [])
    const { failure } = await fetchOnce('http://some.test/', { lookup, ...through(`socks5://${proxy.host}`) })
    expect(failure).toEqual({ type: 'dns', code: 'ENOTFOUND', message: 'no such host: some.test' })
  })

  it('is not told a name that is too long for it', async () => {
    const proxy = await open(startSocksProxy())
    const name = `${'a'.repeat(60)}.`.repeat(5)
    const { failure } = await fetchOnce(`http://${name}test/`, through(`socks5h://${proxy.host}`))
    expect(failure).toMatchObject({ type: 'proxy', code: 'PROXY_PROTOCOL' })
  })
})

describe('what answers as a SOCKS 5 proxy', () => {
  it.each<[string, number[][], string]>([
    ['speaks HTTP', [[...Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')]], 'PROXY_PROTOCOL'],
    ['speaks SOCKS 4', [[0, 0x5b, 0, 0, 0, 0, 0, 0]], 'PROXY_PROTOCOL'],
    ['wants a login that nobody offered', [[5, 1]], 'PROXY_PROTOCOL'],
    ['accepts no login', [[5, 0xff]], 'SOCKS_AUTH'],
    ['fails', [noLogin, reply(1)], 'SOCKS_FAILURE'],
    ['has rules', [noLogin, reply(2)], 'SOCKS_NOT_ALLOWED'],
    ['knows no route', [noLogin, reply(4)], 'SOCKS_HOST_UNREACHABLE'],
    ['has reasons of its own', [noLogin, reply(99)], 'SOCKS_99'],
    ['changes its version', [noLogin, reply(0, 4)], 'PROXY_PROTOCOL'],
    [
      'says more than it was asked',
      [noLogin, [...reply(0), ...Buffer.from('HTTP/1.1 200 OK\r\n\r\n')]],
      'PROXY_PROTOCOL',
    ],
  ])('and %s', async (_what, answers, code) => {
    const proxy = await open(
      startRawServer({
        onConnection: ({ socket }) => {
          const left = [...answers]
          socket.on('data', () => void socket.write(Buffer.from(left.shift() ?? [])))
        },
      }),
    )
    const attempt = await fetchOnce('http://127.0.0.1:9/', through(`socks5h://${proxy.host}`))
    expect(attempt).toMatchObject({ failure: { type: 'proxy', code }, statusCode: null })
    await until(() => proxy.isLeft)
  })

  it.each([0, 1, 2, 5])('and closes after %i bytes', async (count) => {
    const proxy = await open(
      startRawServer({
        onConnection: ({ socket }) =>
          void socket.once('data', () => void socket.end(Buffer.from([5, 0, 5, 0, 0]).subarray(0, count))),
      }),
    )
    const { failure } = await fetchOnce('http://127.0.0.1:9/', through(`socks5h://${proxy.host}`))
    expect(failure).toMatchObject({ type: 'proxy', code: 'ECONNRESET' })
  })

  it('byte by byte is a proxy like any other', async () => {
    const server = await openServer()
    const proxy = await open(
      startRawServer({
        onConnection: ({ socket }) => {
          socket.once('data', () => {
            void writeBytewise(socket, noLogin)
            socket.once('data', () => {
              void writeBytewise(socket, reply(0)).then(() => {
                socket.removeAllListeners('data')
                socket.pipe(connect(server.port, '127.0.0.1').on('error', () => {})).pipe(socket)
              })
            })
          })
        },
      }),
    )
    expect((await fetchOnce(server.origin, through(`socks5h://${proxy.host}`))).failure).toBeNull()
  })

  it('and says nothing is left after the time for a connection, and at the end of the fetcher', async () => {
    const proxy = await open(startRawServer({}))
    const way = through(`socks5h://${proxy.host}`)
    expect((await fetchOnce('http://127.0.0.1:9/', { connectTimeoutMs: 50, ...way })).failure).toMatchObject({
      type: 'proxy',
      code: 'TIMEOUT_CONNECT',
    })
    const fetcher = await openFetcher(way)
    const pending = fetcher.fetch(taskFor('http://127.0.0.1:9/'), never)
    await until(() => proxy.connections.length === 2)
    await fetcher.close()
    expect((await pending).failure?.type).toBe('aborted')
    await until(() => proxy.isLeft)
  })
})

describe('after the handshake', () => {
  const failing: [string, string, (socket: Socket) => void][] = [
    ['refuses', 'SOCKS_AUTH', (socket) => void socket.write(Buffer.from([5, 0xff]))],
    ['ends', 'ECONNRESET', (socket) => void socket.end()],
    ['resets before it answers', 'ECONNRESET', (socket) => void socket.resetAndDestroy()],
    [
      'resets amid its answer',
      'ECONNRESET',
      (socket) => void socket.write(Buffer.from([5, 0, 5, 0]), () => void socket.resetAndDestroy()),
    ],
    [
      'lets through and resets',
      'ECONNRESET',
      (socket) => {
        socket.write(Buffer.from([5, 0]))
        socket.once(
          'data',
          () => void socket.write(Buffer.from([5, 0, 0, 1, 0, 0, 0, 0, 0, 0]), () => void socket.resetAndDestroy()),
        )
      },
    ],
    ['says nothing', 'TIMEOUT_CONNECT', () => {}],
  ]

  it('nothing of the client is left, while the connection is kept', async () => {
    const server = await open(startHttpServer((_request, response) => void response.end('x'), { tls }))
    const proxy = await open(startSocksProxy())
    const way = through(`socks5h://${proxy.host}`)
    const fetcher = await openFetcher({ insecure: true, connectTimeoutMs: 600_000, ...way })
    expect((await fetcher.fetch(taskFor(server.origin), never)).failure).toBeNull()
    await until(() => queryObjects(SocksClient) === 0)
  })

  it.each(failing)('nothing of the client is left, whose proxy %s', async (_what, code, answer) => {
    const proxy = await open(
      startRawServer({ onConnection: ({ socket }) => void socket.once('data', () => answer(socket)) }),
    )
    const connectTimeoutMs = code === 'TIMEOUT_CONNECT' ? 50 : 600_000
    const fetcher = await openFetcher({ connectTimeoutMs, ...through(`socks5h://jo:secret@${proxy.host}`) })
    const { failure } = await fetcher.fetch(taskFor('https://127.0.0.1:9/'), never)
    expect(failure).toMatchObject({ code })
    await until(() => queryObjects(SocksClient) === 0)
  })
})

describe('a process that is busy when the time for a connection ends', () => {
  it('hears first what the proxy has said by then', async () => {
    // Longer than any machine takes to get as far as the answer.
    const connectTimeoutMs = 4000
    const proxy = await open(
      startRawServer({
        onConnection: ({ socket }) => {
          const acceptedAt = performance.now()
          socket.once('data', () => {
            socket.write(Buffer.from([5, 0]))
            socket.once('data', () => {
              socket.write(Buffer.from([5, 5, 0, 1, 0, 0, 0, 0, 0, 0]))
              // All timers of the connection are due when the event loop goes on.
              while (performance.now() < acceptedAt + connectTimeoutMs + 100);
            })
          })
        },
      }),
    )
    const { failure } = await fetchOnce('http://127.0.0.1:9/', {
      connectTimeoutMs,
      ...through(`socks5h://${proxy.host}`),
    })
    expect(failure).toMatchObject({ type: 'proxy', code: 'SOCKS_CONNECTION_REFUSED' })
  })
})

async function writeBytewise(socket: Socket, bytes: readonly number[]): Promise<void> {
  for (const byte of bytes) {
    socket.write(Buffer.from([byte]))
    await new Promise((resolve) => setImmediate(resolve))
  }
}
