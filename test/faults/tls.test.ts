// Certificates and handshakes that are wrong, against the whole program.

import { readFileSync } from 'node:fs'
import type { TlsOptions } from 'node:tls'
import { describe, expect, it } from 'vitest'
import { runCli } from '../support/run-cli.js'
import { hello, serve } from './setup.js'

const folder = new URL('certificates/', import.meta.url)
const key = readFileSync(new URL('server.key.pem', folder))

/** A server whose certificate is of an authority that is trusted. */
async function fetchFrom(name: string, options: TlsOptions = {}, args: readonly string[] = []) {
  const cert = readFileSync(new URL(`${name}.cert.pem`, folder))
  const server = await serve(hello, { tls: { cert, key, ...options } })
  const { records } = await runCli(args, {
    stdin: `${server.origin}/`,
    env: { NODE_EXTRA_CA_CERTS: new URL('ca.cert.pem', folder).pathname },
  })
  return records
}

describe('tls', () => {
  it('takes a certificate that is right', async () => {
    expect(await fetchFrom('good')).toMatchObject([{ ok: true, status_code: 200 }])
  })

  it.each([
    ['#28', 'expired', 'CERT_HAS_EXPIRED'],
    ['#28', 'future', 'CERT_NOT_YET_VALID'],
    ['#29', 'other-name', 'ERR_TLS_CERT_ALTNAME_INVALID'],
  ])('%s refuses a certificate that is not: %s, and does not try again', async (_row, name, code) => {
    expect(await fetchFrom(name)).toMatchObject([{ error_type: 'tls', error_code: code, attempts: 1 }])
  })

  it('#30 with no cipher in common fails, and is not tried again', async () => {
    const unsafe = { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-NULL-SHA@SECLEVEL=0' } as const
    expect(await fetchFrom('good', unsafe)).toMatchObject([{ error_type: 'tls', attempts: 1 }])
  })

  it('#34 says that a certificate of the client is wanted, and does not try again', async () => {
    const strict = { requestCert: true, rejectUnauthorized: true, minVersion: 'TLSv1.3' } as const
    expect(await fetchFrom('good', strict)).toMatchObject([
      { error_type: 'tls', error_message: 'the server wants a client certificate (--cert)', attempts: 1 },
    ])
  })
})
