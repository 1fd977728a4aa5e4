// From what was thrown to a failure: by phase first, then by code, then by name; never by message text.

import { systemCode } from '../core/errors.js'
import { escapeControls } from '../core/printable.js'
import { formatExactDuration, formatExactSize } from '../core/units.js'
import type { ErrorType, Failure } from '../types.js'
import { missingFamily } from './address-family.js'
import { brokenAdvice, connectAdvice, nameAdvice, tlsAdvice } from './advice.js'
import { isStreamCode, streamFailure } from './h2-failure.js'
import { blockedCode } from './public-only.js'

/** The phases of opening a connection. */
export type DialPhase = 'dns' | 'connect' | 'tls'

/** How far the response had come when its connection failed. */
export interface Progress {
  /** A byte of a response was received. */
  readonly hasBytes: boolean
  /** The head of the final response was received. */
  readonly hasHead: boolean
  /** The server had sent its FIN. */
  readonly isHalfClosed: boolean
}

type TimeoutCode = 'TIMEOUT_CONNECT' | 'TIMEOUT_IDLE' | 'TIMEOUT_TOTAL'

// This machine's limits, not the other side's doing. EADDRNOTAVAIL is not among them: it may be the address that is wrong.
const exhaustion: ReadonlySet<string> = new Set(['EMFILE', 'ENFILE', 'ENOBUFS', 'ENOMEM'])

// What the caller asked for cannot be put into a request.
const requestCodes: ReadonlySet<string> = new Set([
  'ERR_HTTP2_HEADER_SINGLE_VALUE',
  'ERR_INVALID_CHAR',
  'ERR_INVALID_HTTP_TOKEN',
  'UND_ERR_INVALID_ARG',
  'UND_ERR_NOT_SUPPORTED',
  'UND_ERR_REQ_CONTENT_LENGTH_MISMATCH',
])

export function isExhausted(failure: Failure): boolean {
  return exhaustion.has(failure.code)
}

/**
 * Of a host that has no public address.
 *
 * @param publicOnly none is allowed to any; else it was a redirect from the public internet that led there
 */
export function blockedFailure(host: string, publicOnly: boolean): Failure {
  const message = publicOnly
    ? `${host} is not public (--public-only)`
    : `a public host redirects to ${host}, which is not public (--allow-private-redirects)`
  return failed('blocked', blockedCode, message)
}

/** The connection could not be opened. */
export function dialFailure(error: unknown, phase: DialPhase, host: string): Failure {
  const causes = innermost(error)
  const code = systemCode(causes.find((cause) => systemCode(cause) !== undefined)) ?? systemCode(error) ?? 'UNKNOWN'
  switch (phase) {
    case 'dns':
      return failed('dns', code, nameAdvice(code, host, missingFamily(error)))
    case 'tls':
      return failed('tls', code, tlsAdvice(code, host))
    case 'connect':
      return failed('connect', code, [...new Set(causes.map((cause) => connectAdvice(cause, host)))].join('; '))
  }
}

/** The connection was open and the request failed on it, or could not be made. */
export function exchangeFailure(error: unknown, progress: Progress): Failure {
  const { hasBytes, hasHead, isHalfClosed } = progress
  const code = systemCode(error) ?? ''
  const closed = brokenAdvice('closed', hasBytes, hasHead)
  if (requestCodes.has(code)) {
    return failed('protocol', code, `the request cannot be sent: ${escapeControls(messageOf(error))}`)
  }
  if (isStreamCode(code)) return streamFailure(code, hasHead ? 'in mid-body' : 'without an answer')
  if (code === 'UND_ERR_HEADERS_OVERFLOW') {
    return failed('protocol', code, 'the response headers are larger than 64 KiB')
  }
  if (code === 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH') {
    if (hasHead) return failed('network', code, 'the body is shorter than its Content-Length')
    // Before the head was complete it is a head that contradicts itself, such as by two lengths.
    if (!isHalfClosed) return failed('protocol', code, 'the response contradicts itself about its length')
    return failed('network', code, closed)
  }
  if (code === 'UND_ERR_SOCKET') {
    // The server is still there: undici hung up, on an interim response that nobody asked for.
    if (hasBytes && !hasHead && !isHalfClosed) {
      return failed('protocol', code, 'the server sent a 100 or 101 that was not asked for')
    }
    return failed('network', code, closed)
  }
  // HTTPParserError comes without a code (undici 7 and 8), and its `data` is the server's.
  if (error instanceof Error && error.name === 'HTTPParserError') {
    if (isHalfClosed) return failed('network', code || 'HPE_INVALID_EOF_STATE', closed)
    return failed('protocol', code || 'HPE_INVALID', 'the response is not valid HTTP/1.x')
  }
  // Undici's parser asserts what it believes of a head, such as a status of at least 100.
  if (code === 'ERR_ASSERTION') return failed('protocol', code, 'the response is not valid HTTP/1.x')
  // A TLS 1.3 server refuses its client only after the handshake.
  if (/^(?:EPROTO$|ERR_SSL_|ERR_TLS_)/.test(code)) return failed('tls', code, tlsAdvice(code, null))
  if (code === 'ECONNRESET') return failed('network', code, brokenAdvice('reset', hasBytes, hasHead))
  return failed('network', code || 'UNKNOWN', `the connection failed (${code || 'no code'})`)
}

export function timeoutFailure(code: TimeoutCode, ms: number, hasHead: boolean): Failure {
  const within = formatExactDuration(ms)
  if (code === 'TIMEOUT_CONNECT') return failed('timeout', code, `no connection within ${within}`)
  if (code === 'TIMEOUT_IDLE') return failed('timeout', code, `no byte received for ${within}`)
  return failed(
    'timeout',
    code,
    hasHead ? `the body was not complete within ${within}` : `no response within ${within}`,
  )
}

export function tooLargeFailure(maxBytes: number): Failure {
  return failed('too_large', 'MAX_SIZE', `the body is larger than ${formatExactSize(maxBytes)} (--max-size)`)
}

export const abortedFailure = failed('aborted', 'ABORTED', 'the run ended while this was in flight')
export const upgradeFailure = failed('protocol', 'UND_ERR_SOCKET', 'the server switched to another protocol')

function failed(type: ErrorType, code: string, message: string): Failure {
  if (exhaustion.has(code)) return { type, code, message: `this machine is out of resources (${code})` }
  return { type, code, message }
}

// Happy Eyeballs throws an AggregateError with one error per address; wrappers hide the cause.
function innermost(error: unknown, depth = 0): unknown[] {
  if (depth < 4 && error instanceof AggregateError && error.errors.length > 0) {
    return error.errors.flatMap((inner) => innermost(inner, depth + 1))
  }
  if (depth < 4 && error instanceof Error && systemCode(error) === undefined && error.cause !== undefined) {
    return innermost(error.cause, depth + 1)
  }
  return [error]
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
