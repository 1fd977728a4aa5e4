// What connections read into one buffer stays whole for whoever needs it longer than the read.

import { createHash } from 'node:crypto'
import type { Socket } from 'node:net'
import { gzipSync } from 'node:zlib'
import { expect, it } from 'vitest'
import type { KeepOptions } from '../../src/fetchers/index.js'
import { lasting } from '../../src/fetchers/inflow.js'
import { type RawConnection, startRawServer } from '../support/raw-server.js'
import { never, taskFor, until, useOpened } from './setup.js'

const { open, openFetcher } = useOpened()

const keep: KeepOptions = { store: null, isSaved: () => false, hash: true, headers: true, bodyBytes: 1024 * 1024 }

function pathOf({ received }: RawConnection, count: number): string {
  return / (\S+) HTTP/.exec(received.split('\r\n\r\n')[count - 1] ?? '')?.[1] ?? ''
}

/** Text of a known length that differs from number to number, and everywhere within. */
function textOf(number: number): string {
  return Array.from({ length: 40_000 }, (_, line) => `${number}:${line};`).join('')
}

function withLength(body: string | Buffer, fields = ''): Buffer {
  const head = `HTTP/1.1 200 OK\r\n${fields}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n`
  return Buffer.concat([Buffer.from(head), Buffer.from(body)])
}

it('keeps what there is of heads, chunks and trailers while the bodies of others stream past', async () => {
  const answer = [
    'HTTP/1.1 200 OK\r\nContent-Type: text/first\r\nX-Mark: 0123456789abcdef\r\nX-Mark: ghijklm\r\n',
    'Transfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n7;x=y\r\nfghijkl\r\n0\r\nX-Trailer: some\r\nConnection: close\r\n\r\n',
  ].join('')
  const halves: (() => unknown)[] = []
  const server = await open(
    startRawServer({
      onRequest(connection, count) {
        const { socket } = connection
        const cut = Number(pathOf(connection, count).slice('/cut/'.length))
        if (Number.isNaN(cut)) return socket.write(withLength('y'.repeat(400_000)))
        halves.push(() => socket.write(answer.slice(cut)))
        return socket.write(answer.slice(0, cut))
      },
    }),
  )
  const fetcher = await openFetcher({ keep })
  const fetchAll = (paths: readonly string[]) =>
    Promise.all(paths.map((path) => fetcher.fetch(taskFor(`${server.origin}${path}`), never)))

  const cuts = Array.from({ length: answer.length - 1 }, (_, index) => `/cut/${index + 1}`)
  const fetched = fetchAll(cuts)
  await until(() => halves.length === cuts.length)
  const large = await fetchAll(Array.from({ length: 8 }, (_, index) => `/large/${index}`))
  for (const finish of halves) finish()

  expect(large.map(({ bodyBytes }) => bodyBytes)).toEqual(Array.from({ length: 8 }, () => 400_000))
  const expected = {
    failure: null,
    contentType: 'text/first',
    wireBytes: 12,
    optIns: {
      headers: {
        'content-type': 'text/first',
        'x-mark': ['0123456789abcdef', 'ghijklm'],
        'transfer-encoding': 'chunked',
      },
      body: 'abcdefghijkl',
    },
  }
  for (const [index, attempt] of (await fetched).entries()) {
    expect({ path: cuts[index], ...attempt }).toMatchObject({ path: cuts[index], ...expected })
  }
  // The trailers name a field that makes a connection useless: not one was lost, only those of the large bodies are used again.
  const before = server.connections.length
  await fetchAll(Array.from({ length: 11 }, (_, index) => `/large/${index}`))
  expect(server.connections.length - before).toBe(3)
})

it('keeps bodies that come all at the same time, as they are and decoded', async () => {
  const server = await open(
    startRawServer({
      onRequest(connection, count) {
        const number = Number(pathOf(connection, count).slice(1))
        const isCoded = number % 2 === 1
        const body = isCoded ? gzipSync(textOf(number), { level: 0 }) : textOf(number)
        send(connection.socket, withLength(body, isCoded ? 'Content-Encoding: gzip\r\n' : ''))
      },
    }),
  )
  const fetcher = await openFetcher({ keep })
  const numbers = Array.from({ length: 8 }, (_, index) => index)
  const attempts = await Promise.all(
    numbers.map((number) => fetcher.fetch(taskFor(`${server.origin}/${number}`), never)),
  )
  for (const number of numbers) {
    const text = textOf(number)
    expect(attempts[number]?.failure).toBe(null)
    expect(attempts[number]?.optIns?.sha256).toBe(createHash('sha256').update(text).digest('hex'))
    expect(attempts[number]?.optIns?.body === text).toBe(true)
  }
})

it('copies only what stands in the buffer of all', () => {
  const own = Buffer.from('own')
  expect(lasting(own)).toBe(own)
})

/** In pieces, so that the bodies of several connections come in turns. */
function send(socket: Socket, answer: Buffer): void {
  const piece = answer.subarray(0, 50_000)
  if (piece.length > 0) socket.write(piece, () => send(socket, answer.subarray(piece.length)))
}
