// Limits of time: each holds against what a server does to defeat it.

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { createInterface } from 'node:readline'
import { describe, expect, it } from 'vitest'
import { startHttpServer } from '../support/http-server.js'
import { type RawConnection, startAnswering, startRawServer } from '../support/raw-server.js'
import { never, taskFor, until, useOpened } from './setup.js'

const { open, openFetcher, fetchOnce } = useOpened()

/** Writes the parts one after the other, and the last again and again. */
function drip(parts: readonly string[], everyMs: number) {
  return ({ socket }: RawConnection) => {
    let next = 0
    const timer = setInterval(() => socket.write(parts[Math.min(next++, parts.length - 1)] ?? ''), everyMs)
    socket.once('close', () => clearInterval(timer))
  }
}

describe('the connect timeout', () => {
  it('holds for a name that is never answered', async () => {
    const attempt = await fetchOnce('http://slow.test/', { connectTimeoutMs: 60, lookup: () => {} })
    expect(attempt.failure).toEqual({ type: 'timeout', code: 'TIMEOUT_CONNECT', message: 'no connection within 60ms' })
    // The phase that failed is where the time went.
    expect(attempt.dnsMs).toBeGreaterThanOrEqual(59)
    expect(attempt).toMatchObject({ connectMs: null, firstByteMs: null })
  })

  it('leaves no name unanswered for the next attempt, where the resolver has come back', async () => {
    const server = await open(startAnswering('HTTP/1.1 204 N\r\n\r\n'))
    let asked = 0
    const fetcher = await openFetcher({
      connectTimeoutMs: 200,
      lookup: (_hostname, _options, callback) => {
        asked += 1
        if (asked > 1) setImmediate(() => callback(null, [{ address: '127.0.0.1', family: 4 }]))
      },
    })
    const url = server.origin.replace('127.0.0.1', 'back.test')
    expect((await fetcher.fetch(taskFor(url), never)).failure?.code).toBe('TIMEOUT_CONNECT')
    expect(await fetcher.fetch(taskFor(url), never)).toMatchObject({ failure: null, statusCode: 204 })
  })

  it('holds for an address that does not answer', async () => {
    const { port } = await open(fullServer())
    const attempt = await fetchOnce(`http://127.0.0.1:${port}/`, { connectTimeoutMs: 100 })
    expect(attempt.failure?.code).toBe('TIMEOUT_CONNECT')
    expect(attempt.connectMs).toBeGreaterThanOrEqual(99)
  })

  it('holds for a handshake that stalls, and closes the socket', async () => {
    const server = await open(startRawServer({}))
    const attempt = await fetchOnce(`https://${server.host}/`, { connectTimeoutMs: 100 })
    expect(attempt.failure?.code).toBe('TIMEOUT_CONNECT')
    expect(attempt.connectMs).toBeGreaterThan(0)
    expect(attempt.tlsMs).toBeGreaterThan(0)
    await until(() => server.connections[0]?.socket.readableEnded === true)
  })
})

describe('the total timeout', () => {
  it('holds while a name is not answered, and says that the time went there', async () => {
    const attempt = await fetchOnce('http://slow.test/', { timeoutMs: 60, lookup: () => {} })
    expect(attempt.failure?.code).toBe('TIMEOUT_TOTAL')
    expect(attempt.dnsMs).toBeGreaterThanOrEqual(59)
  })

  it('holds while nothing is answered', async () => {
    const server = await open(startRawServer({}))
    const before = performance.now()
    const attempt = await fetchOnce(server.origin, { timeoutMs: 100 })
    expect(performance.now() - before).toBeGreaterThanOrEqual(99)
    expect(attempt.failure).toEqual({ type: 'timeout', code: 'TIMEOUT_TOTAL', message: 'no response within 100ms' })
    expect(attempt.stale).toBe(false)
    await until(() => server.connections[0]?.socket.readableEnded === true)
  })

  it('holds while the connection is being opened', async () => {
    const { failure } = await fetchOnce('http://slow.test/', { timeoutMs: 60, lookup: () => {} })
    expect(failure?.code).toBe('TIMEOUT_TOTAL')
  })

  it("is a task's own where it has one, shorter or longer than the others'", async () => {
    const server = await open(startRawServer({}))
    const own = (timeoutMs: number) => ({ ...taskFor(server.origin), own: { meta: null, timeoutMs, retries: null } })
    const [patient, hasty] = [await openFetcher({ timeoutMs: 20_000 }), await openFetcher({ timeoutMs: 50 })]
    const short = await patient.fetch(own(60), never)
    expect(short.failure).toEqual({ type: 'timeout', code: 'TIMEOUT_TOTAL', message: 'no response within 60ms' })
    const long = hasty.fetch(own(20_000), never)
    // Two that end by the limit of all: it has passed for the long one, too.
    for (let count = 0; count < 2; count++) {
      expect((await hasty.fetch(taskFor(server.origin), never)).failure?.message).toBe('no response within 50ms')
    }
    await until(() => server.connections.length > 1)
    for (const { socket } of server.connections) socket.write('HTTP/1.1 204 N\r\n\r\n')
    expect(await long).toMatchObject({ failure: null, statusCode: 204 })
  })

  it.each([
    ['endless interim responses', ['HTTP/1.1 102 P\r\n\r\n']],
    ['a head that drips', ['HTTP/1.1 200 OK\r\nX: ', 'a']],
    ['a body of one byte at a time', ['HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n', 'a']],
    ['chunks that never end', ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n', '1\r\na\r\n']],
  ])('holds against %s, where no idle timeout would', async (_name, parts) => {
    const server = await open(startRawServer({ onRequest: drip(parts, 20) }))
    const attempt = await fetchOnce(server.origin, { timeoutMs: 300, idleTimeoutMs: 10_000 })
    expect(attempt.failure).toMatchObject({ type: 'timeout', code: 'TIMEOUT_TOTAL' })
    await until(() => server.connections[0]?.socket.readableEnded === true)
  })

  it('does not fire for a response that was there in time while the process was busy', async () => {
    const server = await open(startAnswering('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'))
    const fetcher = await openFetcher({ timeoutMs: 1200, idleTimeoutMs: 1000 })
    await fetcher.fetch(taskFor(server.origin), never)
    const pending = fetcher.fetch(taskFor(server.origin), never)
    await until(() => server.connections[0]?.received.split('GET').length === 3)
    const busyUntil = performance.now() + 1500
    while (performance.now() < busyUntil);
    expect((await pending).failure).toBeNull()
  })
})

describe('the idle timeout', () => {
  it.each([
    ['before the head', ''],
    ['in the body', 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello'],
  ])('ends a response that stalls %s', async (_name, answer) => {
    const server = await open(startAnswering(answer))
    const { failure } = await fetchOnce(server.origin, { idleTimeoutMs: 80 })
    expect(failure).toEqual({ type: 'timeout', code: 'TIMEOUT_IDLE', message: 'no byte received for 80ms' })
  })

  it('lets a slow body go on while bytes come', async () => {
    const server = await open(
      startHttpServer((_request, response) => {
        let left = 30
        const timer = setInterval(() => {
          if (left-- > 0) response.write('x')
          else response.end()
        }, 20)
        response.once('close', () => clearInterval(timer))
      }),
    )
    // Thirty gaps are longer than one limit, no gap is.
    const attempt = await fetchOnce(server.origin, { idleTimeoutMs: 550 })
    expect(attempt).toMatchObject({ failure: null, wireBytes: 30 })
    expect(attempt.bodyMs).toBeGreaterThan(550)
  })
})

/** A process that listens and never accepts, its backlog filled up: further connections get no answer. */
async function fullServer() {
  const script = `const server = require('node:net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
    require('node:fs').writeSync(1, server.address().port + '\\n')
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
  })`
  const child: ChildProcess = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
  if (child.stdout === null) throw new Error('no stdout')
  const [line]: unknown[] = await once(createInterface(child.stdout), 'line')
  const port = Number(line)
  const fillers: Socket[] = []
  let stalled = false
  while (!stalled) {
    const filler = connect(port, '127.0.0.1').on('error', () => {})
    fillers.push(filler)
    stalled = await Promise.race([
      once(filler, 'connect').then(() => false),
      new Promise<boolean>((resolve) => setTimeout(resolve, 1000, true)),
    ])
  }
  return {
    port,
    async close() {
      for (const filler of fillers) filler.destroy()
      const gone = once(child, 'exit')
      child.kill('SIGKILL')
      await gone
    },
  }
}
