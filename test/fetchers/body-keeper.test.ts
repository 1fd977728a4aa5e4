// What is kept of bodies, and how a server is held back by whoever is slow to take them.

import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { gzipSync } from 'node:zlib'
import type { KeepOptions } from '../../src/fetchers/index.js'
import type { BodyFailure, BodyStore, BodyStoreListener, BodyWriter } from '../../src/types.js'
import { startHttpServer } from '../support/http-server.js'
import { startHttpProxy, startSocksProxy } from '../support/proxies.js'
import { startAnswering, startRawServer } from '../support/raw-server.js'
import { through } from './proxied.js'
import { never, taskFor, tls, until, useOpened } from './setup.js'

const { open, openFetcher, fetchOnce } = useOpened()

/** Keeps bodies in memory, and takes no more than the test lets it. */
class StallingStore implements BodyStore, BodyWriter {
  isCommitting = false
  isClosed = false
  aborts = 0
  bytes = 0
  readonly parts: Uint8Array[] = []
  /** What becomes of a body that is whole. */
  failure: BodyFailure | null = null
  #isOpen = false
  #listener: BodyStoreListener | null = null
  #isDue = false

  receive(_task: unknown, listener: BodyStoreListener): BodyWriter {
    this.#listener = listener
    return this
  }

  write(chunk: Uint8Array): boolean {
    this.bytes += chunk.length
    this.parts.push(chunk)
    this.#isDue ||= !this.#isOpen
    return this.#isOpen
  }

  end(): void {
    if (this.failure === null) this.#listener?.onStored('a/file')
    else this.#listener?.onStoreFailed(this.failure)
  }

  abort(): void {
    this.aborts += 1
  }

  /** Room for a piece. */
  drain(): void {
    if (!this.#isDue) return
    this.#isDue = false
    this.#listener?.onDrain()
  }

  /** Room for all that comes. */
  openUp(): void {
    this.#isOpen = true
    this.drain()
  }

  async close(): Promise<void> {
    this.isClosed = true
  }
}

const nothing: KeepOptions = { store: null, isSaved: () => true, hash: false, headers: false, bodyBytes: null }
const keepIn = (store: BodyStore, changes: Partial<KeepOptions> = {}) => ({ keep: { ...nothing, store, ...changes } })
const sha256 = (data: string | Uint8Array) => createHash('sha256').update(data).digest('hex')

/** Resolves when the number has not changed for a while. */
async function stable(value: () => number): Promise<void> {
  let last = -1
  for (let same = 0; same < 50; ) {
    await new Promise((resolve) => setTimeout(resolve, 1))
    same = value() === last ? same + 1 : 0
    last = value()
  }
}

const serveBytes = (bytes: number, options = {}) =>
  startHttpServer((_request, response) => {
    response.writeHead(200, { 'content-length': bytes })
    const piece = Buffer.alloc(100_000, 'x')
    let left = bytes
    const more = () => {
      while (left > 0) {
        left -= piece.length
        if (!response.write(piece.subarray(0, piece.length + Math.min(0, left)))) return
      }
      response.end()
    }
    response.on('drain', more)
    more()
  }, options)

describe('what is kept', () => {
  const answer = 'HTTP/1.1 200 OK\r\nX-A: 1\r\nx-a: 2\r\nB: \xe9\r\n__proto__: p\r\nContent-Length: 5\r\n\r\nhello'

  it('is nothing unless it is asked for', async () => {
    const server = await open(startAnswering(answer))
    expect((await fetchOnce(server.origin)).optIns).toBeNull()
    expect((await fetchOnce(server.origin, { keep: nothing })).optIns).toBeNull()
  })

  it('may be the hash, the headers and the body', async () => {
    const server = await open(startAnswering(answer))
    const keep = { ...nothing, hash: true, headers: true, bodyBytes: 100 }
    const { optIns } = await fetchOnce(server.origin, { keep })
    expect(optIns).toMatchObject({
      sha256: sha256('hello'),
      body: 'hello',
      body_encoding: 'utf-8',
      body_truncated: false,
    })
    expect(Object.entries(optIns?.headers ?? {})).toEqual([
      ['x-a', ['1', '2']],
      ['b', '\xe9'],
      ['__proto__', 'p'],
      ['content-length', '5'],
    ])
  })

  it('is that of the decoded body, also of one with a status that is not accepted', async () => {
    const server = await open(
      startHttpServer((_request, response) => {
        response.writeHead(404, { 'content-encoding': 'gzip' })
        response.end(gzipSync('not here'))
      }),
    )
    const store = new StallingStore()
    const keep = { ...nothing, store, isSaved: (status: number) => status === 200, hash: true, bodyBytes: 3 }
    const { optIns } = await fetchOnce(server.origin, { keep })
    expect(optIns).toEqual({
      sha256: sha256('not here'),
      file: null,
      body: 'not',
      body_encoding: 'utf-8',
      body_truncated: true,
    })
    expect(store.parts).toEqual([])
  })

  it('of a body that breaks off is its beginning, and no hash', async () => {
    const head = 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n'
    const server = await open(startAnswering(`${head}hello`, { end: true }))
    const store = new StallingStore()
    store.openUp()
    const { failure, optIns } = await fetchOnce(server.origin, keepIn(store, { hash: true, bodyBytes: 100 }))
    expect(failure?.type).toBe('network')
    expect(optIns).toMatchObject({ sha256: null, file: null, body: 'hello', body_truncated: true })
    expect(store.aborts).toBe(1)
  })

  it.each([
    ['HEAD', 'HEAD', 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n'],
    ['204', 'GET', 'HTTP/1.1 204 N\r\n\r\n'],
    ['304', 'GET', 'HTTP/1.1 304 N\r\n\r\n'],
    ['a redirect that is followed', 'GET', 'HTTP/1.1 302 F\r\nLocation: /\r\nContent-Length: 2\r\n\r\nok'],
  ])('is only the headers where there is no body: %s', async (_name, method, reply) => {
    const server = await open(startAnswering(reply))
    const store = new StallingStore()
    const keep = keepIn(store, { hash: true, headers: true, bodyBytes: 9 })
    const { failure, optIns } = await fetchOnce(server.origin, keep, { request: { method } })
    expect(failure).toBeNull()
    expect(Object.keys(optIns ?? {})).toEqual(['headers'])
    expect(store.bytes).toBe(0)
  })

  it('is no file of a redirect too many, which is no answer', async () => {
    const server = await open(startAnswering('HTTP/1.1 302 F\r\nLocation: /\r\nContent-Length: 2\r\n\r\nok'))
    const store = new StallingStore()
    store.openUp()
    const last = await fetchOnce(server.origin, { maxRedirects: 3, ...keepIn(store) }, { redirects: 3 })
    expect([last.optIns, store.bytes]).toEqual([{ file: null }, 0])
    const wanted = await fetchOnce(server.origin, { maxRedirects: 0, ...keepIn(store) })
    expect([wanted.optIns, store.bytes]).toEqual([{ file: 'a/file' }, 2])
  })
})

describe('a body that is saved', () => {
  it('is the attempt’s failure where it could not be', async () => {
    const server = await open(serveBytes(1000))
    const store = new StallingStore()
    store.openUp()
    store.failure = { type: 'write', code: 'EEXIST', message: 'it is there' }
    const attempt = await fetchOnce(server.origin, keepIn(store, { hash: true }))
    expect(attempt.failure).toEqual(store.failure)
    expect(attempt).toMatchObject({ statusCode: 200, bodyBytes: 1000, optIns: { file: null } })
  })

  it('is waited for by the closing of the fetcher', async () => {
    const store = new StallingStore()
    const fetcher = await openFetcher(keepIn(store))
    await fetcher.close()
    expect(store.isClosed).toBe(true)
  })

  it('is not aborted any more while it is put in its place', async () => {
    const server = await open(serveBytes(10))
    const store = new StallingStore()
    store.openUp()
    const told: (() => void)[] = []
    store.end = () => {
      store.isCommitting = true
      told.push(() => StallingStore.prototype.end.call(store))
    }
    const controller = new AbortController()
    const pending = (await openFetcher(keepIn(store))).fetch(taskFor(server.origin), controller.signal)
    await until(() => told.length === 1)
    controller.abort()
    told[0]?.()
    expect(await pending).toMatchObject({ failure: null, optIns: { file: 'a/file' } })
  })
})

describe('a server whose body is not taken', () => {
  it.each([
    ['plain', {}, null],
    ['TLS', { tls }, null],
    ['TLS through a proxy', { tls }, async () => (await open(startHttpProxy())).url()],
    ['plain through SOCKS', {}, async () => `socks5h://${(await open(startSocksProxy())).host}`],
  ])('is held back, and its body is whole in the end: %s', async (_name, options, openProxy) => {
    const bytes = 50_000_000
    const server = await open(serveBytes(bytes, options))
    const store = new StallingStore()
    const way = openProxy === null ? {} : through(await openProxy())
    const fetcher = await openFetcher({ insecure: true, ...keepIn(store), ...way })
    const pending = fetcher.fetch(taskFor(server.origin), never)
    await until(() => store.bytes > 0)
    await stable(() => store.bytes)
    expect(store.bytes).toBeLessThan(2_000_000)
    store.openUp()
    expect(await pending).toMatchObject({ failure: null, bodyBytes: bytes, wireBytes: bytes })
    await fetcher.fetch(taskFor(server.origin), never)
    expect(server.accepted).toBe(1)
  })

  it('serves the next request on the same connection where the body ended with what was not taken', async () => {
    const server = await open(serveBytes(5))
    const fetcher = await openFetcher(keepIn(new StallingStore()))
    for (let fetches = 0; fetches < 3; fetches++) {
      expect(await fetcher.fetch(taskFor(server.origin), never)).toMatchObject({ failure: null, bodyBytes: 5 })
    }
    expect(server.accepted).toBe(1)
  })

  it('is held back by the decoder, too', async () => {
    const body = gzipSync(Buffer.alloc(50_000_000))
    const server = await open(
      startHttpServer((_request, response) => {
        response.writeHead(200, { 'content-encoding': 'gzip' })
        response.end(body)
      }),
    )
    const store = new StallingStore()
    const pending = (await openFetcher(keepIn(store))).fetch(taskFor(server.origin), never)
    await until(() => store.bytes > 0)
    await stable(() => store.bytes)
    expect(store.bytes).toBeLessThan(1_000_000)
    store.openUp()
    expect(await pending).toMatchObject({ failure: null, bodyBytes: 50_000_000 })
  })

  it.each(['Content-Length: 300000', 'Connection: close', 'Transfer-Encoding: chunked'])(
    'may close its side in the meantime: %s',
    async (field) => {
      const body = 'x'.repeat(300_000)
      const coded = field.includes('chunked') ? `493e0\r\n${body}\r\n0\r\n\r\n` : body
      let isSent = false
      const server = await open(
        startRawServer({
          onRequest: ({ socket }) => {
            socket.end(`HTTP/1.1 200 OK\r\n${field}\r\n\r\n${coded}`, () => (isSent = true))
          },
        }),
      )
      const store = new StallingStore()
      const pending = (await openFetcher(keepIn(store))).fetch(taskFor(server.origin), never)
      await until(() => store.bytes > 0)
      await stable(() => store.bytes + Number(isSent))
      const timer = setInterval(() => store.drain(), 1)
      const attempt = await pending
      clearInterval(timer)
      expect(attempt).toMatchObject({ failure: null, bodyBytes: 300_000 })
      expect(Buffer.concat(store.parts).toString()).toBe(body)
    },
  )

  // Undici 7 dies of a FIN that comes while its parser is paused (undici#5360).
  it('cannot crash the process by closing while its body is taken slowly', async () => {
    const sizes = Array.from({ length: 22 }, (_, index) => 64_000 + index * 16_000)
    const server = await open(
      startRawServer({
        onRequest: ({ socket, received }) => {
          const size = Number(/GET \/(\d+)/.exec(received)?.[1])
          socket.end(`HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n${'x'.repeat(size)}`)
        },
      }),
    )
    for (const size of sizes) {
      const store = new StallingStore()
      const timer = setInterval(() => store.drain(), 2)
      const attempt = await fetchOnce(`${server.origin}/${size}`, keepIn(store))
      clearInterval(timer)
      expect(attempt).toMatchObject({ failure: null, bodyBytes: size })
    }
  })

  it.each(['Content-Length: 999999', 'Connection: close', 'Transfer-Encoding: chunked'])(
    'may reset the connection in the meantime: that is a failure: %s',
    async (field) => {
      const body = field.includes('chunked') ? `f423f\r\n${'x'.repeat(9e5)}` : 'x'.repeat(9e5)
      const server = await open(
        startRawServer({
          onRequest: ({ socket }) => void socket.write(`HTTP/1.1 200 OK\r\n${field}\r\n\r\n${body}`),
        }),
      )
      for (const isSettled of [false, true]) {
        const store = new StallingStore()
        const pending = (await openFetcher(keepIn(store))).fetch(taskFor(server.origin), never)
        await until(() => store.bytes > 0)
        if (isSettled) await stable(() => store.bytes)
        server.connections.at(-1)?.socket.resetAndDestroy()
        await stable(() => store.bytes)
        store.openUp()
        expect((await pending).failure?.type).toBe('network')
        expect(store.aborts).toBe(1)
      }
    },
  )

  it('has one limit of time, however often it is held back', async () => {
    const server = await open(serveBytes(50_000_000))
    const store = new StallingStore()
    const fetcher = await openFetcher({ timeoutMs: 500, ...keepIn(store) })
    const controller = new AbortController()
    const pending = fetcher.fetch(taskFor(server.origin), controller.signal)
    await until(() => store.bytes > 0)
    await new Promise((resolve) => setTimeout(resolve, 600))
    const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length
    const before = timers()
    for (let drains = 0; drains < 50; drains++) {
      const { bytes } = store
      store.drain()
      await until(() => store.bytes > bytes)
    }
    expect(timers()).toBeLessThan(before + 10)
    controller.abort()
    expect((await pending).failure?.type).toBe('aborted')
    expect(timers()).toBeLessThanOrEqual(before)
  })

  it('is not taken for idle or late', async () => {
    const server = await open(serveBytes(5_000_000))
    const store = new StallingStore()
    const fetcher = await openFetcher({ timeoutMs: 1000, idleTimeoutMs: 500, ...keepIn(store) })
    const pending = fetcher.fetch(taskFor(server.origin), never)
    await until(() => store.bytes > 0)
    await new Promise((resolve) => setTimeout(resolve, 1300))
    store.openUp()
    expect(await pending).toMatchObject({ failure: null, bodyBytes: 5_000_000 })
  })

  it.each([
    ['idle', { timeoutMs: 20_000, idleTimeoutMs: 300 }, 'TIMEOUT_IDLE'],
    ['late', { timeoutMs: 600, idleTimeoutMs: null }, 'TIMEOUT_TOTAL'],
  ])('is %s where it stalls afterwards', async (_name, limits, code) => {
    const server = await open(startAnswering('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello'))
    const store = new StallingStore()
    const pending = (await openFetcher({ ...limits, ...keepIn(store) })).fetch(taskFor(server.origin), never)
    await until(() => store.bytes > 0)
    await new Promise((resolve) => setTimeout(resolve, 700))
    store.openUp()
    expect((await pending).failure?.code).toBe(code)
  })

  it('is let go when the fetch is aborted', async () => {
    const server = await open(
      startRawServer({
        onRequest: ({ socket }) =>
          void socket.write(`HTTP/1.1 200 OK\r\nContent-Length: 999999\r\n\r\n${'x'.repeat(9e5)}`),
      }),
    )
    const store = new StallingStore()
    const controller = new AbortController()
    const pending = (await openFetcher(keepIn(store))).fetch(taskFor(server.origin), controller.signal)
    await until(() => store.bytes > 0)
    controller.abort()
    expect((await pending).failure?.type).toBe('aborted')
    expect(store.aborts).toBe(1)
    store.openUp()
    await until(() => server.sockets.size === 0 || server.connections[0]?.socket.readableEnded === true)
  })
})
