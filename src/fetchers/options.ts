// What a fetcher is told about the run.

import type { LookupFunction } from 'node:net'
import type { BodyRules } from '../core/body-check.js'
import type { FieldPath } from '../core/field-path.js'
import type { HostHeaderTable } from '../core/host-headers.js'
import type { Archive, BodyStore, CookieJar, FetchTask, HeaderList, ProxyServer } from '../types.js'
import type { TlsOptions } from './secure-context.js'

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
  /** Node's own authorities and versions, and no certificate of the client, if left out. */
  readonly tls?: TlsOptions
  /** Dial no address but public ones, for any target; `resolve` is exempt. */
  readonly publicOnly: boolean
  /** Addresses to dial instead of asking for the name; host `*` is any. */
  readonly resolve: readonly AddressOverride[]
  /** The proxy for requests to an origin, `scheme://host`; null is none. */
  readonly proxyFor?: ((origin: string) => ProxyServer | null) | undefined
  /** How long a proxy cannot be reached before it is given up; null, or not given, is for ever. */
  readonly proxyBreakerMs?: number | null
  /** All connections go to this socket. */
  readonly unixSocket?: string | undefined
  /** Dial addresses of this family only. */
  readonly family?: 4 | 6 | undefined
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
  /** Fields that are sent to some hosts, in place of those of the same name; none if left out. */
  readonly hostHeaders?: HostHeaderTable
  /** Sent and set; none if left out. */
  readonly cookies?: CookieJar
  /** What is kept of responses, beyond what is counted; nothing if left out. */
  readonly keep?: KeepOptions
  /** Where exchanges are kept as they went over the wire; nowhere if left out. The fetcher closes it. */
  readonly archive?: Archive
  /** Header fields that let the server say that nothing changed; asked right before each request. Null where there are none. */
  readonly conditions?: (task: FetchTask) => HeaderList | null
}

export interface KeepOptions {
  /** Where bodies go that are received whole and not redirected any further; null is nowhere. The fetcher closes it. */
  readonly store: BodyStore | null
  /** Of which statuses: those are accepted, and judged by what they say. */
  readonly isSaved: (statusCode: number) => boolean
  /** The SHA-256 of whole bodies. */
  readonly hash: boolean
  readonly headers: boolean
  /** ETag and Last-Modified of the last response. */
  readonly validators?: boolean
  /** How much of a body is kept for its record; null is none. */
  readonly bodyBytes: number | null
  /** What bodies are read for; nothing if left out. */
  readonly read?: ReadOptions
}

export interface ReadOptions {
  /** What the body of an accepted response has to be; null is anything. */
  readonly rules: BodyRules | null
  /** Parts of it that records have. */
  readonly paths: readonly FieldPath[]
}

export interface AddressOverride {
  readonly host: string
  readonly port: number
  readonly address: string
}
