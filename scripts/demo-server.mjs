// A small internet on loopback: one port, a host per address, each with a habit of its own. Deterministic: no dice.

import { once } from 'node:events'
import { createServer } from 'node:http'
import { createServer as createTcpServer } from 'node:net'
import { gzipSync } from 'node:zlib'

/** What lives where. Nothing listens on the dead one. */
export const demoHosts = {
  fast: '127.0.0.2',
  slow: '127.0.0.3',
  flaky: '127.0.0.4',
  limited: '127.0.0.5',
  redirecting: '127.0.0.6',
  dead: '127.0.0.7',
  hundred: '127.0.0.8',
}

// Five requests in any 900 ms: a client that waits the advertised second finds the window empty, whatever its timer's error.
const windowMs = 900
const windowRequests = 5

/**
 * Starts every host.
 *
 * @param {number} port the same for all hosts; 0 takes one that is free on all of them
 * @returns {Promise<{ port: number, stop(): Promise<void> }>} rejects with the bind error; its `code` tells which
 */
export async function startDemoServer(port) {
  for (let tries = 1; ; tries++) {
    try {
      return await startHosts(port)
    } catch (error) {
      if (port !== 0 || error.code !== 'EADDRINUSE' || tries === 20) throw explained(error)
    }
  }
}

async function startHosts(wantedPort) {
  let port = wantedPort
  const servers = []
  const stop = async () => {
    await Promise.all(servers.map(stopServer))
  }
  const handlers = createHandlers(() => port)
  try {
    for (const [name, address] of Object.entries(demoHosts)) {
      const handler = handlers[name]
      if (handler === undefined) continue
      const server = createServer({ keepAliveTimeout: 30_000 }, handler)
      await listen(server, port, address)
      servers.push(server)
      port = server.address().port
    }
    await assertNobodyListens(port, demoHosts.dead)
  } catch (error) {
    await stop()
    throw error
  }
  return { port, stop }
}

function createHandlers(port) {
  const seen = new Map()
  const admittedAt = []
  return {
    fast: (request, response) => {
      if (request.url === '/missing') return page(response, 404, 'no such page')
      if (request.url !== '/gzip') return page(response, 200, `fast ${request.url}`)
      const body = gzipSync(text('a page that was compressed', 20_000))
      response.writeHead(200, {
        'content-type': 'text/html',
        'content-encoding': 'gzip',
        'content-length': body.length,
      })
      response.end(body)
    },

    slow: (request, response) => {
      if (request.url === '/stall') return
      answerLater(response, 300 + ((pageNumber(request.url) * 97) % 601), `slow ${request.url}`)
    },

    // One connection per request: a reset on a kept-alive one could be taken for the server's closing of an idle connection.
    flaky: (request, response) => {
      const attempt = (seen.get(request.url) ?? 0) + 1
      seen.set(request.url, attempt)
      response.setHeader('connection', 'close')
      const habit = attempt === 1 ? pageNumber(request.url) % 3 : 0
      if (habit === 1) page(response, 503, 'come back')
      else if (habit === 2) request.socket.resetAndDestroy()
      else page(response, 200, `flaky ${request.url}`)
    },

    limited: (request, response) => {
      const now = performance.now()
      while (admittedAt.length > 0 && now - admittedAt[0] >= windowMs) admittedAt.shift()
      if (admittedAt.length >= windowRequests) {
        response.setHeader('retry-after', '1')
        return page(response, 429, 'too many requests')
      }
      admittedAt.push(now)
      answerLater(response, 20, `limited ${request.url}`)
    },

    redirecting: (request, response) => {
      const hops = pageNumber(request.url)
      if (request.url === '/loop') return redirect(response, '/loop-back')
      if (request.url === '/loop-back') return redirect(response, '/loop')
      if (request.url === '/elsewhere') return redirect(response, `http://${demoHosts.fast}:${port()}/landed`)
      if (request.url === '/landed') return page(response, 200, 'landed')
      redirect(response, hops > 1 ? `/hops/${hops - 1}` : '/landed')
    },

    hundred: (request, response) => {
      answerLater(response, 20 + ((pageNumber(request.url) * 7) % 41), `page ${request.url}`)
    },
  }
}

function page(response, statusCode, title) {
  const body = text(title, 2_000)
  response.writeHead(statusCode, { 'content-type': 'text/html', 'content-length': Buffer.byteLength(body) })
  response.end(body)
}

function answerLater(response, delayMs, title) {
  const timer = setTimeout(() => page(response, 200, title), delayMs)
  response.once('close', () => clearTimeout(timer))
}

function redirect(response, location) {
  response.writeHead(302, { location, 'content-length': 0 })
  response.end()
}

function text(title, length) {
  return `<!doctype html><title>${title}</title>\n${'<p>All work and no play. </p>\n'.repeat(length / 28)}`
}

function pageNumber(path) {
  return Number(/\d+$/.exec(path)?.[0] ?? 0)
}

async function listen(server, port, address) {
  server.listen(port, address)
  await once(server, 'listening')
}

// The dead host must refuse: a stranger's server on its address would answer for it.
async function assertNobodyListens(port, address) {
  const probe = createTcpServer()
  await listen(probe, port, address)
  probe.close()
  await once(probe, 'close')
}

async function stopServer(server) {
  server.close()
  server.closeAllConnections()
  await once(server, 'close')
}

function explained(error) {
  if (error.code !== 'EADDRNOTAVAIL') return error
  const hint = `${error.address} is not an address of this machine; on macOS add it: sudo ifconfig lo0 alias ${error.address}`
  return Object.assign(new Error(hint, { cause: error }), { code: error.code })
}
