// The floor for Node on lists of many hosts: a socket per URL, opened, asked and closed by hand. One TLS context for all, the least parsing
// that can be done, one small record per URL. No limits, no timeouts, no retries, no keep-alive.
//
// node bare-sockets.mjs LIST OUTPUT [IN_FLIGHT]

import { createWriteStream } from 'node:fs'
import { connect as connectTcp } from 'node:net'
import { finished } from 'node:stream/promises'
import { connect as connectTls, createSecureContext } from 'node:tls'
import { fetchList } from './lib/fetch-list.mjs'

const [listPath, outputPath, inFlightText = '50'] = process.argv.slice(2)
const endOfHeaders = Buffer.from('\r\n\r\n')
let secureContext = null

const out = createWriteStream(outputPath, { highWaterMark: 1 << 20 })
const failures = await fetchList({ listPath, out, inFlight: Number(inFlightText), fetchOne })
out.end()
await finished(out)
if (failures > 0) process.exitCode = 1

function fetchOne(id, url) {
  const { protocol, hostname, port, host, pathname, search } = new URL(url)
  const startedAt = performance.now()
  return new Promise((resolve) => {
    const socket =
      protocol === 'https:'
        ? connectTls({
            host: hostname,
            port: port || 443,
            rejectUnauthorized: false,
            secureContext: (secureContext ??= createSecureContext()),
          })
        : connectTcp({ host: hostname, port: port || 80 })
    let head = null
    let statusCode = null
    let contentLength = null
    let bodyBytes = 0
    let isSettled = false
    const settle = (errorCode) => {
      if (isSettled) return
      isSettled = true
      socket.destroy()
      resolve({
        id,
        url,
        ok: errorCode === null && statusCode < 400,
        status_code: statusCode,
        error_code: errorCode,
        duration_ms: Math.round((performance.now() - startedAt) * 1000) / 1000,
        body_bytes: bodyBytes,
      })
    }
    socket.write(`GET ${pathname}${search} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`)
    socket.on('data', (chunk) => {
      if (statusCode !== null) bodyBytes += chunk.length
      else {
        head = head === null ? chunk : Buffer.concat([head, chunk])
        const end = head.indexOf(endOfHeaders)
        if (end === -1) return
        const text = head.latin1Slice(0, end)
        statusCode = Number(text.slice(9, 12))
        contentLength = Number(/\r\ncontent-length: *(\d+)/i.exec(text)?.[1] ?? Number.POSITIVE_INFINITY)
        bodyBytes = head.length - end - endOfHeaders.length
      }
      if (bodyBytes >= contentLength) settle(null)
    })
    // The end of a body whose length was not told.
    socket.on('end', () => settle(contentLength === Number.POSITIVE_INFINITY ? null : 'SHORT'))
    socket.on('error', (error) => settle(error.code ?? 'ERROR'))
  })
}
