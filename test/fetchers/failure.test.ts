// What can go wrong on the way, and what it is called.

import { describe, expect, it } from 'vitest'
import { dialFailure, exchangeFailure, isExhausted } from '../../src/fetchers/failure.js'
import { startHttpServer } from '../support/http-server.js'
import { startAnswering, startRawServer } from '../support/raw-server.js'
import { never, taskFor, tls, until, useOpened } from './setup.js'

const { open, openFetcher, fetchOnce } = useOpened()

/** Nobody listens there; a port that was just closed might be given to another test. */
const deadPort = 1

function coded(code: string) {
  return Object.assign(new Error(code), { code })
}

describe('the code', () => {
  const refused = Object.assign(new Error('x'), { code: 'ECONNREFUSED', address: '::1', port: 80 })
  const noRoute = Object.assign(new Error('x'), { code: 'ENETUNREACH', address: '10.0.0.1', port: 80 })

  it('is found inside aggregates and causes', () => {
    const wrapped = new Error('wrapped', { cause: new AggregateError([refused, new AggregateError([noRoute])]) })
    expect(dialFailure(wrapped, 'connect', 'a.test:80')).toEqual({
      type: 'connect',
      code: 'ECONNREFUSED',
      message: 'connection refused by [::1]:80; no route to 10.0.0.1:80',
    })
  })

  it.each([
    ['EADDRNOTAVAIL', false],
    ['EHOSTUNREACH', false],
    ['ENOBUFS', true],
    ['ENOMEM', true],
  ])('%s is this machine: %s', (code, expected) => {
    const failure = dialFailure(coded(code), 'connect', 'a.test:80')
    expect(failure).toMatchObject({ type: 'connect', code })
    expect(isExhausted(failure)).toBe(expected)
  })

  it.each([
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'the certificate is not for a.test (use -k to accept it)'],
    ['CERT_HAS_EXPIRED', 'the certificate has expired (use -k to accept it)'],
    ['ERR_SSL_TLSV1_ALERT_UNKNOWN_CA', 'the server does not accept the client certificate (--cert)'],
    ['ERR_SSL_SSL/TLS_ALERT_BAD_CERTIFICATE', 'the server does not accept the client certificate (--cert)'],
    ['ERR_SSL_NOT_HEARD_OF', 'the TLS handshake failed (ERR_SSL_NOT_HEARD_OF)'],
  ])('%s has its advice', (code, message) => {
    expect(dialFailure(coded(code), 'tls', 'a.test')).toEqual({ type: 'tls', code, message })
  })

  it('of TLS is of TLS also after the handshake', () => {
    const progress = { hasBytes: false, hasHead: false, isHalfClosed: false }
    expect(exchangeFailure(coded('ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED'), progress)).toMatchObject({
      type: 'tls',
      message: 'the server wants a client certificate (--cert)',
    })
  })

  it('is never missing', () => {
    const progress = { hasBytes: true, hasHead: true, isHalfClosed: false }
    expect(exchangeFailure('thrown by mistake', progress)).toMatchObject({ type: 'network', code: 'UNKNOWN' })
    expect(dialFailure(undefined, 'connect', 'a.test')).toMatchObject({ type: 'connect', code: 'UNKNOWN' })
  })
})

describe('dns', () => {
  it.each(['ENOTFOUND', 'EAI_AGAIN', 'ESERVFAIL', 'ETIMEOUT'])('keeps the code %s', async (code) => {
    const attempt = await fetchOnce('http://nope.invalid/', {
      lookup: (_name, _options, callback) => setImmediate(callback, coded(code), ''),
    })
    expect(attempt.failure).toMatchObject({ type: 'dns', code })
    expect(attempt.failure?.message).toContain('nope.invalid')
    expect(attempt).toMatchObject({ statusCode: null, connectMs: null, remoteIp: null, stale: false })
  })

  it('is an answer without an address', async () => {
    const attempt = await fetchOnce('https://empty.test/', {
      lookup: (_name, _options, callback) => setImmediate(callback, null, []),
    })
    expect(attempt.failure).toMatchObject({ type: 'dns', code: 'ENODATA' })
  })
})

describe('connect', () => {
  it('is a port on which nobody listens', async () => {
    const { failure } = await fetchOnce(`http://127.0.0.1:${deadPort}/`)
    expect(failure).toEqual({
      type: 'connect',
      code: 'ECONNREFUSED',
      message: `connection refused by 127.0.0.1:${deadPort}`,
    })
  })

  it('names every address of a name when all are dead', async () => {
    const { failure } = await fetchOnce(`http://two.test:${deadPort}/`, {
      lookup: (_name, _options, callback) =>
        setImmediate(callback, null, [
          { address: '127.0.0.1', family: 4 },
          { address: '127.0.0.2', family: 4 },
        ]),
    })
    expect(failure).toMatchObject({ type: 'connect', code: 'ECONNREFUSED' })
    expect(failure?.message).toBe(
      `connection refused by 127.0.0.1:${deadPort}; connection refused by 127.0.0.2:${deadPort}`,
    )
  })
})

describe('tls', () => {
  it('is a certificate that nobody vouches for', async () => {
    const server = await open(startHttpServer((_request, response) => void response.end(), { tls }))
    const attempt = await fetchOnce(server.origin)
    expect(attempt.failure).toEqual({
      type: 'tls',
      code: 'DEPTH_ZERO_SELF_SIGNED_CERT',
      message: 'the certificate is self-signed (--cacert trusts it, -k accepts any)',
    })
    expect(attempt.remoteIp).toBe('127.0.0.1')
    expect(attempt.connectMs).toBeGreaterThan(0)
    expect(attempt.tlsMs).toBeGreaterThan(0)
    expect(server.arrivals).toHaveLength(0)
  })

  it('is a server that does not speak it', async () => {
    const server = await open(
      startRawServer({ onConnection: ({ socket }) => void socket.end('HTTP/1.1 400 Bad\r\n\r\n') }),
    )
    const { failure } = await fetchOnce(`https://${server.host}/`)
    expect(failure).toMatchObject({ type: 'tls', message: 'the server does not speak TLS on this port' })
  })

  it.each(['end', 'resetAndDestroy'] as const)('is a handshake that the server breaks off (%s)', async (how) => {
    const server = await open(
      startRawServer({ onConnection: ({ socket }) => socket.once('data', () => socket[how]()) }),
    )
    const { failure } = await fetchOnce(`https://${server.host}/`)
    expect(failure).toMatchObject({ type: 'tls', code: 'ECONNRESET' })
  })

  it('is a version that is too old', async () => {
    const old = { ...tls, minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const
    const server = await open(startHttpServer((_request, response) => void response.end(), { tls: old }))
    expect((await fetchOnce(server.origin, { insecure: true })).failure?.type).toBe('tls')
  })
})

describe('network', () => {
  it('is a reset as soon as the connection is accepted', async () => {
    const server = await open(startRawServer({ onConnection: ({ socket }) => socket.resetAndDestroy() }))
    const { failure, stale } = await fetchOnce(server.origin)
    // The reset may come before the client knows that it is connected.
    expect(failure?.code).toBe('ECONNRESET')
    expect(['network', 'connect']).toContain(failure?.type)
    expect(stale).toBe(false)
  })

  it.each([
    ['no answer', ''],
    ['half a head', 'HTTP/1.1 200 OK\r\nConte'],
    ['half a body', 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello'],
    [
      'half a body on a connection to be closed',
      'HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 10\r\n\r\nhello',
    ],
    ['half a chunk', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\na\r\nhello'],
    [
      'half a chunk on a connection to be closed',
      'HTTP/1.1 200 OK\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\na\r\nhello',
    ],
    ['no last chunk', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n'],
  ])('is a connection closed after %s', async (_name, answer) => {
    const server = await open(startAnswering(answer, { end: true }))
    const attempt = await fetchOnce(server.origin)
    expect(attempt.failure?.type).toBe('network')
    expect(attempt.stale).toBe(false)
    expect(attempt.statusCode).toBe(answer.includes('\r\n\r\n') ? 200 : null)
  })

  it('is a reset in a body that has no length', async () => {
    const server = await open(
      startRawServer({ onRequest: ({ socket }) => void socket.write('HTTP/1.1 200 OK\r\n\r\nhello') }),
    )
    const fetcher = await openFetcher()
    const pending = fetcher.fetch(taskFor(server.origin), never)
    await until(() => server.connections[0]?.received.includes('GET') === true)
    // The reset must not overtake the head.
    await new Promise((resolve) => setTimeout(resolve, 100))
    server.connections[0]?.socket.resetAndDestroy()
    expect(await pending).toMatchObject({ failure: { type: 'network', code: 'ECONNRESET' }, statusCode: 200 })
  })
})

describe('protocol', () => {
  it.each([
    ['an SSH banner', 'SSH-2.0-OpenSSH_9.2\r\n'],
    ['HTTP/0.9', '<html>hello</html>'],
    ['lines that end with LF alone', 'HTTP/1.1 200 OK\nContent-Length: 0\n\n'],
    ['a space before the colon', 'HTTP/1.1 200 OK\r\nContent-Length : 0\r\n\r\n'],
    ['NUL in a header', 'HTTP/1.1 200 OK\r\nX: a\0b\r\nContent-Length: 0\r\n\r\n'],
    ['equal lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello'],
    ['different lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello'],
    ['length and chunks', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
    ['a bad chunk size', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n'],
    ['a huge chunk size', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffffff\r\nhello\r\n'],
    ['a 100 nobody asked for', 'HTTP/1.1 100 Continue\r\n\r\n'],
    ['an upgrade', 'HTTP/1.1 101 Switch\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n'],
    ['a bare 101', 'HTTP/1.1 101 Switch\r\n\r\n'],
    ['headers of 70 KB', `HTTP/1.1 200 OK\r\nX: ${'a'.repeat(70_000)}\r\n\r\n`],
  ])('is %s', async (_name, answer) => {
    const server = await open(startAnswering(answer))
    const { failure } = await fetchOnce(server.origin)
    expect(failure?.type).toBe('protocol')
    expect(failure?.code).toMatch(/^(?:UND_ERR_|HPE_)/)
    expect(failure?.message).toMatch(/^[\x20-\x7e]+$/)
  })

  it('is http to a TLS port, unless the server just hangs up', async () => {
    const server = await open(startHttpServer((_request, response) => void response.end(), { tls }))
    const { failure } = await fetchOnce(server.origin.replace('https', 'http'))
    expect(['protocol', 'network']).toContain(failure?.type)
  })

  it('is a CONNECT that is accepted', async () => {
    const server = await open(startAnswering('HTTP/1.1 200 OK\r\n\r\n'))
    const { failure } = await fetchOnce(server.origin, {}, { request: { method: 'CONNECT' } })
    expect(failure?.type).toBe('protocol')
  })

  it('tells nothing that the server sent', async () => {
    const server = await open(startAnswering('\x1b[31mred\x1b]8;;http://evil\x07'))
    expect(JSON.stringify((await fetchOnce(server.origin)).failure)).not.toMatch(/red|evil|\\u001b/)
  })
})

describe('exhausted', () => {
  it.each(['EMFILE', 'ENFILE'])('is %s, and gives the idle connections up', async (code) => {
    const server = await open(startHttpServer((_request, response) => void response.end()))
    const fetcher = await openFetcher({
      lookup: (_name, _options, callback) => setImmediate(callback, coded(code), ''),
    })
    await fetcher.fetch(taskFor(server.origin), never)
    expect(server.sockets.size).toBe(1)
    const attempt = await fetcher.fetch(taskFor('http://other.test/'), never)
    expect(attempt).toMatchObject({ exhausted: true, failure: { code } })
    await until(() => server.sockets.size === 0)
  })
})

describe('a server that goes away', () => {
  it('does no harm by ending right after a large body', async () => {
    const body = Buffer.alloc(400_000, 'x')
    const server = await open(
      startRawServer({
        onRequest: ({ socket }) => {
          socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n`)
          socket.end(body)
        },
      }),
    )
    const fetcher = await openFetcher()
    const pending = Array.from({ length: 20 }, () => fetcher.fetch(taskFor(server.origin), never))
    await until(() => server.connections.length === 20)
    // Events pile up: body and FIN of most are there at once.
    const busyUntil = performance.now() + 50
    while (performance.now() < busyUntil);
    for (const attempt of await Promise.all(pending)) {
      expect(attempt).toMatchObject({ failure: null, wireBytes: body.length })
    }
  })
})
