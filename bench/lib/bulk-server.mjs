// An API on loopback that stores rows and fails at times; started by ../bulk.mjs, which it tells what it saw.
//
// Of the requests, one in twenty is answered 503 and one in fifty reset: half of those before the row is stored, half of them after, when
// the client cannot know. A request whose Idempotency-Key was seen before is answered as then, and stores nothing.

import { createServer } from 'node:http'
import { mulberry32 } from './random.mjs'

const seed = Number(process.argv[2])
const random = mulberry32(seed)
/** How often each row was stored, by its key, and what each Idempotency-Key was answered. */
const stored = new Map()
const answered = new Set()
const seen = { requests: 0, refused: 0, reset: 0, lost: 0, replayed: 0, withoutKey: 0 }

const server = createServer((request, response) => {
  const parts = []
  request.on('data', (part) => parts.push(part))
  request.on('end', () => answer(request, response, Buffer.concat(parts)))
})
server.keepAliveTimeout = 30_000
server.listen(0, '127.0.0.1', () => process.send({ kind: 'ready', port: server.address().port }))

process.on('message', ({ kind }) => {
  if (kind === 'report') process.send({ kind: 'report', seen, stored: [...stored] })
})
process.on('disconnect', () => process.exit())

function answer(request, response, body) {
  seen.requests++
  const fate = random()
  if (fate < 0.05) {
    seen.refused++
    response.writeHead(503).end('{"error":"busy"}')
    return
  }
  if (fate < 0.06) {
    seen.reset++
    request.socket.resetAndDestroy()
    return
  }
  const { row } = JSON.parse(body)
  const key = request.headers['idempotency-key']
  if (key === undefined) seen.withoutKey++
  const isReplay = key !== undefined && answered.has(key)
  if (isReplay) seen.replayed++
  else stored.set(row, (stored.get(row) ?? 0) + 1)
  if (key !== undefined) answered.add(key)
  if (fate < 0.07) {
    seen.lost++
    request.socket.resetAndDestroy()
    return
  }
  // The row is stored before the client hears of it: whoever is killed now does not know.
  const answerText = JSON.stringify({ stored: row })
  setTimeout(() => response.writeHead(201, { 'content-type': 'application/json' }).end(answerText), 5 + 75 * random())
}
