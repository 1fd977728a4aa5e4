// The ports between the parts of the pool. No code.

import type { EndCause, RunReport, RunStatus } from './report.js'
import type { Attempt, Failure, FetchResult, FetchTask, Next, SourceItem, Target } from './data.js'

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

/** Cookies from responses to requests. Field values are bytes as latin1. */
export interface CookieJar {
  /** The value of the Cookie field of a request; null where no cookie belongs to it. */
  header(target: Target): string | null
  /** The values of the Set-Cookie fields of its response, whatever they hold. Never throws. */
  store(target: Target, setCookies: readonly string[]): void
}

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
