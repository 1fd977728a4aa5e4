// What of an exchange comes into the archive, seen with servers that say every byte themselves.

import { describe, expect, it } from 'vitest'
import type { BodyStoreListener, RequestSpec } from '../../src/types.js'
import { startHttpServer } from '../support/http-server.js'
import { MemoryArchive } from '../support/memory-archive.js'
import { startAnswering, startRawServer } from '../support/raw-server.js'
import { never, taskFor, tls, until, useOpened, userAgent } from './setup.js'

const { open, openFetcher } = useOpened()

interface Answer {
  readonly answer: string
  readonly request?: Partial<RequestSpec>
  readonly end?: boolean
}

/** One exchange, and what was archived of it. */
async function exchange({ answer, request, end = false }: Answer, options = {}) {
  const archive = new MemoryArchive()
  const server = await open(startAnswering(answer, { end }))
  const fetcher = await openFetcher({ archive, ...options })
  const attempt = await fetcher.fetch(taskFor(`${server.origin}/a?b#c`, request && { request }), never)
  return { archive, attempt, server, stored: archive.stored[0] }
}

const whole = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nx-name:  \xe4 \r\n\r\nhello'
const chunked =
  'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;x=1\r\nhello\r\n006\r\n world\r\n0\r\nx-sum: 1\r\n\r\n'

describe('what is archived of a response', () => {
  it.each([
    ['with a length', { answer: whole }, 'hello'],
    ['in chunks', { answer: chunked }, 'hello world'],
    ['to the end of the connection', { answer: 'HTTP/1.1 200 OK\r\n\r\nhello', end: true }, 'hello'],
    ['of HTTP/1.0', { answer: 'HTTP/1.0 200 OK\r\n\r\nhello', end: true }, 'hello'],
    ['of a HEAD', { answer: 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n', request: { method: 'HEAD' } }, ''],
    ['with 204', { answer: 'HTTP/1.1 204 No Content\r\n\r\n' }, ''],
    ['with 204 and a length', { answer: 'HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n' }, ''],
    ['with 304 and a length', { answer: 'HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n' }, ''],
    ['without a body', { answer: 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n' }, ''],
    ['with an error status', { answer: 'HTTP/1.1 503 Busy\r\nContent-Length: 4\r\n\r\nbusy' }, 'busy'],
    ['with a redirect', { answer: 'HTTP/1.1 302 Found\r\nLocation: /b\r\nContent-Length: 4\r\n\r\nover' }, 'over'],
    [
      'that is broken inside',
      { answer: 'HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 1\r\n\r\nx' },
      'x',
    ],
  ] satisfies [string, Answer, string][])('%s is every byte of it', async (_name, answer, payload) => {
    const { archive, stored } = await exchange(answer)
    expect(archive.stored).toHaveLength(1)
    expect(stored).toMatchObject({ response: answer.answer, payload, truncated: null, remoteIp: '127.0.0.1' })
    expect(archive.dropped).toBe(0)
  })

  it.each([
    ['another response', whole, whole],
    ['rubbish', whole, 'rubbish'],
    ['another response behind chunks', chunked, whole],
    ['line ends behind chunks', chunked, '\r\n\r\n'],
    ['a body behind 204', 'HTTP/1.1 204 No Content\r\n\r\n', 'hello'],
  ])('is nothing of what comes behind it: %s', async (_name, answer, behind) => {
    const { archive, stored } = await exchange({ answer: answer + behind })
    expect(archive.stored).toHaveLength(1)
    expect(stored).toMatchObject({ response: answer, truncated: null })
  })

  it.each([
    ['one interim response', 'HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n'],
    ['two of them', 'HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n'],
    ['line ends', '\r\n\r\n'],
  ])('is nothing of what comes before it: %s', async (_name, before) => {
    const { stored } = await exchange({ answer: before + whole })
    expect(stored).toMatchObject({ response: whole, payload: 'hello' })
  })

  it('is the same when it comes byte by byte', async () => {
    const archive = new MemoryArchive()
    const answer = `HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n${chunked}`
    const server = await open(
      startRawServer({
        onRequest: ({ socket }) => {
          let at = 0
          const next = () => {
            if (at < answer.length) socket.write(answer.charAt(at++), 'latin1', () => setImmediate(next))
          }
          next()
        },
      }),
    )
    const fetcher = await openFetcher({ archive })
    expect((await fetcher.fetch(taskFor(server.origin), never)).failure).toBe(null)
    expect(archive.stored[0]).toMatchObject({ response: chunked, payload: 'hello world' })
  })

  it('is a large body, byte by byte, and not what the next read brought', async () => {
    const archive = new MemoryArchive()
    const body = Array.from({ length: 300_000 }, (_, index) => `${index},`).join('')
    const answer = `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`
    const server = await open(startAnswering(answer))
    const fetcher = await openFetcher({ archive })
    await Promise.all([1, 2, 3].map(() => fetcher.fetch(taskFor(server.origin), never)))
    expect(archive.stored.map(({ response }) => response === answer)).toEqual([true, true, true])
  })

  it('is what was within TLS', async () => {
    const archive = new MemoryArchive()
    const server = await open(startHttpServer((_request, response) => void response.end('hello'), { tls }))
    const fetcher = await openFetcher({ archive, insecure: true })
    await fetcher.fetch(taskFor(`${server.origin}/a`), never)
    expect(archive.stored[0]).toMatchObject({ uri: `${server.origin}/a`, payload: 'hello', remoteIp: '127.0.0.1' })
    expect(archive.stored[0]?.request).toMatch(/^GET \/a HTTP\/1\.1\r\n/)
    expect(archive.stored[0]?.response).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*\r\n\r\nhello$/)
  })

  it('is the response to its own request on a connection that serves several', async () => {
    const archive = new MemoryArchive()
    const server = await open(
      startRawServer({
        onRequest: ({ socket }, count) => {
          socket.write(`HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n${count}`)
        },
      }),
    )
    const fetcher = await openFetcher({ archive })
    for (let count = 1; count <= 3; count++) {
      const task = taskFor(`${server.origin}/${count}`)
      task.hostOutlook = 'more'
      await fetcher.fetch(task, never)
    }
    expect(server.connections).toHaveLength(1)
    expect(archive.stored.map(({ uri, payload }) => [new URL(uri).pathname, payload])).toEqual([
      ['/1', '1'],
      ['/2', '2'],
      ['/3', '3'],
    ])
    expect(archive.stored.map(({ request }) => request).join('')).toBe(server.connections[0]?.received)
  })
})

describe('what is archived of a request', () => {
  it.each([
    ['GET', {}],
    ['with a body', { method: 'POST', body: Buffer.from([0, 0xff, 0x0d, 0x0a]), headers: [['X-a', 'b\xe4']] }],
    ['with credentials, for the archive to mask', { headers: [['Authorization', 'Basic dTpw']] }],
  ] satisfies [string, Partial<RequestSpec>][])('%s is what the server received', async (_name, request) => {
    const { stored, server } = await exchange({ answer: whole, request })
    expect(stored?.request).toBe(server.connections[0]?.received)
    expect(stored?.request).toContain(userAgent)
    expect(stored?.uri).toBe(`${server.origin}/a?b`)
  })
})

describe('a response that is not whole', () => {
  const begun = 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nbegun'

  it.each([
    ['the connection ended', { answer: begun, end: true }, {}, 'disconnect', 'network'],
    ['it took too long', { answer: begun }, { timeoutMs: 300 }, 'time', 'timeout'],
    ['it is too large', { answer: whole }, { maxSizeBytes: 4 }, 'length', 'too_large'],
    [
      'it cannot be unpacked',
      { answer: begun.replace('OK', 'OK\r\nContent-Encoding: gzip') },
      {},
      'unspecified',
      'decode',
    ],
  ] as const)('is archived as that: %s', async (_name, answer, options, truncated, type) => {
    const { attempt, stored } = await exchange(answer, options)
    expect(attempt.failure?.type).toBe(type)
    expect(stored).toMatchObject({ truncated, response: answer.answer })
  })

  it('is archived as that where nobody waited for the body of a redirect', async () => {
    const answer = 'HTTP/1.1 302 Found\r\nLocation: /b\r\nContent-Length: 99\r\n\r\nover'
    const { attempt, stored } = await exchange({ answer })
    expect(attempt).toMatchObject({ failure: null, statusCode: 302 })
    expect(stored).toMatchObject({ truncated: 'unspecified', response: answer })
  })

  it.each([
    ['no byte came', { answer: '', end: true }],
    ['its head was cut', { answer: 'HTTP/1.1 200 OK\r\nContent-', end: true }],
    ['it is none', { answer: 'SSH-2.0-OpenSSH_9.7\r\n\r\n' }],
  ])('is not archived where %s', async (_name, answer) => {
    const { archive, attempt } = await exchange(answer)
    expect(attempt.failure).not.toBe(null)
    expect([archive.stored, archive.dropped]).toEqual([[], 1])
  })

  it('is not archived where the run ended over it', async () => {
    const archive = new MemoryArchive()
    const server = await open(startAnswering(begun))
    const fetcher = await openFetcher({ archive })
    const controller = new AbortController()
    const fetching = fetcher.fetch(taskFor(server.origin), controller.signal)
    await until(() => server.connections[0]?.received.endsWith('\r\n\r\n') === true)
    controller.abort()
    expect((await fetching).failure?.type).toBe('aborted')
    expect([archive.stored, archive.dropped]).toEqual([[], 1])
  })
})

describe('an attempt', () => {
  it('is over when its response is in the archive, and not before', async () => {
    const archive = new MemoryArchive()
    let tell = () => {}
    archive.onStore = (told) => (tell = told)
    const server = await open(startAnswering(whole))
    const fetcher = await openFetcher({ archive, timeoutMs: 200 })
    let isOver = false
    const fetching = fetcher.fetch(taskFor(server.origin), never).finally(() => (isOver = true))
    // Longer than the request may take: the time of the archive is not the server's.
    await new Promise((resolve) => setTimeout(resolve, 400))
    expect(isOver).toBe(false)
    tell()
    expect((await fetching).failure).toBe(null)
  })

  it('saves no body of a response that is not in the archive', async () => {
    const archive = new MemoryArchive()
    const waiting: (() => void)[] = []
    archive.onStore = (told) => void waiting.push(told)
    const events: string[] = []
    const keep = {
      store: {
        receive: (_task: unknown, listener: BodyStoreListener) => ({
          isCommitting: false,
          write: () => true,
          end: () => {
            events.push('saved')
            listener.onStored('file')
          },
          abort: () => {},
        }),
        close: () => Promise.resolve(),
      },
      isSaved: () => true,
      hash: false,
      headers: false,
      bodyBytes: null,
    }
    const server = await open(startAnswering(whole))
    const fetcher = await openFetcher({ archive, keep })
    const fetching = fetcher.fetch(taskFor(server.origin), never)
    await until(() => waiting.length > 0)
    events.push('archived')
    for (const told of waiting) told()
    expect((await fetching).optIns).toEqual({ file: 'file' })
    expect(events).toEqual(['archived', 'saved'])
  })

  it('fails where its response could not be archived', async () => {
    const archive = new MemoryArchive()
    archive.failure = { type: 'aborted', code: 'ENOSPC', message: 'full' }
    for (const answer of [whole, 'HTTP/1.1 302 Found\r\nLocation: /b\r\nContent-Length: 99\r\n\r\nover']) {
      const server = await open(startAnswering(answer))
      const fetcher = await openFetcher({ archive })
      expect((await fetcher.fetch(taskFor(server.origin), never)).failure).toEqual(archive.failure)
    }
  })

  it('does not wait for the archive when the run ends', async () => {
    const archive = new MemoryArchive()
    let isStoring = false
    archive.onStore = () => (isStoring = true)
    const server = await open(startAnswering(whole))
    const fetcher = await openFetcher({ archive })
    const controller = new AbortController()
    const fetching = fetcher.fetch(taskFor(server.origin), controller.signal)
    await until(() => isStoring)
    controller.abort()
    expect((await fetching).failure?.type).toBe('aborted')
    await fetcher.close()
    expect(archive.isClosed).toBe(true)
  })
})
