// One request and its response: what is sent, what is measured.

import type { Socket } from 'node:net'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { acceptEncoding } from '../../src/fetchers/decode.js'
import type { HeaderList } from '../../src/types.js'
import { startHttpServer } from '../support/http-server.js'
import { startAnswering, startRawServer } from '../support/raw-server.js'
import { never, taskFor, tls, useOpened, userAgent } from './setup.js'

const { open, openFetcher, fetchOnce } = useOpened()

describe('a response', () => {
  it('is an attempt without failure, whatever its status', async () => {
    const server = await open(
      startHttpServer((_request, response) => {
        response.writeHead(503, { 'content-type': 'text/plain', 'retry-after': '7' })
        response.end('later')
      }),
    )
    const attempt = await fetchOnce(`${server.origin}/x?y=1`)
    expect(attempt).toMatchObject({
      failure: null,
      statusCode: 503,
      retryAfterMs: 7000,
      contentType: 'text/plain',
      contentLength: null,
      httpVersion: '1.1',
      remoteIp: '127.0.0.1',
      wireBytes: 5,
      bodyBytes: 5,
      dnsMs: null,
      tlsMs: null,
      stale: false,
      exhausted: false,
    })
    expect(attempt.connectMs).toBeGreaterThan(0)
    expect(attempt.firstByteMs).toBeGreaterThan(0)
    expect(attempt.bodyMs).toBeGreaterThanOrEqual(0)
    expect(server.arrivals[0]?.path).toBe('/x?y=1')
  })

  it('counts a Retry-After date from its own Date', async () => {
    const server = await open(
      startAnswering(
        'HTTP/1.1 429 Slow\r\nDate: Thu, 01 Jan 2015 00:00:00 GMT\r\nRetry-After: Thu, 01 Jan 2015 00:00:03 GMT\r\nContent-Length: 0\r\n\r\n',
      ),
    )
    expect((await fetchOnce(server.origin)).retryAfterMs).toBe(3000)
  })

  it('keeps every Location, the first Content-Type and header bytes as latin1', async () => {
    const server = await open(
      startAnswering(
        'HTTP/1.1 302 x\r\nLocation: /a\r\nLocation: /b\r\nContent-Type: t\xe9xt\r\nContent-Type: other\r\nContent-Length: 0\r\n\r\n',
      ),
    )
    expect(await fetchOnce(server.origin)).toMatchObject({ locations: ['/a', '/b'], contentType: 't\xe9xt' })
  })

  it('has a Location in raw bytes percent-encoded', async () => {
    const location = Buffer.from('/caf\u00e9').toString('latin1')
    const server = await open(startAnswering(`HTTP/1.1 302 x\r\nLocation: ${location}\r\nContent-Length: 0\r\n\r\n`))
    expect((await fetchOnce(server.origin)).locations).toEqual(['/caf%C3%A9'])
  })

  it('tells its HTTP version also where line ends precede the head', async () => {
    const server = await open(startAnswering('\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'))
    expect(await fetchOnce(server.origin)).toMatchObject({ failure: null, httpVersion: '1.1' })
  })

  it('with a status below 100 is no HTTP', async () => {
    const server = await open(startAnswering('HTTP/1.1 099 x\r\nContent-Length: 0\r\n\r\n'))
    expect((await fetchOnce(server.origin)).failure).toMatchObject({ type: 'protocol', code: 'ERR_ASSERTION' })
  })

  it('may be HTTP/1.0, lack a reason and end with the connection', async () => {
    const server = await open(startAnswering('HTTP/1.0 999 \r\n\r\nhello', { end: true }))
    expect(await fetchOnce(server.origin)).toMatchObject({
      failure: null,
      statusCode: 999,
      httpVersion: '1.0',
      wireBytes: 5,
    })
  })

  it('tells its HTTP version also where the head comes byte by byte', async () => {
    const head = 'HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n'
    const server = await open(startRawServer({ onRequest: ({ socket }) => void drip(socket) }))
    async function drip(socket: Socket) {
      for (const byte of head) {
        socket.write(byte)
        await new Promise((resolve) => setImmediate(resolve))
      }
    }
    expect(await fetchOnce(server.origin)).toMatchObject({ failure: null, httpVersion: '1.0' })
  })

  it('follows interim responses', async () => {
    const server = await open(
      startAnswering(
        `${'HTTP/1.1 102 P\r\n\r\n'.repeat(50)}HTTP/1.1 103 E\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok`,
      ),
    )
    expect(await fetchOnce(server.origin)).toMatchObject({ failure: null, statusCode: 200, wireBytes: 2 })
  })

  it('may have 1,500 header fields', async () => {
    const fields = Array.from({ length: 1500 }, (_, index) => `X-${index}: 1\r\n`).join('')
    const server = await open(startAnswering(`HTTP/1.1 200 OK\r\n${fields}Content-Length: 0\r\n\r\n`))
    expect((await fetchOnce(server.origin)).failure).toBeNull()
  })

  it.each([
    ['204 with a length', 'GET', 'HTTP/1.1 204 N\r\nContent-Length: 5\r\n\r\n'],
    ['304 with a length', 'GET', 'HTTP/1.1 304 N\r\nContent-Length: 5\r\n\r\n'],
    ['304 with a coding', 'GET', 'HTTP/1.1 304 N\r\nContent-Encoding: gzip\r\n\r\n'],
    ['204 with chunks', 'GET', 'HTTP/1.1 204 N\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nxx\r\n0\r\n\r\n'],
    ['HEAD with a length', 'HEAD', 'HTTP/1.1 200 OK\r\nContent-Length: 5000000000\r\n\r\n'],
    ['HEAD with a coding', 'HEAD', 'HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 20\r\n\r\n'],
  ])('has no body: %s', async (_name, method, answer) => {
    const server = await open(startAnswering(answer))
    const attempt = await fetchOnce(server.origin, {}, { request: { method } })
    expect(attempt).toMatchObject({ failure: null, wireBytes: 0, bodyBytes: 0 })
    expect(attempt.bodyMs).toBeGreaterThanOrEqual(0)
  })

  it('takes a body that should not be there for no other response', async () => {
    const server = await open(
      startAnswering(
        'HTTP/1.1 204 N\r\nTransfer-Encoding: chunked\r\n\r\nHTTP/1.1 200 Forged\r\nContent-Length: 0\r\n\r\n',
      ),
    )
    const fetcher = await openFetcher()
    for (let nth = 0; nth < 3; nth++) {
      expect((await fetcher.fetch(taskFor(server.origin), never)).statusCode).toBe(204)
    }
  })
})

describe('conditions', () => {
  it('are asked for before each request; a 304 to them, and to no others, says that nothing was modified', async () => {
    const server = await open(
      startHttpServer((request, response) => {
        response.writeHead(request.url === '/404' ? 404 : 304, { etag: '"1"' })
        response.end()
      }),
    )
    const keep = { store: null, isSaved: () => true, hash: true, headers: false, validators: true, bodyBytes: null }
    const fetcher = await openFetcher({
      keep,
      conditions: ({ target }) => (target.path === '/plain' ? null : [['if-none-match', '"1"']]),
    })
    const of = async (path: string, headers: HeaderList = []) => {
      const { notModified, optIns } = await fetcher.fetch(
        taskFor(server.origin + path, { request: { headers } }),
        never,
      )
      return [notModified, optIns?.etag, server.arrivals.at(-1)?.headers['if-none-match']]
    }
    expect(await of('/x')).toEqual([true, '"1"', '"1"'])
    expect(await of('/404')).toEqual([false, '"1"', '"1"'])
    expect(await of('/plain')).toEqual([false, '"1"', undefined])
    expect(await of('/plain', [['if-none-match', '"2"']])).toEqual([false, '"1"', '"2"'])
  })
})

describe('a request', () => {
  it('has defaults that the caller may replace', async () => {
    const server = await open(startHttpServer((_request, response) => void response.end()))
    await fetchOnce(server.origin)
    await fetchOnce(
      server.origin,
      {},
      {
        request: {
          headers: [
            ['User-Agent', 'mine'],
            ['Accept-Encoding', 'identity'],
            ['ACCEPT', 'text/html'],
            ['Host', 'named.test'],
            ['X-More', '1'],
          ],
        },
      },
    )
    expect(server.arrivals[0]?.headers).toMatchObject({
      host: server.host,
      'user-agent': userAgent,
      accept: '*/*',
      'accept-encoding': acceptEncoding,
    })
    expect(server.arrivals[1]?.headers).toMatchObject({
      host: 'named.test',
      'user-agent': 'mine',
      accept: 'text/html',
      'accept-encoding': 'identity',
      'x-more': '1',
    })
  })

  it('sends the credentials of its URL unless the caller set Authorization', async () => {
    const server = await open(startHttpServer((_request, response) => void response.end()))
    const url = server.origin.replace('//', '//user:secret@')
    await fetchOnce(url)
    await fetchOnce(url, {}, { request: { headers: [['authorization', 'Bearer x']] } })
    expect(server.arrivals.map(({ headers }) => headers.authorization)).toEqual(['Basic dXNlcjpzZWNyZXQ=', 'Bearer x'])
  })

  it.each([
    ['text', 'grün', 'grün'],
    ['bytes', new Uint8Array([0x67, 0x68]), 'gh'],
    ['nothing', null, ''],
  ])('sends a body of %s', async (_name, body, expected) => {
    const server = await open(
      startHttpServer((request, response) => {
        request.setEncoding('utf8')
        let text = ''
        request.on('data', (part) => (text += part))
        request.on('end', () => response.end(text))
      }),
    )
    const attempt = await fetchOnce(server.origin, {}, { request: { method: 'POST', body } })
    expect(attempt.wireBytes).toBe(Buffer.byteLength(expected))
    expect(server.arrivals[0]?.headers['content-length']).toBe(String(Buffer.byteLength(expected)))
  })

  it.each([
    ['a header with a line break', { headers: [['X', 'a\r\nb']] as const }],
    ['a header that is not HTTP', { headers: [['a b', 'c']] as const }],
    ['a header that would change the framing', { headers: [['Transfer-Encoding', 'chunked']] as const }],
    ['an Expect header', { headers: [['Expect', '100-continue']] as const }],
    ['a method that is no token', { method: 'A B' }],
  ])('with %s fails and leaves nothing open', async (_name, request) => {
    const server = await open(startHttpServer((_request, response) => void response.end()))
    const fetcher = await openFetcher()
    const attempt = await fetcher.fetch(taskFor(server.origin, { request }), never)
    expect(attempt.failure?.type).toBe('protocol')
    expect(attempt.failure?.code).toMatch(/^UND_ERR_(?:INVALID_ARG|NOT_SUPPORTED)$/)
    expect((await fetcher.fetch(taskFor(server.origin), never)).statusCode).toBe(200)
    expect(server.accepted).toBe(1)
    expect(server.arrivals).toHaveLength(1)
  })

  it('with a Content-Length that is not its body fails', async () => {
    const server = await open(startHttpServer((_request, response) => void response.end()))
    const request = { method: 'POST', body: 'four', headers: [['Content-Length', '9']] as const }
    expect((await fetchOnce(server.origin, {}, { request })).failure).toMatchObject({
      type: 'protocol',
      code: 'UND_ERR_REQ_CONTENT_LENGTH_MISMATCH',
    })
  })

  it('tells when it hands over to a connection, and not where there is none', async () => {
    const server = await open(startHttpServer((_request, response) => void response.end()))
    const fetcher = await openFetcher()
    const started: number[] = []
    const onStart = () => void started.push(server.arrivals.length)
    await fetcher.fetch(taskFor(server.origin), never, onStart)
    await fetcher.fetch(taskFor(server.origin), never, onStart)
    await fetcher.fetch(taskFor('http://127.0.0.1:1/'), never, onStart)
    expect(started).toEqual([0, 1])
  })

  it('goes where --resolve says, under the name of its URL', async () => {
    const server = await open(startHttpServer((_request, response) => void response.end(), { tls }))
    const { port } = server
    const resolve = [{ host: 'localhost', port, address: '127.0.0.1' }]
    const attempt = await fetchOnce(`https://localhost:${port}/`, {
      resolve,
      insecure: true,
      lookup: () => {
        throw new Error('asked for a name')
      },
    })
    expect(attempt).toMatchObject({ failure: null, remoteIp: '127.0.0.1', dnsMs: null })
    expect(attempt.tlsMs).toBeGreaterThan(0)
    expect(server.arrivals[0]?.headers.host).toBe(`localhost:${port}`)
  })

  it('reaches an IPv6 address', async () => {
    const server = await open(startHttpServer((_request, response) => void response.end(), { address: '::1' }))
    const attempt = await fetchOnce(server.origin)
    expect(attempt).toMatchObject({ failure: null, remoteIp: '::1' })
    expect(server.arrivals[0]?.headers.host).toBe(server.host)
  })

  it('times the look-up of a name and tries its next address when the first is dead', async () => {
    const server = await open(startHttpServer((_request, response) => void response.end(), { address: '127.0.0.1' }))
    const attempt = await fetchOnce(`http://two.test:${server.port}/`, {
      lookup: (_name, _options, callback) =>
        setImmediate(callback, null, [
          { address: '127.0.0.99', family: 4 },
          { address: '127.0.0.1', family: 4 },
        ]),
    })
    expect(attempt).toMatchObject({ failure: null, statusCode: 200, remoteIp: '127.0.0.1' })
    expect(attempt.dnsMs).toBeGreaterThan(0)
  })
})

describe('a redirect that will be followed', () => {
  it('takes in the body of a redirect that leads nowhere, since it is the answer', async () => {
    const server = await open(
      startHttpServer((_request, response) => {
        response.writeHead(302, { location: '', 'content-length': 100_000 })
        response.end('x'.repeat(100_000))
      }),
    )
    expect(await fetchOnce(server.origin)).toMatchObject({ failure: null, statusCode: 302, wireBytes: 100_000 })
  })

  it('does not wait for a body that never ends', async () => {
    const server = await open(
      startHttpServer((_request, response) => {
        response.writeHead(302, { location: '/next' })
        const chunk = Buffer.alloc(16_384)
        const more = () => {
          while (!response.destroyed && response.write(chunk));
        }
        response.on('drain', more)
        more()
      }),
    )
    expect(await fetchOnce(server.origin)).toMatchObject({ failure: null, statusCode: 302, locations: ['/next'] })
  })

  it('does not wait for a body that never comes, nor for one that is announced as large', async () => {
    const silent = await open(startAnswering('HTTP/1.1 301 M\r\nLocation: /\r\nContent-Length: 10\r\n\r\n'))
    const large = await open(startAnswering('HTTP/1.1 301 M\r\nLocation: /\r\nContent-Length: 5000000000\r\n\r\n'))
    expect(await fetchOnce(silent.origin)).toMatchObject({ failure: null, statusCode: 301 })
    expect(await fetchOnce(large.origin)).toMatchObject({ failure: null, statusCode: 301, contentLength: 5e9 })
  })

  it('does not mind a broken body, but keeps the connection of a whole one', async () => {
    const answer = 'HTTP/1.1 307 T\r\nLocation: /\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\njunk'
    const server = await open(startAnswering(answer))
    const fetcher = await openFetcher()
    for (let nth = 0; nth < 3; nth++) {
      expect((await fetcher.fetch(taskFor(server.origin), never)).failure).toBeNull()
    }
    expect(server.connections).toHaveLength(1)
  })

  it('is a response like others where it will not be followed', async () => {
    const body = gzipSync('final')
    const head = `HTTP/1.1 302 F\r\nLocation: /\r\nContent-Encoding: gzip\r\nContent-Length: ${body.length}\r\n\r\n`
    const server = await open(startAnswering(Buffer.concat([Buffer.from(head), body])))
    expect(await fetchOnce(server.origin, { maxRedirects: 0 })).toMatchObject({ failure: null, bodyBytes: 5 })
    expect(await fetchOnce(server.origin, { maxRedirects: 3 }, { redirects: 3 })).toMatchObject({ bodyBytes: 5 })
  })
})
