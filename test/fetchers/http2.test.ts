// HTTP/2: all that holds for a fetch holds for it, whatever the server does.

import type { IncomingHttpHeaders, SecureServerOptions, ServerHttp2Stream } from 'node:http2'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { createHttp2Fetcher } from '../../src/fetchers/http2.js'
import type { FetcherOptions } from '../../src/fetchers/index.js'
import type { Attempt, Fetcher } from '../../src/types.js'
import {
  data,
  endStream,
  frame,
  type FrameConnection,
  type FrameServer,
  frameTypes,
  goAway,
  head,
  reset,
  settings,
  startFrameServer,
  words,
} from '../support/h2-frames.js'
import { type H2Server, startH2Server } from '../support/h2-server.js'
import { startHttpServer } from '../support/http-server.js'
import { seed, seededRandom } from '../support/random.js'
import { defaults, never, pem, taskFor, type TaskExtras, until, useOpened } from './setup.js'

const { open } = useOpened()
const identity = { cert: pem('server.cert'), key: pem('server.key') }
const kept = { store: null, isSaved: () => false, hash: false, headers: true, bodyBytes: 100_000 }

const openFetcher = (options: Partial<FetcherOptions> = {}): Promise<Fetcher> =>
  open(createHttp2Fetcher({ ...defaults, insecure: true, keep: kept, ...options }))

const serve = (
  handle: (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => void,
  options: SecureServerOptions = {},
): Promise<H2Server> => open(startH2Server({ ...identity, ...options }, handle))

const hello = (stream: ServerHttp2Stream): void => {
  stream.respond({ ':status': 200, 'content-type': 'text/plain' })
  stream.end('hello')
}

/** A server of frames, and one fetch from it. */
async function fetchFrames(
  onRequest: (connection: FrameConnection, stream: number) => void,
  { options = {}, extras = {} }: { options?: Partial<FetcherOptions>; extras?: TaskExtras } = {},
): Promise<Attempt> {
  const server = await frames(onRequest)
  const fetcher = await openFetcher(options)
  return fetcher.fetch(taskFor(server.origin, extras), never)
}

const frames = (
  onRequest: (connection: FrameConnection, stream: number) => void,
  greeting?: Buffer,
): Promise<FrameServer> => open(startFrameServer({ tls: identity, onRequest, ...(greeting && { greeting }) }))

async function fetchOnce(
  handle: (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => void,
  { options = {}, extras = {} }: { options?: Partial<FetcherOptions>; extras?: TaskExtras } = {},
): Promise<Attempt> {
  const { origin } = await serve(handle)
  return (await openFetcher(options)).fetch(taskFor(origin, extras), never)
}

describe('what a record says', () => {
  it('is the same as with HTTP/1.1, but for the version', async () => {
    const attempt = await fetchOnce((stream) => {
      stream.respond({ ':status': 200, 'content-type': 'text/plain', 'content-length': 5 })
      stream.end('hello')
    })
    expect(attempt).toMatchObject({
      failure: null,
      statusCode: 200,
      httpVersion: '2',
      remoteIp: '127.0.0.1',
      contentType: 'text/plain',
      contentLength: 5,
      wireBytes: 5,
      bodyBytes: 5,
      stale: false,
      optIns: { headers: { 'content-type': 'text/plain', 'content-length': '5' }, body: 'hello' },
    })
    for (const ms of [attempt.connectMs, attempt.tlsMs, attempt.firstByteMs, attempt.bodyMs])
      expect(ms).toBeGreaterThanOrEqual(0)
    expect(attempt.optIns?.headers).not.toHaveProperty(':status')
  })

  it('has no phases of a connection that was opened for another request', async () => {
    const { origin } = await serve(hello)
    const fetcher = await openFetcher()
    await fetcher.fetch(taskFor(origin), never)
    expect(await fetcher.fetch(taskFor(origin), never)).toMatchObject({
      httpVersion: '2',
      connectMs: null,
      tlsMs: null,
    })
  })

  it('counts bytes before and after decoding, and has repeated fields and bytes beyond ASCII as they came', async () => {
    const body = gzipSync('a'.repeat(10_000))
    const attempt = await fetchOnce((stream) => {
      stream.respond({ ':status': 200, 'content-encoding': 'gzip', 'set-cookie': ['a=1', 'b=2'], 'x-odd': 'caf\u00e9' })
      stream.end(body)
    })
    expect(attempt).toMatchObject({ failure: null, wireBytes: body.length, bodyBytes: 10_000 })
    expect(attempt.optIns?.headers).toMatchObject({ 'set-cookie': ['a=1', 'b=2'], 'x-odd': 'caf\u00e9' })
  })

  it('is whole where a body is large, interim answers come before it and trailers behind it', async () => {
    const size = 3_000_000
    const attempt = await fetchOnce((stream) => {
      stream.additionalHeaders({ ':status': 103, link: '</x>' })
      stream.respond({ ':status': 200 }, { waitForTrailers: true })
      stream.on('wantTrailers', () => stream.sendTrailers({ 'x-sum': '1' }))
      stream.end(Buffer.alloc(size))
    })
    expect(attempt).toMatchObject({ failure: null, statusCode: 200, wireBytes: size })
  })

  it.each([
    ['HEAD', 200],
    ['GET', 204],
    ['GET', 304],
  ])('%s with %i has no body', async (method, statusCode) => {
    const attempt = await fetchFrames(
      ({ socket }, stream) =>
        socket.write(
          head(
            stream,
            { ':status': `${statusCode}`, ...(statusCode !== 204 && { 'content-length': '77' }) },
            endStream,
          ),
        ),
      { extras: { request: { method } } },
    )
    expect(attempt).toMatchObject({
      failure: null,
      statusCode,
      wireBytes: 0,
      contentLength: statusCode === 204 ? null : 77,
    })
  })

  it('is that of a redirect, which takes no body', async () => {
    const attempt = await fetchOnce((stream) => {
      stream.respond({ ':status': 302, location: '/on' })
      stream.write('never ends')
    })
    expect(attempt).toMatchObject({ failure: null, statusCode: 302, locations: ['/on'] })
  })
})

describe('a request', () => {
  it('has the host as its authority, and nothing of a connection', async () => {
    const server = await serve(hello)
    const headers = [
      ['Host', 'other.test'],
      ['Connection', 'close'],
      ['Keep-Alive', '5'],
      ['Transfer-Encoding', 'chunked'],
      ['TE', 'gzip'],
      ['X-Twice', '1'],
      ['x-twice', '2'],
      ['Cookie', 'a=1'],
      ['X-Odd', 'caf\u00c3\u00a9'],
      ['__proto__', 'x'],
    ] as const
    const fetcher = await openFetcher()
    expect(await fetcher.fetch(taskFor(`${server.origin}/p?q`, { request: { headers } }), never)).toMatchObject({
      failure: null,
    })
    const [sent = {}] = server.heads
    expect(sent).toMatchObject({
      ':authority': 'other.test',
      ':path': '/p?q',
      ':scheme': 'https',
      'x-twice': '1, 2',
      cookie: 'a=1',
      'x-odd': 'caf\u00c3\u00a9',
      'user-agent': 'poolfetch-test',
    })
    for (const name of ['host', 'connection', 'keep-alive', 'transfer-encoding', 'te'])
      expect(sent).not.toHaveProperty(name)
    await fetcher.fetch(taskFor(server.origin), never)
    expect(server.heads[1]?.[':authority']).toBe(server.host)
  })

  it.each(['POST', 'PUT', 'DELETE', 'GET', 'PROPFIND'])('%s takes its body along, and its length', async (method) => {
    const received: Buffer[] = []
    const server = await serve((stream) => {
      stream.on('data', (chunk: Buffer) => received.push(chunk))
      stream.on('end', () => hello(stream))
    })
    const body = Buffer.alloc(200_000, 'x')
    const fetcher = await openFetcher()
    expect(await fetcher.fetch(taskFor(server.origin, { request: { method, body } }), never)).toMatchObject({
      failure: null,
    })
    expect(Buffer.concat(received).equals(body)).toBe(true)
    expect(server.heads[0]).toMatchObject({ ':method': method, 'content-length': '200000' })
  })

  it('whose body the server does not want is answered all the same', async () => {
    const extras = { request: { method: 'POST', body: Buffer.alloc(5_000_000) } }
    const attempt = await fetchOnce(
      (stream) => {
        stream.respond({ ':status': 413 })
        stream.end('too much')
      },
      { extras },
    )
    expect(attempt).toMatchObject({ statusCode: 413, failure: null })
  })

  it('that cannot be put into HTTP/2 says so', async () => {
    const headers = [
      ['Content-Type', 'a'],
      ['content-type', 'b'],
    ] as const
    const server = await serve(hello)
    const fetcher = await openFetcher()
    for (let turn = 0; turn < 2; turn++) {
      const refused = await fetcher.fetch(taskFor(server.origin, { request: { headers } }), never)
      expect(refused.failure).toMatchObject({ type: 'protocol', code: 'ERR_HTTP2_HEADER_SINGLE_VALUE' })
      expect(await fetcher.fetch(taskFor(server.origin), never)).toMatchObject({ failure: null })
    }
    expect(server.accepted).toBe(1)
  })
})

describe('connections', () => {
  const fetchMany = (fetcher: Fetcher, origin: string, count: number) =>
    Promise.all(Array.from({ length: count }, (_, index) => fetcher.fetch(taskFor(`${origin}/${index}`), never)))

  it('are shared by requests at the same time', async () => {
    const waiting: ServerHttp2Stream[] = []
    const server = await serve((stream) => {
      waiting.push(stream)
      if (waiting.length === 20) for (const each of waiting) hello(each)
    })
    const attempts = await fetchMany(await openFetcher(), server.origin, 20)
    expect(attempts.every(({ failure }) => failure === null)).toBe(true)
    expect(attempts.filter(({ tlsMs }) => tlsMs !== null)).toHaveLength(1)
    expect(server.accepted).toBe(1)
  })

  it('take no more streams than the server allows; then there are more of them', async () => {
    const counts = new Map<FrameConnection, number>()
    let most = 0
    const server = await frames(
      (connection, stream) => {
        counts.set(connection, (counts.get(connection) ?? 0) + 1)
        most = Math.max(most, ...counts.values())
        setTimeout(() => {
          counts.set(connection, (counts.get(connection) ?? 0) - 1)
          connection.socket.write(head(stream, {}, endStream))
        }, 20)
      },
      settings([3, 2]),
    )
    const attempts = await fetchMany(await openFetcher(), server.origin, 12)
    expect(attempts.map(({ failure }) => failure)).toEqual(attempts.map(() => null))
    expect(most).toBe(2)
    expect(server.connections.length).toBeGreaterThan(1)
  })

  it('of a server that speaks HTTP/1.1 are as ever, those that waited with them', async () => {
    const server = await open(startHttpServer((_request, response) => void response.end('hello'), { tls: identity }))
    const fetcher = await openFetcher()
    const attempts = await fetchMany(fetcher, server.origin, 5)
    expect(attempts.map(({ failure, httpVersion, bodyBytes }) => [failure, httpVersion, bodyBytes])).toEqual(
      attempts.map(() => [null, '1.1', 5]),
    )
    expect(server.accepted).toBe(5)
    await fetchMany(fetcher, server.origin, 5)
    expect(server.accepted).toBe(5)
    expect(server.arrivals).toHaveLength(10)
  })

  it('of http are as ever', async () => {
    const server = await open(startHttpServer((_request, response) => void response.end('hello')))
    expect(await (await openFetcher()).fetch(taskFor(server.origin), never)).toMatchObject({
      httpVersion: '1.1',
      failure: null,
    })
  })

  it('that cannot be opened fail for all who wait, at once', async () => {
    const server = await serve(hello)
    const { origin } = server
    await server.close()
    const attempts = await fetchMany(await openFetcher(), origin, 5)
    expect(attempts.map(({ failure }) => failure?.code)).toEqual(attempts.map(() => 'ECONNREFUSED'))
  })

  it('that are given up while they open are opened for those who still wait', async () => {
    const server = await serve(hello)
    const fetcher = await openFetcher()
    const controller = new AbortController()
    const first = fetcher.fetch(taskFor(server.origin), controller.signal)
    const second = fetcher.fetch(taskFor(server.origin), never)
    controller.abort()
    expect(await first).toMatchObject({ failure: { type: 'aborted' } })
    expect(await second).toMatchObject({ failure: null, statusCode: 200 })
    expect(server.accepted).toBe(1)
  })

  it('are closed where their host has nothing further', async () => {
    const server = await serve(hello)
    const task = taskFor(server.origin)
    task.hostOutlook = 'none'
    await (await openFetcher()).fetch(task, never)
    await until(() => server.sockets.size === 0)
    expect(server.accepted).toBe(1)
  })

  it('that rest are no more than are allowed', async () => {
    const servers = [await serve(hello), await serve(hello), await serve(hello)]
    const fetcher = await openFetcher({ maxIdleConnections: 4 })
    for (const { origin } of servers) await fetcher.fetch(taskFor(origin), never)
    await until(() => servers.map(({ sockets }) => sockets.size).join() === '0,1,1')
    expect(servers.map(({ accepted }) => accepted)).toEqual([1, 1, 1])
  })

  it('on which nothing was heard while a request was waited for get no further ones', async () => {
    const server = await frames(({ socket, number }, stream) => {
      if (number > 1 || stream === 1) socket.write(head(stream, {}, endStream))
    })
    const fetcher = await openFetcher({ timeoutMs: 300 })
    const codes: (string | undefined)[] = []
    for (let turn = 0; turn < 3; turn++) codes.push((await fetcher.fetch(taskFor(server.origin), never)).failure?.code)
    expect(codes).toEqual([undefined, 'TIMEOUT_TOTAL', undefined])
    expect(server.connections).toHaveLength(2)
  })
})

describe('a server that goes', () => {
  it('lets what is under way end, and further requests come on a new connection', async () => {
    const server = await frames(({ socket }, stream) => {
      socket.write(Buffer.concat([head(stream, {}), goAway(stream, 0)]))
      setTimeout(() => socket.write(data(stream, 'after', endStream)), 20)
    })
    const fetcher = await openFetcher()
    for (let turn = 0; turn < 3; turn++)
      expect(await fetcher.fetch(taskFor(server.origin), never)).toMatchObject({ failure: null, wireBytes: 5 })
    expect(server.connections).toHaveLength(3)
  })

  it.each([
    ['a graceful GOAWAY', (_stream: number) => goAway(0, 0)],
    ['an angry GOAWAY', (_stream: number) => goAway(0, 11)],
    ['REFUSED_STREAM', (stream: number) => reset(stream, 7)],
  ])('has not begun with a request, by %s: it may be sent again, also as POST', async (_name, answer) => {
    const attempt = await fetchFrames(({ socket }, stream) => socket.write(answer(stream)), {
      extras: { request: { method: 'POST', body: 'x' } },
    })
    expect(attempt).toMatchObject({
      unprocessed: true,
      failure: { type: 'network', code: 'NGHTTP2_REFUSED_STREAM' },
    })
  })

  it('in the middle of a body is of the network', async () => {
    const attempt = await fetchFrames(({ socket }, stream) => {
      socket.write(Buffer.concat([head(stream, {}), data(stream, 'part')]))
      setTimeout(() => socket.write(goAway(stream, 2)), 20)
    })
    expect(attempt).toMatchObject({ failure: { type: 'network' }, stale: false, statusCode: 200 })
    expect(attempt).not.toHaveProperty('unprocessed')
  })

  it.each(['end', 'destroy'] as const)('without a word (%s) is of the network', async (how) => {
    const before = await fetchFrames(({ socket }) => void socket[how]())
    expect(before.failure).toMatchObject({ type: 'network' })
    const midway = await fetchFrames(({ socket }, stream) =>
      socket.write(
        Buffer.concat([head(stream, {}), data(stream, 'part')]),
        () => void setTimeout(() => socket[how](), 20),
      ),
    )
    expect(midway).toMatchObject({ failure: { type: 'network' }, wireBytes: 4 })
  })

  it('wants HTTP/1.1 and is asked so from then on', async () => {
    const server = await frames(({ socket }, stream) => socket.write(reset(stream, 13)))
    const fetcher = await openFetcher({ timeoutMs: 1000 })
    const task = taskFor(server.origin)
    expect(await fetcher.fetch(task, never)).toMatchObject({ unprocessed: true })
    // This one has no other protocol, and closes.
    expect((await fetcher.fetch(task, never)).failure?.type).toBe('tls')
  })
})

describe('a stream that is reset', () => {
  it.each([0, 2, 5, 8, 10, 99])('with %i in the middle of a body is a failure, however it ends', async (code) => {
    const attempt = await fetchFrames(({ socket }, stream) => {
      socket.write(Buffer.concat([head(stream, {}), data(stream, 'part'), reset(stream, code)]))
    })
    expect(attempt.failure?.type).toBe(code === 5 ? 'protocol' : 'network')
    expect(attempt).toMatchObject({ statusCode: 200, stale: false })
  })

  it.each([0, 2, 8])('with %i before an answer is a failure', async (code) => {
    const attempt = await fetchFrames(({ socket }, stream) => socket.write(reset(stream, code)))
    expect(attempt).toMatchObject({ failure: { type: 'network' }, statusCode: null, stale: false })
  })

  it('when all was said is none', async () => {
    const attempt = await fetchFrames(({ socket }, stream) => {
      socket.write(Buffer.concat([head(stream, {}), data(stream, 'all', endStream), reset(stream, 0)]))
    })
    expect(attempt).toMatchObject({ failure: null, wireBytes: 3 })
  })

  it('leaves the others alone', async () => {
    const server = await frames(({ socket }, stream) => {
      socket.write(stream === 3 ? reset(stream, 2) : head(stream, {}, endStream))
    })
    const fetcher = await openFetcher()
    const codes: (string | undefined)[] = []
    for (let turn = 0; turn < 3; turn++) codes.push((await fetcher.fetch(taskFor(server.origin), never)).failure?.code)
    expect(codes).toEqual([undefined, 'NGHTTP2_INTERNAL_ERROR', undefined])
    expect(server.connections).toHaveLength(1)
  })

  it('or ended before its Content-Length is cut off', async () => {
    const attempt = await fetchFrames(({ socket }, stream) => {
      socket.write(Buffer.concat([head(stream, { 'content-length': '9' }), data(stream, 'part', endStream)]))
    })
    expect(attempt.failure).toMatchObject({ type: 'network', code: 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH' })
  })
})

describe('limits', () => {
  const silent = (): void => {}
  const dripping = (stream: ServerHttp2Stream): void => {
    stream.respond({ ':status': 200 })
    stream.write('x')
  }

  it('of time end a request that is not answered, and one whose body does not come', async () => {
    const options = { timeoutMs: 200 }
    expect((await fetchOnce(silent, { options })).failure?.code).toBe('TIMEOUT_TOTAL')
    expect(await fetchOnce(dripping, { options })).toMatchObject({
      statusCode: 200,
      failure: { code: 'TIMEOUT_TOTAL' },
    })
    expect((await fetchOnce(dripping, { options: { idleTimeoutMs: 100 } })).failure?.code).toBe('TIMEOUT_IDLE')
  })

  it('of size end a body, by its head or by its bytes', async () => {
    const options = { maxSizeBytes: 1000 }
    expect(
      (
        await fetchOnce(
          (stream) => {
            stream.respond({ ':status': 200, 'content-length': 2000 })
            stream.write('x')
          },
          { options },
        )
      ).failure?.type,
    ).toBe('too_large')
    expect(
      (
        await fetchOnce(
          (stream) => {
            stream.respond({ ':status': 200 })
            stream.end(Buffer.alloc(2000))
          },
          { options },
        )
      ).failure?.type,
    ).toBe('too_large')
  })

  it('tell the server that its stream is not wanted, and leave the connection', async () => {
    const server = await serve((stream, headers) => (headers[':path'] === '/' ? dripping(stream) : hello(stream)))
    const fetcher = await openFetcher({ idleTimeoutMs: 100 })
    await fetcher.fetch(taskFor(server.origin), never)
    await until(() => server.inFlight === 0)
    expect(await fetcher.fetch(taskFor(`${server.origin}/on`), never)).toMatchObject({ failure: null })
    expect(server.accepted).toBe(1)
  })

  it('of a run end what is under way, and close it', async () => {
    const server = await serve(silent)
    const fetcher = await openFetcher()
    const controller = new AbortController()
    const fetching = fetcher.fetch(taskFor(server.origin), controller.signal)
    await until(() => server.inFlight === 1)
    controller.abort()
    expect(await fetching).toMatchObject({ failure: { type: 'aborted' } })
    await fetcher.close()
    await until(() => server.sockets.size === 0)
  })
})

describe('a hostile server', () => {
  const tooManyFields = Object.fromEntries(Array.from({ length: 3000 }, (_, index) => [`x-${index}`, '1']))
  it.each<[string, (stream: number) => Buffer]>([
    ['speaks something else', () => Buffer.from('HTTP/1.1 200 OK\r\n\r\n')],
    ['sends frames that are too long', (stream) => frame(frameTypes.data, 0, stream, Buffer.alloc(20_000))],
    ['answers with a status that is none', (stream) => head(stream, { ':status': 'abc' }, endStream)],
    ['answers without a status', (stream) => frame(frameTypes.headers, 5, stream, Buffer.from([0, 1, 0x61, 1, 0x62]))],
    ['switches protocols', (stream) => head(stream, { ':status': '101' }, endStream)],
    ['names fields in capitals', (stream) => head(stream, { 'X-Big': '1' }, endStream)],
    ['breaks compression', (stream) => frame(frameTypes.headers, 5, stream, Buffer.from('ffffffffff', 'hex'))],
    ['sends a body first', (stream) => data(stream, 'x', endStream)],
    ['answers streams that nobody opened', () => head(99, {}, endStream)],
    [
      'sends too many fields',
      (stream) => Buffer.concat([...chunks(Buffer.concat([head(stream, tooManyFields).subarray(9)]), stream)]),
    ],
    ['lets the window overflow', () => frame(frameTypes.window, 0, 0, words(0x7fffffff))],
    [
      'contradicts itself about the length',
      (stream) => Buffer.concat([head(stream, { 'content-length': '1' }), data(stream, 'four', endStream)]),
    ],
    [
      'has framing fields',
      (stream) => head(stream, { 'transfer-encoding': 'chunked', connection: 'close' }, endStream),
    ],
  ])('that %s is a failure of that one request', async (_name, answer) => {
    const attempt = await fetchFrames(({ socket }, stream) => socket.write(answer(stream)), {
      options: { timeoutMs: 2000 },
    })
    expect(attempt.failure).not.toBeNull()
    expect(['protocol', 'network']).toContain(attempt.failure?.type)
  })

  it('that never ends its head, sends settings and pings for ever, or fills the window with nothing, is timed out or failed', async () => {
    const floods: ((stream: number) => Buffer)[] = [
      (stream) => frame(frameTypes.headers, 0, stream, Buffer.alloc(0)),
      () => settings([3, 1]),
      () => frame(frameTypes.ping, 0, 0, Buffer.alloc(8)),
      (stream) => data(stream, ''),
    ]
    for (const flood of floods) {
      const attempt = await fetchFrames(
        ({ socket }, stream) => {
          const timer = setInterval(() => {
            for (let count = 0; count < 500; count++) socket.write(flood(stream))
          }, 1)
          socket.once('close', () => clearInterval(timer))
        },
        { options: { timeoutMs: 300 } },
      )
      expect(attempt.failure?.type).toMatch(/^(?:protocol|timeout|network)$/)
    }
  })

  it('that keeps its settings to itself does not keep the others waiting for ever', async () => {
    const server = await frames(() => {}, Buffer.alloc(0))
    const fetcher = await openFetcher({ timeoutMs: 300 })
    const many = () => Promise.all([1, 2, 3].map(() => fetcher.fetch(taskFor(server.origin), never)))
    for (const attempt of [...(await many()), ...(await many())]) expect(attempt.failure?.code).toBe('TIMEOUT_TOTAL')
    expect(server.connections.length).toBeGreaterThan(1)
  })

  it('that allows no stream at all is timed out', async () => {
    const server = await frames(() => {}, settings([3, 0]))
    const fetcher = await openFetcher({ timeoutMs: 300 })
    const attempts = await Promise.all([1, 2].map(() => fetcher.fetch(taskFor(server.origin), never)))
    expect(attempts.map(({ failure }) => failure?.code)).toEqual(['TIMEOUT_TOTAL', 'TIMEOUT_TOTAL'])
  })

  it('that sends any frames at all gets an answer to each request', { timeout: 60_000 }, async () => {
    const random = seededRandom(seed)
    const noise = (stream: number): Buffer => {
      const kind = random.below(10)
      const payload = Buffer.from(Array.from({ length: random.below(40) }, () => random.below(256)))
      if (kind === 0) return head(stream, {}, random.pick([0, endStream]))
      if (kind === 1) return data(stream, payload, random.pick([0, endStream]))
      if (kind === 2) return reset(stream, random.below(15))
      if (kind === 3) return goAway(random.below(4), random.below(15))
      if (kind === 4) return settings([random.below(8), random.below(2 ** 31)])
      if (kind === 5) return payload
      return frame(random.below(12), random.below(256), random.pick([0, stream, stream + 2, 2]), payload)
    }
    const server = await frames(({ socket }, stream) => {
      for (let count = random.below(6) + 1; count > 0; count--) socket.write(noise(stream))
      if (random.below(4) === 0) socket.end()
    })
    const fetcher = await openFetcher({ timeoutMs: 150 })
    for (let turn = 0; turn < 60; turn++) {
      const attempts = await Promise.all([1, 2, 3, 4].map(() => fetcher.fetch(taskFor(server.origin), never)))
      expect(attempts, `SEED=${seed}`).toHaveLength(4)
    }
  })

  it('that wants a certificate of the client after all is told apart', async () => {
    const { origin } = await serve(hello, {
      requestCert: true,
      rejectUnauthorized: true,
      minVersion: 'TLSv1.3',
      ca: pem('authority.cert'),
    })
    const refused = await (await openFetcher()).fetch(taskFor(origin), never)
    expect(refused.failure).toMatchObject({ type: 'tls', message: 'the server wants a client certificate (--cert)' })
    const client = { cert: pem('client.cert'), key: pem('client.key') }
    const fetcher = await openFetcher({ tls: { ca: pem('authority.cert'), client, minVersion: null } })
    expect(await fetcher.fetch(taskFor(origin), never)).toMatchObject({ failure: null, httpVersion: '2' })
  })
})

/** A head in as many frames as it takes. */
function chunks(payload: Buffer, stream: number): Buffer[] {
  const parts: Buffer[] = []
  for (let at = 0; at < payload.length; at += 16_000) {
    const isLast = at + 16_000 >= payload.length
    parts.push(
      frame(
        at === 0 ? frameTypes.headers : frameTypes.continuation,
        isLast ? 4 : 0,
        stream,
        payload.subarray(at, at + 16_000),
      ),
    )
  }
  return parts
}
