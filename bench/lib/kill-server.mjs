// The server that a killed client leaves: it says which requests it got, and which of them it had answered. A process of its own.
//
// /n is a number: every 29th takes its time, the others a few ms; lib/kill-bodies.mjs has what they are.

import { createServer } from 'node:http'
import { bodyOf, isFound } from './kill-bodies.mjs'

/** Of the run that is under way: by path, whether its answer was handed over whole. */
const begun = new Map()
/** By path, since the list began. */
const arrivals = new Map()
let sockets = 0
let onIdle = null
let isFirstAwaited = false

const server = createServer((request, response) => {
  const path = request.url
  begun.set(path, false)
  arrivals.set(path, (arrivals.get(path) ?? 0) + 1)
  response.once('finish', () => begun.set(path, true))
  response.on('error', () => {})
  if (isFirstAwaited) process.send({ kind: 'first' })
  isFirstAwaited = false
  answer(Number(path.slice(1)), response)
})

function answer(number, response) {
  const ms = number % 29 === 0 ? 30 : 1 + (number % 3)
  response.statusCode = isFound(number) ? 200 : 404
  const pieces = bodyOf(number)
  const last = pieces.pop()
  // One after the other: timers of different lengths may come in any order where the process was late.
  const next = () => {
    const piece = pieces.shift()
    if (piece === undefined) return response.end(last)
    response.write(piece)
    setTimeout(next, ms)
  }
  setTimeout(next, ms)
}

server.on('connection', (socket) => {
  sockets++
  socket.on('error', () => {})
  socket.once('close', () => {
    if (--sockets === 0) onIdle?.()
  })
})

process.on('message', (message) => void answerTo(message))

async function answerTo(message) {
  if (message.kind === 'run') {
    begun.clear()
    isFirstAwaited = true
  }
  if (message.kind === 'list') arrivals.clear()
  // What a dead client had sent may still be read: until its last connection is closed.
  if (message.kind === 'report' && sockets > 0) await new Promise((resolve) => (onIdle = resolve))
  onIdle = null
  const report = message.kind === 'report' ? { begun: [...begun], arrivals: [...arrivals] } : {}
  process.send({ kind: message.kind, ...report })
}
process.once('disconnect', () => process.exit())

server.listen(0, '127.0.0.1', () => process.send({ kind: 'ready', port: server.address().port }))
