// What moves through the pool: requests, tasks, attempts and what follows from them. No code.

import type { OptIns } from './kept.js'
import type { FetchRecord } from './record-schema.js'

/** JSON as text, in one line: a number of many digits stays what it is in the list. */
export interface JsonText {
  readonly json: string
}

/** One line of the output: the fields of the record, in snake_case. The zod schema is the definition; `meta` is still text. */
export type FetchResult = Omit<FetchRecord, 'meta'> & { readonly meta?: JsonText } & Pick<OptIns, 'picked'>

/** Why a URL was not fetched: the closed set of `error_type`. */
export type ErrorType = NonNullable<FetchRecord['error_type']>

/** A fetch that failed is a value, not an exception. */
export interface Failure {
  readonly type: ErrorType
  /** The raw code where there is one (`ECONNREFUSED`), else one of ours (`TIMEOUT_TOTAL`, `HTTP_503`). */
  readonly code: string
  /** One line that a person can act on. May hold bytes that a server chose: escape before showing. */
  readonly message: string
}

/** Header fields in the order in which they are sent. */
export type HeaderList = readonly (readonly [name: string, value: string])[]

/** What to send, apart from where to. Tasks that ask alike share one object. */
export interface RequestSpec {
  readonly method: string
  readonly headers: HeaderList
  readonly body: string | Uint8Array | null
  /** The caller's own Authorization field, which yields to one among the headers and to the user info of the URL. Left out where there is none. */
  readonly authorization?: string
}

/** Where to send it: one hop's URL, taken apart once. */
export interface Target {
  /** Absolute, without user info and fragment. */
  readonly href: string
  /** `scheme://host`, as `URL.origin`. */
  readonly origin: string
  /** `hostname:port`, the port only where it is not the scheme's own, as `URL.host`: what limits and lanes count by. */
  readonly host: string
  /** Path and query, as in the request line. */
  readonly path: string
  /** `Basic ...` from the URL's user info. */
  readonly authorization: string | null
  /** A server on the public internet named it: it may not lead into a private network. */
  readonly isPublicOnly: boolean
  /** A redirect from another host led here, now or earlier: nothing that says who asks goes along. */
  readonly isForeign?: true
  /** Plain http that a redirect led to from https: secrets of its host are not sent. */
  readonly isDowngraded?: true
}

/** What requests go through instead of straight to their servers. */
export interface ProxyServer {
  /** The names of hosts are looked up by the proxy, but with `socks5`. */
  readonly scheme: 'http' | 'https' | 'socks5' | 'socks5h'
  /** Without brackets. */
  readonly hostname: string
  readonly port: number
  /** `hostname:port`. */
  readonly host: string
  /** `scheme://hostname:port`, for messages: without user and password. */
  readonly name: string
  /** Decoded, as bytes (latin1). */
  readonly credentials: { readonly username: string; readonly password: string } | null
}

/** What a line of the list says beyond its request. */
export interface OwnSettings {
  /** The caller's data, as JSON: the record brings it back. Null where the line has none. */
  readonly meta: string | null
  /** What tells the line from others of its URL where it has a body of its own and no data; left out elsewhere. */
  readonly lineCheck?: string
  /** In place of the run's; null where the line has none. */
  readonly timeoutMs: number | null
  readonly retries: number | null
}

/** One URL of the list on its way through the pool. Plain data: it survives a structured clone. */
export interface FetchTask {
  readonly kind: 'task'
  /** 1-based position among the input's URLs. */
  readonly id: number
  /** As listed, a password in it masked. */
  readonly url: string
  /** Wall clock when the line was read, ms since the epoch. */
  readonly readAt: number
  /** Method and host as listed: redirects change those of `request` and `target`. */
  readonly method: string
  readonly host: string
  /** Where it can be read again: the list by its place among the lists, and the bytes of its line there. -1 where it cannot be. */
  readonly list: number
  readonly start: number
  readonly end: number
  /** Null where the line says nothing of the kind: most do not. */
  readonly own: OwnSettings | null
  /** What its line has of its own, in memory: body, headers and data, about. */
  readonly bytes: number

  /** The hop to make next: a redirect replaces both. */
  target: Target
  request: RequestSpec
  /** Retries begun, of those that count, and hops followed. */
  retries: number
  /** Answers 429, which were waited out. */
  pushbacks: number
  /** It was refused again while others of its host were answered: that is not its host's pace. */
  isRefusedAlone: boolean
  redirects: number
  /** How often this machine was out of what a request takes. */
  exhaustions: number
  /** How often a server said that it had not begun with it. */
  declines: number
  /** Set once the retry that a stale kept-alive connection earns was used; it does not count. */
  freeRetryUsed: boolean
  /** Given out not to be fetched: its host is given up, and this is to be its failure. */
  refusal: Failure | null
  /** What the last attempt brought, while the next one is waited for. */
  lastAttempt: Attempt | null
  /** The URL requested last; null before the first request. */
  lastUrl: string | null
  /** Wall clock of the first attempt's start, ms since the epoch. */
  firstAttemptAt: number | null

  /** Where the time went since the frontier admitted the task, in ms. The frontier alone writes these and the next four. */
  queuedMs: number
  limitedMs: number
  fetchMs: number
  /** Monotonic ms: since when the task waits, or is being fetched. */
  since: number
  /** What its lane's clock of held-back time showed then. */
  limitedMark: number
  /** The request under way was handed to a connection. */
  isStarted: boolean
  /** Whether others of its host waited when it was given out; `none` only where other hosts had tasks to go on with. */
  hostOutlook: 'more' | 'none' | 'unknown'
}

/** A line of the list that is no URL that could be fetched. It takes an id and becomes a record. */
export interface RejectedLine {
  readonly kind: 'rejected'
  readonly id: number
  readonly url: string
  readonly readAt: number
  readonly method: string
  readonly failure: Failure
  /** As JSON; null where the line has none, or it could not be read. */
  readonly meta: string | null
}

/** A URL of which it is known without a request what becomes of it. */
export interface KnownLine {
  readonly kind: 'known'
  readonly id: number
  readonly url: string
  readonly result: FetchResult
}

export type SourceItem = FetchTask | RejectedLine | KnownLine

/** The outcome of one request: one hop, tried once. */
export interface Attempt {
  /** Monotonic ms. */
  readonly startedAt: number
  /** Wall clock of the start, ms since the epoch. */
  readonly wallTime: number
  /** What went wrong on the way; null where a response was received to its last byte, whatever its status. */
  readonly failure: Failure | null
  readonly statusCode: number | null
  /** Values of the Location header fields; more than one is a server's mistake. */
  readonly locations: readonly string[]
  /** Retry-After as ms from now, null where there was none or it made no sense. */
  readonly retryAfterMs: number | null
  /** What the host said of its limit; null where it did not. */
  readonly quota: Quota | null
  readonly contentType: string | null
  readonly contentLength: number | null
  readonly httpVersion: string | null
  readonly remoteIp: string | null
  /** It went through a proxy: `remoteIp` is the proxy's. */
  readonly isProxied: boolean
  /** Body bytes as received, and after content decoding. */
  readonly wireBytes: number
  readonly bodyBytes: number
  /** Phases in ms; null where the attempt had none (a reused connection has no dns, connect, tls). */
  readonly dnsMs: number | null
  readonly connectMs: number | null
  readonly tlsMs: number | null
  readonly firstByteMs: number | null
  readonly bodyMs: number | null
  /** Null where nothing was asked for, or there was no response. */
  readonly optIns: OptIns | null
  /** The request went out on a kept-alive connection that the server had closed: no byte of a response came. */
  readonly stale: boolean
  /** The server says that it did not begin with the request: it may be sent again, whatever its method. */
  readonly unprocessed?: true
  /** This machine ran out of something (file descriptors, ports): not the URL's fault. */
  readonly exhausted: boolean
  /** A 304 to conditions that were ours, not the caller's: what an earlier run fetched still holds (RFC 9110 §15.4.5). */
  readonly notModified: boolean
}

/** How many more requests a host will take, and when it will take all again: RateLimit header fields (draft-ietf-httpapi-ratelimit-headers). */
export interface Quota {
  readonly remaining: number
  readonly resetMs: number
}

/**
 * Only a `failure` counts as a retry: a stale connection, a request that the server did not begin with, and an exhausted machine are not
 * the URL's doing, and a `pushback` (429) has an allowance of its own.
 */
export type RetryCause = 'failure' | 'pushback' | 'stale' | 'exhausted' | 'declined'

/** What follows an attempt. */
export type Next =
  | { readonly kind: 'done'; readonly failure: Failure | null }
  | { readonly kind: 'retry'; readonly delayMs: number; readonly cause: RetryCause }
  | { readonly kind: 'redirect'; readonly target: Target; readonly request: RequestSpec }
