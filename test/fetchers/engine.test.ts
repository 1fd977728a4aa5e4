// Engines go from one origin to the next: what one server sends must never answer a request to another.

import { expect, it } from 'vitest'
import { startHttpServer } from '../support/http-server.js'
import { seed, seededRandom } from '../support/random.js'
import { never, taskFor, tls, useOpened } from './setup.js'

const { open, openFetcher } = useOpened()

it(`answer every request with its own host's response, whatever became of those before (seed ${seed})`, async () => {
  const random = seededRandom(seed)
  const servers = await Promise.all(
    Array.from({ length: 8 }, (_, index) =>
      open(
        startHttpServer(
          (request, response) => {
            const luck = random.next()
            if (luck < 0.05) return request.socket.destroy()
            if (luck < 0.2) response.setHeader('connection', 'close')
            response.setHeader('content-type', `${request.headers.host} ${request.url}`)
            if (luck < 0.25) return void response.write('half', () => request.socket.destroy())
            if (luck < 0.3) return response.flushHeaders()
            setImmediate(() => response.end('whole'))
            if (luck < 0.35) setImmediate(() => request.socket.end('HTTP/1.1 200 Forged\r\n\r\n'))
          },
          index < 4 ? { address: `127.0.0.${index + 2}` } : { address: `127.0.0.${index + 2}`, tls },
        ),
      ),
    ),
  )
  const fetcher = await openFetcher({ insecure: true, maxIdleConnections: 4, idleTimeoutMs: 200 })
  const outlooks = ['more', 'none', 'unknown'] as const
  let answered = 0
  async function crew(): Promise<void> {
    for (let nth = 0; nth < 60; nth++) {
      const task = taskFor(`${random.pick(servers).origin}/${nth}`)
      task.hostOutlook = random.pick(outlooks)
      const abort = new AbortController()
      if (random.next() < 0.05) setTimeout(() => abort.abort(), random.below(5))
      const attempt = await fetcher.fetch(task, abort.signal)
      if (attempt.contentType !== null) expect(attempt.contentType).toBe(`${task.target.host} /${nth}`)
      if (attempt.failure === null) answered++
    }
  }
  await Promise.all(Array.from({ length: 12 }, crew))
  expect(answered).toBeGreaterThan(12 * 60 * 0.5)
})

it('go on to the next host after a connection that could not be opened', async () => {
  const gone = await startHttpServer((_request, response) => void response.end())
  const { origin } = gone
  await gone.close()
  const server = await open(startHttpServer((_request, response) => void response.end()))
  const fetcher = await openFetcher()
  for (let nth = 0; nth < 3; nth++) {
    expect((await fetcher.fetch(taskFor(origin), never)).failure).toMatchObject({ code: 'ECONNREFUSED' })
    expect((await fetcher.fetch(taskFor(server.origin), never)).failure).toBeNull()
  }
})

it('leave a request that was given up while it connected to nobody', async () => {
  const paths: (string | undefined)[] = []
  const server = await open(
    startHttpServer((request, response) => {
      paths.push(request.url)
      response.end()
    }),
  )
  const fetcher = await openFetcher()
  for (let nth = 0; nth < 3; nth++) {
    const abort = new AbortController()
    const given = fetcher.fetch(taskFor(`${server.origin}/given-up`), abort.signal)
    abort.abort()
    expect((await given).failure?.type).toBe('aborted')
    expect((await fetcher.fetch(taskFor(`${server.origin}/${nth}`), never)).failure).toBeNull()
  }
  expect(paths).toEqual(['/0', '/1', '/2'])
})
