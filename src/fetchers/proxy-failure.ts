// Failures that are the proxy's: what it was, and what can be done about it. Of the proxy its address is shown, never user or password.

import { systemCode } from '../core/errors.js'
import { formatExactDuration } from '../core/units.js'
import type { Failure, ProxyServer } from '../types.js'
import { missingFamily } from './address-family.js'
import { dialFailure, isExhausted } from './failure.js'
import { connectAdvice, nameAdvice, tlsAdvice } from './advice.js'

/** What was being done when the connection through the proxy failed. */
export type ProxyPhase = 'dns' | 'connect' | 'tls' | 'handshake'

const replies: Readonly<Record<number, readonly [code: string, what: string]>> = {
  1: ['SOCKS_FAILURE', 'failed to connect to'],
  2: ['SOCKS_NOT_ALLOWED', 'does not allow a connection to'],
  3: ['SOCKS_NETWORK_UNREACHABLE', 'has no route to the network of'],
  4: ['SOCKS_HOST_UNREACHABLE', 'has no route to'],
  5: ['SOCKS_CONNECTION_REFUSED', 'was refused by'],
  6: ['SOCKS_TTL_EXPIRED', 'did not reach'],
  7: ['SOCKS_COMMAND_NOT_SUPPORTED', 'does not support connections to'],
  8: ['SOCKS_ADDRESS_NOT_SUPPORTED', 'does not support the kind of address of'],
}

/** There is no connection to the proxy, or it broke before the host was reached. */
export function proxyDialFailure(error: unknown, phase: ProxyPhase, { name, host }: ProxyServer): Failure {
  const code = codeIn(error)
  const own = dialFailure(error, 'connect', host)
  if (isExhausted(own)) return own
  if (phase === 'dns') return failed(code, `proxy ${name}: ${nameAdvice(code, host, missingFamily(error))}`)
  if (phase === 'tls') return failed(code, `proxy ${name}: ${tlsAdvice(code, host)}`)
  if (phase === 'handshake') return failed(code, `the proxy ${name} closed the connection without an answer`)
  return failed(code, `proxy ${name}: ${connectAdvice(innermost(error), host)}`)
}

/** @param isConnected there was a connection to the proxy, and it did not answer */
export function proxyTimeout(ms: number, { name }: ProxyServer, host: string, isConnected: boolean): Failure {
  const within = formatExactDuration(ms)
  const what = isConnected ? `the proxy ${name} had no connection to ${host}` : `no connection to the proxy ${name}`
  return failed('TIMEOUT_CONNECT', `${what} within ${within}`)
}

/** The answer to a CONNECT, or 407 to any request. */
export function proxyRefusal(statusCode: number, proxy: ProxyServer, host: string): Failure {
  return failed(`HTTP_${statusCode}`, `${refusalText(statusCode, proxy, host)} (status ${statusCode})`)
}

/** @param reply as in RFC 1928 §6 */
export function socksRefusal(reply: number, { name }: ProxyServer, host: string): Failure {
  const [code, what] = replies[reply] ?? [`SOCKS_${reply}`, 'refused to connect to']
  return failed(code, `the proxy ${name} ${what} ${host}`)
}

export function socksLoginFailure(proxy: ProxyServer): Failure {
  return failed('SOCKS_AUTH', loginText(proxy))
}

/** It does not speak what its URL says. */
export function proxyProtocolFailure({ name }: ProxyServer, what: string): Failure {
  return failed('PROXY_PROTOCOL', `the proxy ${name} ${what}`)
}

function refusalText(statusCode: number, proxy: ProxyServer, host: string): string {
  if (statusCode === 407) return loginText(proxy)
  if (statusCode >= 500) return `the proxy ${proxy.name} could not connect to ${host}`
  return `the proxy ${proxy.name} does not allow a connection to ${host}`
}

function loginText({ name, credentials }: ProxyServer): string {
  return credentials === null
    ? `the proxy ${name} wants a user and password: they belong into its URL`
    : `the proxy ${name} does not accept the user and password given`
}

function codeIn(error: unknown): string {
  return systemCode(innermost(error)) ?? systemCode(error) ?? 'UNKNOWN'
}

/** Of several addresses that were tried, the first one's. */
function innermost(error: unknown): unknown {
  return error instanceof AggregateError && error.errors.length > 0 ? error.errors[0] : error
}

function failed(code: string, message: string): Failure {
  return { type: 'proxy', code, message }
}
