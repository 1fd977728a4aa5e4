// Heads, bodies and redirects that are wrong, against the whole program.

import { describe, expect, it } from 'vitest'
import { startAnswering, startRawServer } from '../support/raw-server.js'
import { runCli } from '../support/run-cli.js'
import { closed, serve } from './setup.js'

describe('heads', () => {
  it.each([
    ['#37', 'lines that end with LF alone', 'HTTP/1.1 200 OK\nContent-Length: 0\n\n', 'protocol'],
    ['#39', 'a value that is folded', 'HTTP/1.1 200 OK\r\nX: a\r\n b\r\nContent-Length: 0\r\n\r\n', 'protocol'],
    ['#45', 'status 999', 'HTTP/1.1 999 What\r\nContent-Length: 0\r\n\r\n', null],
  ])('%s with %s', async (_row, _name, answer, type) => {
    const server = closed(await startAnswering(answer))
    const { records } = await runCli(['--accept', '999', '--retries', '0'], { stdin: `${server.origin}/` })
    expect(records).toMatchObject([{ error_type: type, attempts: 1 }])
  })
})

describe('bodies', () => {
  it.each([
    ['shorter than its Content-Length', 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello'],
    ['cut within a chunk', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nhello'],
  ])('#47 a body %s is network, and tried again', async (_name, answer) => {
    const server = closed(
      await startRawServer({
        onRequest: ({ socket, number }) =>
          void socket.end(number === 1 ? answer : 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello'),
      }),
    )
    const once = await runCli(['--retries', '0'], { stdin: `${server.origin}/` })
    expect(once.records).toMatchObject([{ error_type: 'network', attempts: 1 }])
    server.connections.length = 0
    const again = await runCli([], { stdin: `${server.origin}/` })
    expect(again.records).toMatchObject([{ ok: true, attempts: 2, body_bytes: 5 }])
  })
})

describe('redirects', () => {
  it('#58 from A to B to A end after ten hops', async () => {
    const a = await serve((_request, response) => void response.writeHead(302, { location: `${b.origin}/` }).end())
    const b = await serve((_request, response) => void response.writeHead(302, { location: `${a.origin}/` }).end())
    const { code, records } = await runCli([], { stdin: `${a.origin}/` })
    expect(code).toBe(1)
    expect(records).toMatchObject([{ error_type: 'redirect', redirects: 10, attempts: 1 }])
    expect([a.arrivals.length, b.arrivals.length]).toEqual([6, 5])
  })

  it('#59 to the same URL, with a cookie to come back with, are followed as far as any', async () => {
    const server = await serve(
      (_request, response) => void response.writeHead(302, { location: '/', 'set-cookie': 'seen=1' }).end(),
    )
    const { records } = await runCli([], { stdin: `${server.origin}/` })
    expect(records).toMatchObject([{ error_type: 'redirect', error_code: 'TOO_MANY_REDIRECTS', redirects: 10 }])
    expect(server.arrivals).toHaveLength(11)
  })
})
