// What is known of a run: while it goes on, and at its end. No code.

import type { FetchResult } from './data.js'
import type { Change } from './kept.js'

/** A moment of the run, for those who show it. */
export interface RunStatus {
  /** URLs of the list read so far, and in all where that is known. */
  readonly read: number
  readonly total: number | undefined
  /** Of those read, URLs that earlier runs had done: they count as ok or failed from the start. */
  readonly earlier: number
  readonly ok: number
  /** Failures by kind: a final status that was not accepted, or anything else. */
  readonly failedHttp: number
  readonly failedOther: number
  readonly retries: number
  readonly inFlight: number
  readonly workers: number
  /** Body bytes received. */
  readonly wireBytes: number
  /** The held-back host with the most tasks waiting. */
  readonly waiting: WaitingHost | null
  readonly elapsedMs: number
  /** Nothing more is begun: what is in flight is all that is waited for. */
  readonly isEnding: boolean
}

export interface WaitingHost {
  readonly host: string
  readonly tasks: number
  /** Ms until it may be asked again; Infinity where it waits for one of its own requests to end. */
  readonly forMs: number
}

/** Why a run ended before its list did. */
export type EndCause =
  | { readonly kind: 'signal'; readonly name: 'SIGINT' | 'SIGTERM' | 'SIGHUP' }
  | { readonly kind: 'deadline' }
  | { readonly kind: 'fail-fast' }
  | { readonly kind: 'reader-gone' }
  | { readonly kind: 'error'; readonly error: unknown }

/** The summary of a run. `read = ok + failed + notAttempted`. */
export interface RunReport {
  readonly read: number
  /** Of these, URLs that earlier runs had done. */
  readonly earlier: number
  readonly ok: number
  readonly failed: number
  readonly notAttempted: number
  readonly retries: number
  readonly elapsedMs: number
  readonly wireBytes: number
  readonly bodyBytes: number
  /** Failures by type, most frequent first, each with its first example. */
  readonly failures: readonly FailureGroup[]
  /** The first failed records, at most ten; where they are compared with an earlier run, of those that are not the same. */
  readonly firstFailures: readonly FetchResult[]
  /** How many URLs became what since an earlier run; null where there is none to compare with. */
  readonly changes: ChangeCounts | null
  /** Of `fetch_ms` of URLs that were fetched; null where none was. */
  readonly fetchMs: { readonly p50: number; readonly p90: number; readonly p99: number } | null
  readonly slowestHosts: readonly { readonly host: string; readonly urls: number; readonly meanFetchMs: number }[]
  readonly receipt: ReceiptReport
  readonly outages: OutageReport
  readonly cause: EndCause | null
  readonly exitCode: number
}

export interface ChangeCounts extends Readonly<Record<Change, number>> {
  /** Of the same ones: those that failed then, and do now. */
  readonly stillFailing: number
}

export interface FailureGroup {
  readonly type: NonNullable<FetchResult['error_type']>
  readonly count: number
  /** Null where all of them are of earlier runs. */
  readonly example: {
    readonly url: string
    readonly code: string | null
    readonly message: string | null
  } | null
}

/** What was asked of each host, as it was observed. */
export interface ReceiptReport {
  readonly requests: number
  readonly status429: number
  /** Those that are known, the one with the most requests first. Read it before more is told to the receipt. */
  readonly hosts: Iterable<HostReceipt>
  /** Hosts that were forgotten, each time that one was, and their requests. */
  readonly forgotten: { readonly hosts: number; readonly requests: number }
  readonly violations: { readonly count: number; readonly first: readonly string[] }
}

/** What a host may be asked. */
export interface HostLimits {
  /** Ms between two requests; null without a rate. */
  readonly intervalMs: number | null
  /** Requests at a time; Infinity without a limit. */
  readonly perHost: number
}

export interface HostReceipt extends HostLimits {
  readonly host: string
  /** Handed to a connection. */
  readonly requests: number
  /** Given out and not ended. */
  readonly peakInFlight: number
  /** Between two starts; null where there were not two. */
  readonly smallestGapMs: number | null
  /** Starts in any one second. */
  readonly mostPerSecond: number
  readonly status429: number
  /** Both limits held. */
  readonly isKept: boolean
}

/** Hosts that were given up. */
export interface OutageReport {
  /** How often one was. */
  readonly count: number
  /** The first of them. */
  readonly hosts: readonly HostOutage[]
}

export interface HostOutage {
  readonly host: string
  /** In a row, so far. */
  readonly failures: number
  /** Monotonic ms: when the first of them came. */
  readonly sinceMs: number
  /** It answered again since. */
  readonly isOver: boolean
}
