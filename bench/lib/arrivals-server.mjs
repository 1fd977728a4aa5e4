// The server of the scheduling runs: it answers after a while, refuses what its limit does not allow, and notes every arrival.

import { once } from 'node:events'
import { createServer } from 'node:http'
import { seededRandom } from './simulation.mjs'

const body = 'ok\n'
const pageHeaders = { 'content-type': 'text/plain', 'content-length': body.length }

/**
 * @param {object} options
 * @param {import('./arrivals.mjs').Arrivals} options.arrivals what it notes, by Host header
 * @param {number} options.latencyMs mean time from a request to its answer, which takes half to one and a half of it: with one that is
 * always the same the workers would go in step, all free at once and then none for as long
 * @param {number} [options.firstTimes] how many times as long the first request of each host takes
 * @param {(now: number) => boolean} [options.allows] whether a request that comes at this time, in ms, gets a page; else a 429
 * @param {number | null} [options.retryAfterS] what a 429 asks for
 * @returns {Promise<{ host: string, port: number, stop(): Promise<void> }>}
 */
export async function startServer({
  arrivals,
  latencyMs,
  firstTimes = 1,
  allows = () => true,
  retryAfterS = null,
  address = '127.0.0.1',
  port = 0,
}) {
  const random = seededRandom(1)
  const refusalHeaders = { 'content-length': 0, ...(retryAfterS === null ? {} : { 'retry-after': retryAfterS }) }
  const server = createServer((request, response) => {
    const now = performance.now()
    const seen = arrivals.came(request.headers.host, now)
    const isAllowed = allows(now)
    const answer = () => {
      arrivals.answered(seen, !isAllowed, performance.now())
      if (isAllowed) response.writeHead(200, pageHeaders).end(body)
      else response.writeHead(429, refusalHeaders).end()
    }
    if (latencyMs === 0) answer()
    else setTimeout(answer, latencyMs * (0.5 + random()) * (seen.cameAt.length === 1 ? firstTimes : 1))
  })
  server.keepAliveTimeout = 60_000
  server.listen({ host: address, port, backlog: 4096 })
  await once(server, 'listening')
  const bound = server.address().port
  const stop = async () => {
    server.close()
    server.closeAllConnections()
    await once(server, 'close')
  }
  return { host: `${address}:${bound}`, port: bound, stop }
}
