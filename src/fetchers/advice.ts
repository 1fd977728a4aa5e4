// The wording of failures: one line that a person can act on, made of nothing that a server sent.

import { systemCode } from '../core/errors.js'

const byTlsCode: ReadonlyMap<string, string> = new Map([
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'the certificate is self-signed (use -k to accept it)'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'the certificate is from an authority that is not trusted here (use -k to accept it)'],
  ['UNABLE_TO_GET_ISSUER_CERT', 'the certificate is from an unknown authority (use -k to accept it)'],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'the certificate is from an unknown authority (use -k to accept it)'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'the server does not send its whole certificate chain (use -k to accept it)'],
  ['CERT_HAS_EXPIRED', 'the certificate has expired (use -k to accept it)'],
  ['CERT_NOT_YET_VALID', 'the certificate is not valid yet (use -k to accept it)'],
  ['CERT_REVOKED', 'the certificate was revoked'],
  ['ERR_SSL_WRONG_VERSION_NUMBER', 'the server does not speak TLS on this port'],
  ['ERR_SSL_PACKET_LENGTH_TOO_LONG', 'the server does not speak TLS on this port'],
  ['ERR_SSL_HTTP_REQUEST', 'the server does not speak TLS on this port'],
  ['ERR_SSL_UNSUPPORTED_PROTOCOL', 'the server offers only outdated versions of TLS'],
  ['ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION', 'the server offers only outdated versions of TLS'],
  ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'the server wants a client certificate'],
  ['ECONNRESET', 'the server closed the connection before the TLS handshake ended'],
  ['EPIPE', 'the server closed the connection before the TLS handshake ended'],
])

/** @param host null where the handshake had already ended */
export function tlsAdvice(code: string, host: string | null): string {
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return `the certificate is not for ${host ?? 'this host'} (use -k to accept it)`
  }
  return byTlsCode.get(code) ?? `the TLS ${host === null ? 'connection' : 'handshake'} failed (${code})`
}

export function nameAdvice(code: string, host: string): string {
  const name = host.replace(/:\d+$/, '')
  if (code === 'ENOTFOUND') return `no such host: ${name}`
  if (code === 'ENODATA') return `the name has no address: ${name}`
  return `the name could not be looked up now: ${name} (${code})`
}

export function connectAdvice(error: unknown, host: string): string {
  const code = systemCode(error) ?? 'UNKNOWN'
  const peer = peerOf(error) ?? host
  if (code === 'ECONNREFUSED') return `connection refused by ${peer}`
  if (code === 'EHOSTUNREACH' || code === 'ENETUNREACH') return `no route to ${peer}`
  if (code === 'ETIMEDOUT') return `${peer} does not answer`
  return `cannot connect to ${peer} (${code})`
}

/** @param how what became of the connection */
export function brokenAdvice(how: 'closed' | 'reset', hasBytes: boolean, hasHead: boolean): string {
  const when = hasHead ? 'in mid-body' : hasBytes ? 'in mid-response' : 'without an answer'
  return `the server ${how} the connection ${when}`
}

function peerOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('address' in error) || typeof error.address !== 'string') return undefined
  const port = 'port' in error && typeof error.port === 'number' ? `:${error.port}` : ''
  return (error.address.includes(':') ? `[${error.address}]` : error.address) + port
}
