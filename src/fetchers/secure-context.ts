// What a TLS connection trusts and shows: authorities, the client's certificate, versions.

import { createSecureContext, DEFAULT_CIPHERS, type SecureContext, type SecureContextOptions } from 'node:tls'

/** All of it is text in PEM. */
export interface TlsOptions {
  /** Trusted instead of the built-in authorities; null is those. */
  readonly ca: string | null
  /** Shown to servers that ask for one, where the list or their own redirect led there. */
  readonly client: ClientCertificate | null
  /** Null is Node's own, which is 1.2. */
  readonly minVersion: TlsVersion | null
}

export interface ClientCertificate {
  /** With what belongs to its chain. */
  readonly cert: string
  /** Not encrypted. */
  readonly key: string
}

export type TlsVersion = 'TLSv1' | 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3'

/** Throws what OpenSSL has against them. */
export function secureContext({ ca, client, minVersion }: TlsOptions): SecureContext {
  const options: SecureContextOptions = {
    // As curl: an authority in the middle of a chain is enough, and a server's own certificate.
    ...(ca !== null && { ca, allowPartialTrustChain: true }),
    ...(client !== null && { cert: client.cert, key: client.key }),
    ...(minVersion !== null && { minVersion }),
  }
  if (minVersion === null || minVersion >= 'TLSv1.2') return createSecureContext(options)
  // The handshake of these versions is signed with MD5 and SHA-1, which OpenSSL 3 allows at this level alone.
  return createSecureContext({ ...options, ciphers: `${DEFAULT_CIPHERS}:@SECLEVEL=0` })
}

/** The contexts of a run, each built once: that reads every root certificate. */
export class SecureContexts {
  readonly #options: TlsOptions | null
  #own: SecureContext | undefined
  #anonymous: SecureContext | undefined

  constructor(options: TlsOptions | null) {
    this.#options = options
  }

  /** Whether it matters who is told who asks. */
  get hasClient(): boolean {
    return this.#options !== null && this.#options.client !== null
  }

  /** @param isAnonymous without the client's certificate */
  get(isAnonymous: boolean): SecureContext {
    if (this.#options === null) return (this.#own ??= createSecureContext())
    if (!isAnonymous) return (this.#own ??= secureContext(this.#options))
    return (this.#anonymous ??= secureContext({ ...this.#options, client: null }))
  }
}
