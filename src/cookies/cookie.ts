// A cookie as it is kept. No code.

export interface StoredCookie {
  /** A host name in lower case, without a dot before it; an IPv6 address without brackets. */
  readonly domain: string
  /** For this very host; else for every name below it as well. */
  readonly isHostOnly: boolean
  readonly path: string
  readonly isSecure: boolean
  readonly isHttpOnly: boolean
  /** Wall clock, ms since the epoch; null is the end of the session, whenever that is. */
  readonly expiresAt: number | null
  /** Bytes as latin1, as in header fields. */
  readonly name: string
  readonly value: string
}
