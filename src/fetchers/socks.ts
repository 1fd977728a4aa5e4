// SOCKS 5 (RFC 1928, user and password RFC 1929): asks a proxy to let bytes through to a host, over a socket that is connected to it.

import type { Socket } from 'node:net'
import { utf8Of } from '../core/proxy-url.js'
import type { Failure, ProxyServer } from '../types.js'
import { proxyProtocolFailure, socksLoginFailure, socksRefusal } from './proxy-failure.js'

export interface SocksRequest {
  readonly proxy: ProxyServer
  /** A name, for the proxy to look it up, or an address; IPv6 without brackets. */
  readonly destination: string
  readonly port: number
  /** `hostname:port`, for messages. */
  readonly host: string
  readonly timeoutMs: number
}

/** RFC 1928 §5: a byte tells the length. */
export const longestSocksName = 255

/** What the longest replies before the last one take, and the beginning of that: all that says why it failed. */
const toldBytes = 2 + 2 + 2

/**
 * What the package's timer calls, which nobody can clear. For the whole timeout it would hold all that took part (both sockets, TLS, the dial), and
 * then end the socket, sometimes before the dial does, which first hears what has come by then. So it fires at once, and does nothing. Should a later
 * version of the package have no such method, the timer is as it was.
 */
const onTimer = 'onEstablishedTimeout'

/**
 * Calls back once, with what the proxy answered instead where it is not let through. Not at all where the socket fails: its owner listens for that.
 * What came behind the answer is left in the socket.
 */
export async function openSocks(
  socket: Socket,
  request: SocksRequest,
  done: (failure: Failure | null) => void,
): Promise<void> {
  // Only who has such a proxy needs it.
  const { SocksClient } = await import('socks')
  if (socket.destroyed) return
  const { proxy, destination, port, timeoutMs } = request
  const { credentials } = proxy
  let told = Buffer.alloc(0)
  const tell = (chunk: Buffer) => {
    if (told.length < toldBytes) told = Buffer.concat([told, chunk.subarray(0, toldBytes)])
  }
  socket.on('data', tell)
  const client = new SocksClient({
    command: 'connect',
    proxy: {
      host: proxy.hostname,
      port: proxy.port,
      type: 5,
      ...(credentials && { userId: utf8Of(credentials.username), password: utf8Of(credentials.password) }),
    },
    destination: { host: destination, port },
    timeout: Reflect.has(SocksClient.prototype, onTimer) ? 1 : timeoutMs,
  })
  Reflect.set(client, onTimer, ignore)
  // For good: it may complain once more when nobody listens. Its error has the password in it, and is looked at by nobody.
  client.on('error', () => {
    socket.removeListener('data', tell)
    const failure = failureOf(told, request)
    if (failure !== null) done(failure)
  })
  client.once('established', () => {
    socket.removeListener('data', tell)
    takeOver(socket, () => done(null))
  })
  client.connect(socket)
}

/** It puts the socket into flowing mode, and what was behind the answer out as an event, a turn of the event loop later. */
function takeOver(socket: Socket, done: () => void): void {
  const early: Buffer[] = []
  const keep = (chunk: Buffer) => void early.push(chunk)
  socket.on('data', keep)
  setImmediate(() => {
    socket.pause()
    socket.removeListener('data', keep)
    for (const chunk of early.toReversed()) socket.unshift(chunk)
    done()
  })
}

function ignore(): void {}

/** By the bytes of the proxy: the text of an error is for people. Null where it is the socket that failed. */
function failureOf(told: Buffer, { proxy, host }: SocksRequest): Failure | null {
  const [version, method, , status] = told
  if (version === undefined || method === undefined) return null
  if (version !== 5) return proxyProtocolFailure(proxy, 'does not speak SOCKS 5: is it a proxy of another kind?')
  if (method === 0xff) return socksLoginFailure(proxy)
  if (method !== 0 && method !== 2) return proxyProtocolFailure(proxy, 'wants a login of a kind that is not known here')
  const hasLogin = method === 2
  if (hasLogin && status !== undefined && status !== 0) return socksLoginFailure(proxy)
  const at = hasLogin ? 4 : 2
  const [replyVersion, reply] = told.subarray(at)
  if (reply === undefined) return null
  if (replyVersion !== 5 || reply === 0) return proxyProtocolFailure(proxy, 'breaks the rules of SOCKS 5')
  return socksRefusal(reply, proxy, host)
}
