// `--cacert --cert --key --key-pass --tls-min`: the files are read and tried before anything is fetched.

import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { systemCode, UsageError } from '../core/errors.js'
import { systemReason } from '../core/system-reason.js'
import { secureContext } from '../fetchers/secure-context.js'
import type { ClientCertificate, TlsOptions, TlsVersion } from '../fetchers/index.js'

export interface TlsChoice {
  readonly cacert?: string | undefined
  readonly cert?: string | undefined
  readonly key?: string | undefined
  /** The phrase, or `@file`. */
  readonly keyPass?: string | undefined
  readonly tlsMin?: TlsVersion | undefined
}

/** What options are called in messages, where they came from the environment. */
export type TlsVariables = Readonly<Partial<Record<'cacert' | 'cert' | 'key' | 'keyPass', string>>>

type Names = Readonly<Record<'cacert' | 'cert' | 'key' | 'keyPass', string>>

const certificates = /-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----[^]*?-----END (?:X509 |TRUSTED )?CERTIFICATE-----/g
const privateKey = /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----[^]*?-----END (?:[A-Z]+ )*PRIVATE KEY-----/

/** @throws {UsageError} where a file cannot be read, or is not what it is to be */
export function readTlsFiles(choice: TlsChoice, variables: TlsVariables = {}): TlsOptions {
  const names = { cacert: '--cacert', cert: '--cert', key: '--key', keyPass: '--key-pass', ...variables }
  const { cacert, tlsMin } = choice
  const options = {
    ca: cacert === undefined ? null : certificatesOf(cacert, names.cacert).text,
    client: readClient(choice, names),
    minVersion: tlsMin ?? null,
  }
  // Each part is sound by itself: what OpenSSL still refuses is a certificate that it finds too weak.
  refusable(`${names.cacert} ${cacert}: OpenSSL does not take it`, () =>
    secureContext({ ...options, client: null, minVersion: null }),
  )
  refusable(`${names.cert} ${choice.cert}: OpenSSL does not take it`, () => secureContext(options))
  return options
}

function readClient({ cert, key, keyPass }: TlsChoice, names: Names): ClientCertificate | null {
  if (cert === undefined) {
    if (key !== undefined)
      throw new UsageError(`${names.key} is of no use without --cert, the certificate that it belongs to`)
    if (keyPass !== undefined) throw new UsageError(`${names.keyPass} is of no use without --cert`)
    return null
  }
  const { text, first } = certificatesOf(cert, names.cert)
  const [keyName, keyFile] = key === undefined ? [names.cert, cert] : [names.key, key]
  const pem = privateKey.exec(readText(keyFile, keyName))?.[0]
  if (pem === undefined) {
    const advice = key === undefined ? ': --key names the file of the key' : pkcs12Advice(keyFile)
    throw new UsageError(`${keyName} ${keyFile}: there is no private key in PEM in it${advice}`)
  }
  const opened = openKey(pem, `${keyName} ${keyFile}`, keyPass, names)
  if (!first.checkPrivateKey(opened)) {
    const where = keyFile === cert ? 'the key in it' : `the key in ${keyFile}`
    throw new UsageError(`${names.cert} ${cert}: ${where} does not belong to the first certificate`)
  }
  return { cert: text, key: opened.export({ type: 'pkcs8', format: 'pem' }).toString() }
}

function openKey(pem: string, name: string, keyPass: string | undefined, names: Names): KeyObject {
  const isEncrypted = pem.includes('ENCRYPTED')
  if (isEncrypted && keyPass === undefined)
    throw new UsageError(`${name}: the key is encrypted: --key-pass takes its pass phrase, or @file`)
  try {
    return createPrivateKey(
      isEncrypted && keyPass !== undefined ? { key: pem, passphrase: phraseOf(keyPass, names) } : pem,
    )
  } catch (error) {
    if (error instanceof UsageError) throw error
    const isWrong = isEncrypted && /BAD_DECRYPT|BAD_PASSWORD|INTERRUPTED/.test(systemCode(error) ?? '')
    const reason = isWrong
      ? `the pass phrase of ${names.keyPass} does not open the key`
      : 'the private key in it is damaged'
    throw new UsageError(`${name}: ${reason}`, { cause: error })
  }
}

/** The first line of a file, as openssl takes it. */
function phraseOf(keyPass: string, names: Names): string {
  if (!keyPass.startsWith('@')) return keyPass
  return readText(keyPass.slice(1), names.keyPass).split(/\r?\n/, 1)[0] ?? ''
}

/** OpenSSL would leave out in silence what it cannot read. */
function certificatesOf(path: string, name: string): { readonly text: string; readonly first: X509Certificate } {
  const found = readText(path, name).match(certificates) ?? []
  const parsed = found.map((pem, index) =>
    refusable(`${name} ${path}: certificate ${index + 1} in it is damaged`, () => new X509Certificate(pem)),
  )
  const [first] = parsed
  if (first === undefined)
    throw new UsageError(`${name} ${path}: there is no certificate in PEM in it${pkcs12Advice(path)}`)
  return { text: found.join('\n'), first }
}

function pkcs12Advice(path: string): string {
  if (!/\.(?:p12|pfx)$/i.test(path)) return ''
  return `; PKCS#12 becomes PEM by: openssl pkcs12 -in ${path} -out client.pem -nodes`
}

function readText(path: string, name: string): string {
  try {
    return readFileSync(path, 'latin1')
  } catch (error) {
    throw new UsageError(`${name} cannot read ${path}: ${systemReason(error)}`, { cause: error })
  }
}

/** What OpenSSL says is made of its own words alone. */
function refusable<T>(refusal: string, attempt: () => T): T {
  try {
    return attempt()
  } catch (error) {
    const reason = error instanceof Error && 'reason' in error ? ` (${String(error.reason)})` : ''
    throw new UsageError(`${refusal}${reason}`, { cause: error })
  }
}
