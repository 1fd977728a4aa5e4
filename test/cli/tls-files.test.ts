import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { readTlsFiles, type TlsChoice } from '../../src/cli/tls-files.js'
import { UsageError } from '../../src/core/errors.js'
import { tempFile, tempFolder } from '../support/temp.js'

const folder = fileURLToPath(new URL('../fetchers/certificates/', import.meta.url))
const [cacert, cert, key] = ['authority.cert', 'client.cert', 'client.key'].map((name) => `${folder}${name}.pem`)
const encrypted = `${folder}client.encrypted-key.pem`
const stranger = `${folder}stranger.pem`
const text = (path = '') => readFileSync(path, 'latin1').trim()

function refusal(choice: TlsChoice): string {
  try {
    readTlsFiles(choice)
  } catch (error) {
    if (error instanceof UsageError) return error.message
    throw error
  }
  throw new Error(`${JSON.stringify(choice)} was accepted`)
}

describe('the files of TLS', () => {
  it('are read', () => {
    expect(readTlsFiles({ cacert, cert, key, tlsMin: 'TLSv1.3' })).toEqual({
      ca: text(cacert),
      client: { cert: text(cert), key: `${text(key)}\n` },
      minVersion: 'TLSv1.3',
    })
    expect(readTlsFiles({ tlsMin: 'TLSv1' })).toEqual({ ca: null, client: null, minVersion: 'TLSv1' })
  })

  it('may have the key with the certificate, and words between them', async () => {
    const both = await tempFile(`who: me\n${text(key)}\nby: them\n${text(cert)}\n${text(cacert)}\n`)
    expect(readTlsFiles({ cert: both }).client).toEqual({
      cert: `${text(cert)}\n${text(cacert)}`,
      key: `${text(key)}\n`,
    })
    expect(readTlsFiles({ cert: stranger }).client?.key).toMatch(/^-----BEGIN PRIVATE KEY/)
  })

  it('may have an encrypted key, whose phrase is an option or in a file', async () => {
    const opened = readTlsFiles({ cert, key }).client
    expect(readTlsFiles({ cert, key: encrypted, keyPass: 'open-sesame' }).client).toEqual(opened)
    const keyPass = `@${await tempFile('open-sesame\nnote to myself\n')}`
    expect(readTlsFiles({ cert, key: encrypted, keyPass }).client).toEqual(opened)
    // Not encrypted: nothing to open.
    expect(readTlsFiles({ cert, key, keyPass: 'x' }).client).toEqual(opened)
  })
})

describe('is refused before anything is fetched:', () => {
  it('a file that cannot be read', async () => {
    const missing = `${await tempFolder()}/none.pem`
    expect(refusal({ cacert: missing })).toBe(`--cacert cannot read ${missing}: no such file or directory`)
    expect(refusal({ cert: missing })).toBe(`--cert cannot read ${missing}: no such file or directory`)
    expect(refusal({ cert, key: missing })).toBe(`--key cannot read ${missing}: no such file or directory`)
    expect(refusal({ cert, key: encrypted, keyPass: `@${missing}` })).toContain(`--key-pass cannot read ${missing}`)
  })

  it('a file that is no PEM', async () => {
    const junk = await tempFile('junk', 'junk.pem')
    expect(refusal({ cacert: junk })).toBe(`--cacert ${junk}: there is no certificate in PEM in it`)
    expect(refusal({ cert: junk })).toBe(`--cert ${junk}: there is no certificate in PEM in it`)
    expect(refusal({ cert, key: junk })).toBe(`--key ${junk}: there is no private key in PEM in it`)
    expect(refusal({ cacert: key ?? '' })).toContain('there is no certificate')
  })

  it('a file of PKCS#12, with the way out', async () => {
    const bundle = await tempFile(Buffer.from('3082', 'hex'), 'me.p12')
    expect(refusal({ cert: bundle })).toContain(`openssl pkcs12 -in ${bundle}`)
  })

  it('a certificate that is damaged, wherever it stands among others', async () => {
    const damaged = text(cert).replace(/\n[A-Za-z0-9+/]{20}/, '\nAAAAAAAAAAAAAAAAAAAA')
    const path = await tempFile(`${text(cacert)}\n${damaged}`)
    expect(refusal({ cacert: path })).toContain(`--cacert ${path}: certificate 2 in it is damaged`)
  })

  it('a key that is damaged', async () => {
    const path = await tempFile(text(key).replace(/\n[A-Za-z0-9+/]{20}/, '\nAAAAAAAAAAAAAAAAAAAA'))
    expect(refusal({ cert, key: path })).toBe(`--key ${path}: the private key in it is damaged`)
  })

  it('a key of another certificate', () => {
    expect(refusal({ cert, key: stranger })).toBe(
      `--cert ${cert}: the key in ${stranger} does not belong to the first certificate`,
    )
  })

  it('a certificate without a key, and a key without a certificate', () => {
    expect(refusal({ cert })).toContain('--key names the file of the key')
    expect(refusal({ key })).toContain('--key is of no use without --cert')
    expect(refusal({ keyPass: 'x' })).toContain('--key-pass is of no use without --cert')
  })

  it('an encrypted key without its phrase, and with a wrong one that is not shown', () => {
    expect(refusal({ cert, key: encrypted })).toContain('--key-pass takes its pass phrase')
    const message = refusal({ cert, key: encrypted, keyPass: 'sesame-wide-open' })
    expect(message).toContain('the pass phrase of --key-pass does not open the key')
    expect(message).not.toContain('sesame-wide-open')
  })

  it('by the name of the variable that it came from', () => {
    expect(() => readTlsFiles({ cacert: '/none.pem' }, { cacert: 'POOLFETCH_CACERT' })).toThrow(
      /^POOLFETCH_CACERT cannot read/,
    )
  })
})
