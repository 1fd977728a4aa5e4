// Ends from outside: aborts and close, in every phase.

import { getEventListeners } from 'node:events'
import { describe, expect, it } from 'vitest'
import { startHttpServer } from '../support/http-server.js'
import { startAnswering, startRawServer } from '../support/raw-server.js'
import { never, taskFor, until, useOpened } from './setup.js'

const { open, openFetcher } = useOpened()

const aborted = { failure: { type: 'aborted', code: 'ABORTED' } }

describe('an abort', () => {
  it('before the fetch keeps it from connecting', async () => {
    const server = await open(startRawServer({}))
    const fetcher = await openFetcher()
    expect(await fetcher.fetch(taskFor(server.origin), AbortSignal.abort())).toMatchObject(aborted)
    await fetcher.close()
    expect(server.connections).toHaveLength(0)
  })

  it('while a name is looked up ends the fetch at once', async () => {
    const fetcher = await openFetcher({ lookup: () => {} })
    const controller = new AbortController()
    const pending = fetcher.fetch(taskFor('http://slow.test/'), controller.signal)
    controller.abort()
    expect(await pending).toMatchObject({ ...aborted, statusCode: null, firstByteMs: null })
  })

  it('in the TLS handshake closes the socket', async () => {
    const server = await open(startRawServer({}))
    const fetcher = await openFetcher()
    const controller = new AbortController()
    const pending = fetcher.fetch(taskFor(`https://${server.host}/`), controller.signal)
    await until(() => (server.connections[0]?.received.length ?? 0) > 0)
    controller.abort()
    expect(await pending).toMatchObject(aborted)
    await until(() => server.connections[0]?.socket.readableEnded === true)
  })

  it.each([
    ['before the head', ''],
    ['in the body', 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello'],
    ['in a coded body', 'HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 9\r\n\r\n\x1f\x8b\x08'],
  ])('%s closes the connection', async (_name, answer) => {
    const server = await open(startAnswering(answer))
    const fetcher = await openFetcher()
    const controller = new AbortController()
    const pending = fetcher.fetch(taskFor(server.origin), controller.signal)
    await until(() => server.connections[0]?.received.endsWith('\r\n\r\n') === true)
    await new Promise((resolve) => setTimeout(resolve, 50))
    controller.abort()
    const attempt = await pending
    expect(attempt).toMatchObject(aborted)
    await until(() => server.connections[0]?.socket.readableEnded === true)
  })

  it('ends all fetches of its signal through one listener, and no others', async () => {
    const server = await open(startRawServer({}))
    const fetcher = await openFetcher()
    const mine = new AbortController()
    const other = new AbortController()
    const pending = Array.from({ length: 40 }, () => fetcher.fetch(taskFor(server.origin), mine.signal))
    const spared = fetcher.fetch(taskFor(server.origin), other.signal)
    expect(getEventListeners(mine.signal, 'abort')).toHaveLength(1)
    mine.abort()
    for (const attempt of await Promise.all(pending)) expect(attempt).toMatchObject(aborted)
    expect(getEventListeners(mine.signal, 'abort')).toHaveLength(0)
    let isSpared = true
    void spared.then(() => (isSpared = false))
    await until(() => server.sockets.size === 1 || !isSpared)
    expect(isSpared).toBe(true)
  })

  it('leaves no listener behind on a signal that never fires', async () => {
    const server = await open(startHttpServer((_request, response) => void response.end()))
    const fetcher = await openFetcher()
    const { signal } = new AbortController()
    await fetcher.fetch(taskFor(server.origin), signal)
    expect(getEventListeners(signal, 'abort')).toHaveLength(0)
  })
})

it('lets the process end although connections are idle', async () => {
  const server = await open(startHttpServer((_request, response) => void response.end()))
  const fetcher = await openFetcher()
  const before = socketsThatHold()
  await Promise.all([1, 2, 3].map(() => fetcher.fetch(taskFor(server.origin), never)))
  // The server's three ends hold it here, the client's do not.
  await until(() => socketsThatHold() === before + 3)
  expect(server.sockets.size).toBe(3)
})

function socketsThatHold(): number {
  return process.getActiveResourcesInfo().filter((kind) => kind === 'TCPSocketWrap').length
}

describe('close', () => {
  it('aborts what is under way, whatever it is at, and leaves no socket', async () => {
    const silent = await open(startRawServer({}))
    const quick = await open(startHttpServer((_request, response) => void response.end()))
    const fetcher = await openFetcher({ lookup: () => {} })
    for (let nth = 0; nth < 3; nth++) await fetcher.fetch(taskFor(quick.origin), never)
    const pending = [silent.origin, `https://${silent.host}`, 'http://slow.test'].map((origin) =>
      fetcher.fetch(taskFor(origin), never),
    )
    await until(() => silent.connections.length === 2 && silent.connections.every(({ received }) => received !== ''))
    await fetcher.close()
    for (const attempt of await Promise.all(pending)) expect(attempt).toMatchObject(aborted)
    await until(() => quick.sockets.size === 0)
    await until(() => silent.connections.every(({ socket }) => socket.readableEnded))
  })

  it('makes later fetches fail as aborted', async () => {
    const fetcher = await openFetcher()
    await fetcher.close()
    await fetcher.close()
    expect(await fetcher.fetch(taskFor('http://127.0.0.1:1/'), never)).toMatchObject(aborted)
  })
})
