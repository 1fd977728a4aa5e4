// Preloaded into the program and what it starts, by NODE_OPTIONS=--import: names that answer as their first label says. Needs the
// paths of a FIFO that nobody opens and of a file in FAKE_LOOKUPS, as JSON.

import dns from 'node:dns'
import { existsSync, open, writeFileSync } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { connect } from 'node:net'

const { fifo, mark, port } = JSON.parse(process.env.FAKE_LOOKUPS)
const isChild = process.argv[1]?.endsWith('name-child.js') ?? false

// Tells a server of the test how long the process lives.
if (isChild && port !== undefined) connect(port, '127.0.0.1').on('error', () => {})

const real = dns.lookup
dns.lookup = (hostname, options, callback) => {
  switch (hostname.split('.')[0]) {
    case 'hang':
      // As getaddrinfo does: a thread of the pool waits, and nothing wakes it.
      return open(fifo, 'r', () => {})
    case 'die':
      return process.kill(process.pid, 'SIGKILL')
    case 'die-once':
      if (!existsSync(mark)) {
        writeFileSync(mark, '')
        return process.kill(process.pid, 'SIGKILL')
      }
      return setImmediate(() => callback(null, [{ address: '127.0.0.9', family: 4 }]))
    case 'absent':
      return setImmediate(() => {
        const message = `getaddrinfo ENOTFOUND ${hostname}`
        callback(
          Object.assign(new Error(message), { errno: -3008, code: 'ENOTFOUND', syscall: 'getaddrinfo', hostname }),
        )
      })
    case 'options':
      return setImmediate(() => callback(null, [{ address: JSON.stringify(options), family: 4 }]))
    case 'where':
      return setImmediate(() => callback(null, [{ address: isChild ? 'there' : 'here', family: 4 }]))
    default:
      return real(hostname, options, callback)
  }
}
syncBuiltinESMExports()
