// CONNECT (RFC 9110 §9.3.6): asks a proxy to let bytes through to a host. Whatever it answers is bounded, and believed only as far as its head.

import type { Socket } from 'node:net'
import type { Failure, ProxyServer } from '../types.js'
import { proxyProtocolFailure, proxyRefusal } from './proxy-failure.js'
import { proxyAuthorization } from './route.js'

export interface TunnelRequest {
  readonly proxy: ProxyServer
  /** As in the URL, without brackets. */
  readonly hostname: string
  readonly port: number
  readonly userAgent: string
}

/** Of all heads together, those of interim responses included. */
const mostHeadBytes = 16 * 1024

/**
 * Calls back once, with what the proxy answered instead where it is not let through. Not at all where the socket fails: its owner listens for that.
 * What came behind the answer's head is left in the socket.
 */
export function openTunnel(socket: Socket, request: TunnelRequest, done: (failure: Failure | null) => void): void {
  let received = Buffer.alloc(0)
  const end = (failure: Failure | null) => {
    socket.removeListener('readable', read)
    done(failure)
  }
  const read = () => {
    for (let chunk: unknown = socket.read(); Buffer.isBuffer(chunk); chunk = socket.read()) {
      received = Buffer.concat([received, chunk])
      const answer = readAnswer(received, request)
      if (answer === null) continue
      if (answer.rest.length > 0) socket.unshift(answer.rest)
      return end(answer.failure)
    }
  }
  socket.on('readable', read)
  socket.write(headOf(request), 'latin1')
}

function headOf({ proxy, hostname, port, userAgent }: TunnelRequest): string {
  const authority = `${hostname.includes(':') ? `[${hostname}]` : hostname}:${port}`
  const authorization = proxyAuthorization(proxy)
  const fields = [
    `Host: ${authority}`,
    `User-Agent: ${userAgent}`,
    ...(authorization === null ? [] : [`Proxy-Authorization: ${authorization}`]),
  ]
  return `CONNECT ${authority} HTTP/1.1\r\n${fields.join('\r\n')}\r\n\r\n`
}

interface Answer {
  readonly failure: Failure | null
  /** What came behind the head. */
  readonly rest: Buffer
}

/** Null while it is not complete. */
function readAnswer(received: Buffer, { proxy, hostname, port }: TunnelRequest): Answer | null {
  const text = received.toString('latin1', 0, mostHeadBytes)
  let from = 0
  for (;;) {
    const [line, digits] = /^(?:\r?\n)*HTTP\/1\.[01] (\d{3})(?=[ \r\n])/.exec(text.slice(from, from + 64)) ?? []
    // As much of it as is there has to look like one.
    if (line === undefined && !isBeginning(text.slice(from, from + 16))) {
      return failed(
        proxyProtocolFailure(proxy, 'does not answer CONNECT with HTTP/1.x: is it a proxy of another kind?'),
      )
    }
    const end = /\r?\n\r?\n/.exec(text.slice(from))
    if (line === undefined || digits === undefined || end === null) {
      if (text.length < mostHeadBytes) return null
      return failed(proxyProtocolFailure(proxy, `answers CONNECT with a head of more than ${mostHeadBytes} bytes`))
    }
    from += end.index + end[0].length
    const statusCode = Number(digits)
    if (statusCode === 101 || statusCode < 100) {
      return failed(proxyProtocolFailure(proxy, `answers CONNECT with a status that makes no sense (${statusCode})`))
    }
    // RFC 9110 §15.2: what comes before the answer.
    if (statusCode < 200) continue
    // Any 2xx lets through, and its length, if it names one, is none.
    if (statusCode < 300) return { failure: null, rest: received.subarray(from) }
    return failed(proxyRefusal(statusCode, proxy, `${hostname}:${port}`))
  }
}

const statusLine = 'HTTP/1.x 000 '

/** What has come may become a status line. */
function isBeginning(text: string): boolean {
  const begun = text.replace(/^[\r\n]+/, '')
  return Array.from(begun.slice(0, statusLine.length)).every((letter, index) => {
    const expected = statusLine[index]
    if (expected === 'x') return letter === '0' || letter === '1'
    if (expected === '0') return letter >= '0' && letter <= '9'
    return letter === expected || (index === statusLine.length - 1 && (letter === '\r' || letter === '\n'))
  })
}

function failed(failure: Failure): Answer {
  return { failure, rest: Buffer.alloc(0) }
}
