// The data that moves through the pool and the ports between its parts. No code.

import type { OptIns } from './kept.js'
import type { FetchRecord } from './record-schema.js'
import type { EndCause, RunReport, RunStatus } from './report.js'

export type * from './kept.js'
export type * from './report.js'

/** One line of the output: the fields of the record, in snake_case. The zod schema is the definition. */
export type FetchResult = FetchRecord

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
  /** This machine ran out of something (file descriptors, ports): not the URL's fault. */
  readonly exhausted: boolean
}

/** How many more requests a host will take, and when it will take all again: RateLimit header fields (draft-ietf-httpapi-ratelimit-headers). */
export interface Quota {
  readonly remaining: number
  readonly resetMs: number
}

/**
 * Only a `failure` counts as a retry: a stale connection and an exhausted machine are not the URL's doing, and a `pushback` (429) has
 * an allowance of its own.
 */
export type RetryCause = 'failure' | 'pushback' | 'stale' | 'exhausted'

/** What follows an attempt. */
export type Next =
  | { readonly kind: 'done'; readonly failure: Failure | null }
  | { readonly kind: 'retry'; readonly delayMs: number; readonly cause: RetryCause }
  | { readonly kind: 'redirect'; readonly target: Target; readonly request: RequestSpec }

/** Monotonic time and timers, passed in so that tests and simulations own them. */
export interface Clock {
  /** Monotonic ms. */
  now(): number
  /** Calls back once, about `ms` later: who must not be early looks at the time. The handle cancels it. */
  schedule(callback: () => void, ms: number): TimerHandle
}

export interface TimerHandle {
  cancel(): void
}

/**
 * A list of URLs, read as a stream. Lines that cannot be fetched come as `rejected`. Items come in batches, as the bytes do, so
 * that not each of them is waited for; a batch makes an item when it is asked for it, and is used up before the next is
 * asked for.
 */
export interface Source extends AsyncIterable<Iterable<SourceItem>> {
  /** How many URLs the list holds; undefined while nobody knows. */
  readonly total?: number | undefined
}

/**
 * Makes one request, one hop. Never rejects for what a server or the network did: that is the attempt's failure. `onStart` is
 * called when the request is handed to a connection; not at all where there is none to be had.
 */
export interface Fetcher {
  fetch(task: FetchTask, signal: AbortSignal, onStart?: (task: FetchTask) => void): Promise<Attempt>
  /** Drops every connection. Fetches still under way settle as aborted. */
  close(): Promise<void>
}

/**
 * Whose doing a refusal (429) is. `url`: it is refused again while others of its host are answered. `acquitted`: that is found out
 * now, and the refusal before it was not of the host either.
 */
export type Blame = 'host' | 'url' | 'acquitted'

/** When a host may be asked. Knows nothing of tasks. */
export interface Limiter {
  /** Ms until a request to the host may start: 0 is now, Infinity is not before a release. */
  delay(host: string, now: number): number
  /** A request to the host is given out: it will start as soon as it has a connection, or end without one. */
  acquire(host: string, now: number): void
  /** It has a connection; or it ended without one, and is released next. */
  started(host: string, now: number): void
  /** A request ended; what it brought may hold the host back. Undefined where it never ran. */
  release(host: string, attempt: Attempt | undefined, now: number, blame: Blame): void
  /**
   * Why requests to the host are not made at all, where it is given up; asked only when `delay` is 0, and what is refused is not
   * acquired.
   */
  refusal(host: string, now: number): Failure | null
  /** Ms that each further request takes at least under the host's limits, if one takes `fetchMs`; 0 where there is no limit. */
  msPerRequest(host: string, fetchMs: number): number
}

/** Tasks put aside: consecutive ones of one host. */
export interface ParkedRun {
  /** The list they stand in, by its place among the lists; -1 is the temporary file. */
  readonly list: number
  /** Of a list: ids go on from there. */
  readonly firstId: number
  readonly count: number
  /** The bytes in which they stand. */
  readonly start: number
  readonly end: number
}

/** Keeps tasks that were not begun outside memory: in the list where it can be read again, else in a temporary file. */
export interface TaskStore {
  /** Where the task is kept; null where there is no room: then it was not. */
  put(task: FetchTask): Pick<ParkedRun, 'list' | 'start' | 'end'> | null
  /**
   * The first tasks of a run that was put: one at least, `most` at most. `end` is where the last of them ends. Rejects with
   * InputError where they cannot be read again.
   */
  read(run: ParkedRun, most: number): Promise<{ readonly tasks: readonly FetchTask[]; readonly end: number }>
  /** Nothing is left behind. */
  close(): Promise<void>
}

/** A limit over all hosts. */
export interface Gate {
  /** Ms until any request may start; 0 is now. */
  delay(now: number): number
  acquire(now: number): void
}

/** Takes records. May write later than it returns; `close` waits for the last byte. */
export interface Sink {
  /** A returned promise is back-pressure: no further record before it resolves. */
  write(result: FetchResult): Promise<void> | void
  /**
   * Resolves when every record of this turn of the event loop is out of the process's hands, or cannot be: a worker that waits for it
   * leaves nothing behind but its next request when the process is killed. Undefined where that is of no use.
   */
  recorded?(): Promise<void> | undefined
  close(): Promise<void>
}

/** Watches a run. Must not throw and cannot change it. */
export interface Observer {
  onStart?(status: () => RunStatus): void
  /** An attempt ended and it is known what follows; the task is as it was during the attempt. */
  onAttempt?(task: FetchTask, attempt: Attempt, next: Next): void
  /** A record was handed to the sink, whether or not the sink prints it. */
  onResult?(result: FetchResult): void
  /** The run ends before its list does; what is in flight may still finish. */
  onEnding?(cause: EndCause, status: RunStatus): void
  /** The run is over and every record written; called once, also after a failure. */
  onEnd?(report: RunReport): Promise<void> | void
}

/** The part of a terminal that is drawn again and again, below lines that stay. */
export interface LiveArea {
  /** Takes it off the terminal, so that lines can be written where it was. */
  hide(): void
  /** Draws it again, below those lines. */
  show(): void
}
