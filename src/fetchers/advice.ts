// The wording of failures: one line that a person can act on, made of nothing that a server sent.

import { systemCode } from '../core/errors.js'

const byTlsCode: ReadonlyMap<string, string> = new Map([
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'the certificate is self-signed (--cacert trusts it, -k accepts any)'],
  [
    'SELF_SIGNED_CERT_IN_CHAIN',
    'the certificate is from an authority that is not trusted here (--cacert trusts one, -k accepts any)',
  ],
  ['UNABLE_TO_GET_ISSUER_CERT', 'the certificate is from an unknown authority (--cacert trusts one, -k accepts any)'],
  [
    'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
    'the certificate is from an unknown authority (--cacert trusts one, -k accepts any)',
  ],
  [
    'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    'the certificate is from an unknown authority, or its chain is not whole (--cacert trusts one, -k accepts any)',
  ],
  ['CERT_HAS_EXPIRED', 'the certificate has expired (use -k to accept it)'],
  ['CERT_NOT_YET_VALID', 'the certificate is not valid yet (use -k to accept it)'],
  ['CERT_REVOKED', 'the certificate was revoked'],
  ['ERR_SSL_WRONG_VERSION_NUMBER', 'the server does not speak TLS on this port'],
  ['ERR_SSL_PACKET_LENGTH_TOO_LONG', 'the server does not speak TLS on this port'],
  ['ERR_SSL_HTTP_REQUEST', 'the server does not speak TLS on this port'],
  ['ERR_SSL_UNSUPPORTED_PROTOCOL', 'the server offers no version of TLS that is allowed here (--tls-min)'],
  ['ECONNRESET', 'the server closed the connection before the TLS handshake ended'],
  ['EPIPE', 'the server closed the connection before the TLS handshake ended'],
])

const refusedClient = 'the server does not accept the client certificate (--cert)'

/** What a server says against its client (RFC 8446 §6.2). OpenSSL names the version before it, in one way or another. */
const byAlert: ReadonlyMap<string, string> = new Map([
  ['CERTIFICATE_REQUIRED', 'the server wants a client certificate (--cert)'],
  ['PROTOCOL_VERSION', 'the server offers no version of TLS that is allowed here (--tls-min)'],
  [
    'HANDSHAKE_FAILURE',
    'the server refuses the handshake: no cipher in common, or it wants a client certificate (--cert)',
  ],
  ['BAD_CERTIFICATE', refusedClient],
  ['UNSUPPORTED_CERTIFICATE', refusedClient],
  ['CERTIFICATE_REVOKED', refusedClient],
  ['CERTIFICATE_EXPIRED', refusedClient],
  ['CERTIFICATE_UNKNOWN', refusedClient],
  ['UNKNOWN_CA', refusedClient],
  ['ACCESS_DENIED', refusedClient],
])

/** @param host null where the handshake had already ended */
export function tlsAdvice(code: string, host: string | null): string {
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return `the certificate is not for ${host ?? 'this host'} (use -k to accept it)`
  }
  const alert = byAlert.get(/^ERR_SSL_.*_ALERT_(.+)$/.exec(code)?.[1] ?? '')
  return alert ?? byTlsCode.get(code) ?? `the TLS ${host === null ? 'connection' : 'handshake'} failed (${code})`
}

/** @param family the one for want of which it failed; null is any */
export function nameAdvice(code: string, host: string, family: 4 | 6 | null = null): string {
  const name = host.replace(/:\d+$/, '')
  if (family !== null) return `the name has no IPv${family} address: ${name} (-${family})`
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
