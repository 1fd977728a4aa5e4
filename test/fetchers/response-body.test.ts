// Bodies: content codings and limits of size.

import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib'
import * as zlib from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { hasZstd } from '../../src/fetchers/decode-layer.js'
import { startHttpServer } from '../support/http-server.js'
import { startAnswering } from '../support/raw-server.js'
import { never, taskFor, until, useOpened } from './setup.js'

const { open, openFetcher, fetchOnce } = useOpened()

const text = Buffer.from('the quick brown fox '.repeat(500))
const kilobyte = 1024

function serve(body: Buffer, contentEncoding: string, { chunkBytes = body.length } = {}) {
  return startHttpServer((_request, response) => {
    response.writeHead(200, { 'content-encoding': contentEncoding })
    for (let at = 0; at < body.length; at += chunkBytes) response.write(body.subarray(at, at + chunkBytes))
    response.end()
  })
}

describe('a coded body', () => {
  it.each([
    ['gzip', gzipSync(text)],
    ['x-gzip', gzipSync(text)],
    ['GZIP', gzipSync(text)],
    ['deflate', deflateSync(text)],
    ['deflate', deflateRawSync(text)],
    ['br', brotliCompressSync(text)],
    ['identity', text],
    ['identity, gzip', gzipSync(text)],
    ['deflate, gzip', gzipSync(deflateSync(text))],
    ['gzip, deflate', deflateRawSync(gzipSync(text))],
    ['gzip, gzip', gzipSync(gzipSync(text))],
    ['gzip', Buffer.concat([gzipSync(text.subarray(0, 99)), gzipSync(text.subarray(99))])],
  ])('is counted as received and as decoded: %s', async (contentEncoding, body) => {
    for (const chunkBytes of [body.length, 7]) {
      const server = await open(serve(body, contentEncoding, { chunkBytes }))
      const attempt = await fetchOnce(server.origin)
      expect(attempt).toMatchObject({ failure: null, wireBytes: body.length, bodyBytes: text.length })
    }
  })

  it.runIf(hasZstd)('may be zstd where this Node decodes it soundly', async () => {
    const { zstdCompressSync } = zlib as unknown as { zstdCompressSync: (data: Buffer) => Buffer }
    const server = await open(serve(zstdCompressSync(text), 'zstd'))
    expect(await fetchOnce(server.origin)).toMatchObject({ failure: null, bodyBytes: text.length })
  })

  it.each(['secret', 'gzip, secret', 'secret, gzip'])(
    'is taken as it is where its coding is unknown: %s',
    async (coding) => {
      const body = gzipSync(text)
      const server = await open(serve(body, coding))
      expect(await fetchOnce(server.origin)).toMatchObject({
        failure: null,
        wireBytes: body.length,
        bodyBytes: body.length,
      })
    },
  )

  it('may be empty', async () => {
    const server = await open(serve(Buffer.alloc(0), 'gzip, br'))
    expect(await fetchOnce(server.origin)).toMatchObject({ failure: null, wireBytes: 0, bodyBytes: 0 })
  })

  it.each([
    ['gzip', gzipSync(text).subarray(0, -9), 'Z_BUF_ERROR'],
    ['gzip', Buffer.from('not at all'), 'Z_DATA_ERROR'],
    ['gzip', Buffer.concat([gzipSync(text), Buffer.from('junk')]), 'Z_DATA_ERROR'],
    ['gzip', Buffer.concat([gzipSync(text), Buffer.alloc(64)]), 'TRAILING_DATA'],
    ['deflate', deflateSync(text).subarray(0, 20), 'Z_BUF_ERROR'],
    ['deflate', Buffer.from('not at all'), 'Z_DATA_ERROR'],
    ['br', brotliCompressSync(text).subarray(0, 10), 'Z_BUF_ERROR'],
    ['deflate, gzip', gzipSync('not deflated'), 'Z_DATA_ERROR'],
    ['gzip, deflate', deflateSync(gzipSync(text).subarray(0, 20)), 'Z_BUF_ERROR'],
  ])('fails where it is broken: %s', async (contentEncoding, body, code) => {
    const server = await open(serve(body, contentEncoding))
    const attempt = await fetchOnce(server.origin)
    expect(attempt.failure).toMatchObject({ type: 'decode', code })
    expect(attempt).toMatchObject({ statusCode: 200, wireBytes: body.length })
  })

  it('fails where it is coded more than twice', async () => {
    const server = await open(serve(gzipSync(text), 'gzip, gzip, gzip, gzip, gzip, gzip'))
    expect((await fetchOnce(server.origin)).failure).toMatchObject({ type: 'decode', code: 'CODINGS' })
  })

  it('leaves its connection to the next request', async () => {
    const server = await open(serve(Buffer.from('broken'), 'gzip'))
    const fetcher = await openFetcher()
    for (let nth = 0; nth < 3; nth++) await fetcher.fetch(taskFor(server.origin), never)
    expect(server.accepted).toBe(1)
  })
})

describe('a limit of size', () => {
  const tooLarge = { type: 'too_large', code: 'MAX_SIZE' }

  it.each([
    ['announced', 'HTTP/1.1 200 OK\r\nContent-Length: 1025\r\n\r\n'],
    ['announced as huge', 'HTTP/1.1 200 OK\r\nContent-Length: 9007199254740993\r\n\r\n'],
    ['in chunks', `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n401\r\n${'x'.repeat(1025)}\r\n0\r\n\r\n`],
    ['until the end', `HTTP/1.1 200 OK\r\n\r\n${'x'.repeat(1025)}`],
  ])('ends a body one byte above it: %s', async (_name, answer) => {
    const server = await open(startAnswering(answer))
    const attempt = await fetchOnce(server.origin, { maxSizeBytes: kilobyte })
    expect(attempt.failure).toMatchObject(tooLarge)
    await until(() => server.connections[0]?.socket.readableEnded === true)
  })

  it('lets a body of that size pass', async () => {
    const server = await open(startAnswering(`HTTP/1.1 200 OK\r\nContent-Length: 1024\r\n\r\n${'x'.repeat(1024)}`))
    expect(await fetchOnce(server.origin, { maxSizeBytes: kilobyte })).toMatchObject({ failure: null, wireBytes: 1024 })
  })

  it('ends a body that never ends, and its connection', async () => {
    const server = await open(
      startHttpServer((_request, response) => {
        const chunk = Buffer.alloc(16_384)
        const more = () => {
          while (!response.destroyed && response.write(chunk));
        }
        response.on('drain', more)
        more()
      }),
    )
    const attempt = await fetchOnce(server.origin, { maxSizeBytes: 256 * kilobyte })
    expect(attempt.failure).toMatchObject(tooLarge)
    await until(() => server.sockets.size === 0)
  })

  it.each([
    ['gzip', gzipSync(Buffer.alloc(50_000 * kilobyte))],
    [
      'br',
      brotliCompressSync(Buffer.alloc(50_000 * kilobyte), { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 4 } }),
    ],
    ['gzip, gzip', gzipSync(gzipSync(Buffer.alloc(50_000 * kilobyte)))],
  ])('ends a body that is small as received and large as decoded: %s', async (contentEncoding, body) => {
    const server = await open(serve(body, contentEncoding))
    const attempt = await fetchOnce(server.origin, { maxSizeBytes: 200 * kilobyte })
    expect(attempt.failure).toMatchObject(tooLarge)
    // Decoding stopped there: what is counted is the limit and at most one piece more.
    expect(attempt.bodyBytes).toBeLessThan(300 * kilobyte)
  })
})
