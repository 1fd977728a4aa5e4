// Makes one call of a kind fail: loaded before the program (NODE_OPTIONS=--import), of which it is no part.
//
// FAILING="write ENOSPC 3": the third write to a file fails so. FAILING_HITS names a file that is made when it happens.
// Every name under .test is an address of loopback (h2.test is 127.0.0.2); any other is refused: nothing leaves the machine.

import dns from 'node:dns'
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import net from 'node:net'
import os from 'node:os'

const [kind, fault, place] = (process.env.FAILING ?? '').split(' ')
const { writeFileSync } = fs
let calls = 0

/** Whether this call of that kind is the one that is to fail. */
function isHit(calledKind) {
  if (calledKind !== kind || ++calls !== Number(place)) return false
  if (process.env.FAILING_HITS) writeFileSync(process.env.FAILING_HITS, `${calls}\n`)
  return true
}

function errorOf(syscall) {
  // What follows half a write.
  const code = fault === 'torn' ? 'ENOSPC' : fault
  const errno = -os.constants.errno[code]
  return Object.assign(new Error(`${code}: made up, ${syscall}`), { code, errno, syscall })
}

/** Fails by its callback, as the last of its arguments. */
function wrapCallback(name, failingKind) {
  const original = fs[name]
  fs[name] = (...args) => {
    if (!isHit(failingKind)) return original(...args)
    setImmediate(() => args.at(-1)(errorOf(name)))
  }
}

wrapCallback('open', 'open')
wrapCallback('fdatasync', 'sync')
wrapCallback('fsync', 'sync')

const { open: openPromise } = fs.promises
fs.promises.open = async (...args) => {
  if (isHit('open')) throw errorOf('open')
  return await openPromise(...args)
}

const { write } = fs
let isTorn = false
fs.write = Object.defineProperties((fd, buffer, offset, length, ...rest) => {
  if (!isTorn && !isHit('write')) return write(fd, buffer, offset, length, ...rest)
  if (fault === 'torn' && !isTorn) {
    isTorn = true
    return write(fd, buffer, offset, Math.ceil(length / 2), ...rest)
  }
  if (fault === 'short') return write(fd, buffer, offset, Math.ceil(length / 2), ...rest)
  setImmediate(() => rest.at(-1)(errorOf('write')))
  // What it gives when it is promisified is said in a property.
}, Object.getOwnPropertyDescriptors(write))

const { writeSync } = fs
fs.writeSync = (fd, buffer, offset, length, ...rest) => {
  // What is said to people is none of it.
  if (fd <= 2 || (!isTorn && !isHit('write'))) return writeSync(fd, buffer, offset, length, ...rest)
  if ((fault === 'torn' && !isTorn) || fault === 'short') {
    isTorn = fault === 'torn'
    return writeSync(fd, buffer, offset, Math.ceil(length / 2), ...rest)
  }
  throw errorOf('write')
}

dns.lookup = (hostname, options, callback) => {
  const isFailing = isHit('lookup')
  if (isFailing && fault === 'silence') return
  const [, host] = /^h(\d)\.test$/.exec(hostname) ?? []
  const code = isFailing ? fault : host === undefined ? 'ENOTFOUND' : null
  const address = `127.0.0.${host}`
  if (code !== null) setImmediate(callback, Object.assign(new Error(code), { code, hostname }))
  else if (options.all) setImmediate(callback, null, [{ address, family: 4 }])
  else setImmediate(callback, null, address, 4)
}

const { connect } = net
net.connect = (options) => {
  if (!isHit('connect')) return connect(options)
  // Nobody listens on port 1.
  if (fault === 'ECONNREFUSED') return connect({ ...options, port: 1 })
  // After the name is known, where the system would make a socket.
  const stalled = (then) => {
    const lookup = (name, how, callback) => options.lookup(name, how, () => then(socket, callback))
    const socket = connect({ ...options, lookup })
    return socket
  }
  if (fault === 'silence') return stalled(() => {})
  if (fault === 'EMFILE') return stalled((socket) => socket.destroy(errorOf('connect')))
  const reset = Object.assign(new Error('reset'), { code: 'ECONNRESET', syscall: 'read' })
  const socket = connect(options)
  return socket.once('connect', () => setImmediate(() => socket.destroy(reset)))
}

syncBuiltinESMExports()
