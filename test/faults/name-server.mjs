// A name server on port 53, and an HTTP server on port 8080: for a network namespace in which nobody else is.
//
// node name-server.mjs nothing|empty|slow [ready-file]: what does not exist, what has no address, or an answer after a second.

import { createSocket } from 'node:dgram'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'

const [, , manner, readyFile] = process.argv
const socket = createSocket('udp4')

function answer(query) {
  const isAddress = query.readUInt16BE(query.indexOf(0, 12) + 1) === 1
  const hasAddress = manner === 'slow' && isAddress
  const response = Buffer.from(query.subarray(0, query.indexOf(0, 12) + 5))
  response.writeUInt16BE(manner === 'nothing' ? 0x8183 : 0x8180, 2)
  response.writeUInt16BE(hasAddress ? 1 : 0, 6)
  response.writeUInt32BE(0, 8)
  if (!hasAddress) return response
  return Buffer.concat([response, Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 127, 0, 0, 1])])
}

socket.on('message', (query, { port, address }) => {
  setTimeout(() => socket.send(answer(query), port, address), manner === 'slow' ? 1000 : 0)
})
socket.bind(53, '127.0.0.1', () => {
  createServer((_request, response) => response.end('hello')).listen(8080, '127.0.0.1', () => {
    if (readyFile) writeFileSync(readyFile, '')
  })
})
