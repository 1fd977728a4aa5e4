// What a fetcher is told about the run.

import type { LookupFunction } from 'node:net'

export interface FetcherOptions {
  /** Sent unless the request's headers name one. */
  readonly userAgent: string
  /** One attempt, from the call of `fetch` to the last byte of the body. */
  readonly timeoutMs: number
  /** Name, TCP and TLS together. */
  readonly connectTimeoutMs: number
  /** No byte received for so long, from the request on; null is no limit. */
  readonly idleTimeoutMs: number | null
  /** Of a body, as received and after each decoding. */
  readonly maxSizeBytes: number
  /** Accept any certificate. */
  readonly insecure: boolean
  /** Dial no address but public ones, for any target; `resolve` is exempt. */
  readonly publicOnly: boolean
  /** Addresses to dial instead of asking for the name; host `*` is any. */
  readonly resolve: readonly AddressOverride[]
  /** A redirect that will be followed does not wait for its body. */
  readonly maxRedirects: number
  /** Kept-alive connections without a request, over all hosts. */
  readonly maxIdleConnections: number
  /** Asks for names; the system's resolver if left out. */
  readonly lookup?: LookupFunction
  /**
   * Ask the system's resolver in a process of its own, which `close` kills: a lookup that hangs does not delay the end of this
   * one. For a program that Node runs: the other process is this one's `execPath` with another script.
   */
  readonly separateLookups?: boolean
}

export interface AddressOverride {
  readonly host: string
  readonly port: number
  readonly address: string
}
