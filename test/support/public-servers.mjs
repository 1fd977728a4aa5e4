// Run in a network namespace: servers at a public address and on loopback, and the program with the arguments given. Afterwards
// standard error has one line more: the connections that each server was asked for.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'

const [publicAddress, binPath, ...parameters] = process.argv.slice(2)
const connections = { public: 0, loopback: 0 }

// `/?to=URL` redirects there.
const open = createServer((request, response) => {
  const to = new URL(request.url, 'http://here/').searchParams.get('to')
  if (to !== null) response.writeHead(302, { location: to })
  response.end('public')
}).on('connection', () => connections.public++)
const secret = createServer((_request, response) => response.end('secret')).on(
  'connection',
  () => connections.loopback++,
)
open.listen(80, publicAddress)
secret.listen(80, '127.0.0.1')
await Promise.all([once(open, 'listening'), once(secret, 'listening')])

const child = spawn(process.execPath, [binPath, ...parameters], { stdio: 'inherit' })
const [code] = await once(child, 'exit')
process.stderr.write(`${JSON.stringify(connections)}\n`)
process.exitCode = code
for (const server of [open, secret]) {
  server.close()
  server.closeAllConnections()
}
