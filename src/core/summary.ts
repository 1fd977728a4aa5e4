// The summary of a run, gathered record by record in memory that does not grow with the list.

import type { Change, ChangeCounts, ErrorType, FailureGroup, FetchResult, RunReport, RunStatus } from '../types.js'
import { type EarlierCounts, nothingEarlier } from './earlier.js'
import { Histogram } from './histogram.js'

/** What a summary is not told URL by URL. */
export type RunEnd = Pick<RunReport, 'elapsedMs' | 'retries' | 'receipt' | 'outages' | 'cause' | 'exitCode'>

const firstFailuresKept = 10
const slowestHostsShown = 5
/**
 * Up to so many hosts, means are exact. When there are more, the faster half is forgotten; a host that comes back after
 * that is counted from there on. What is slow from the beginning is never forgotten.
 */
const hostsKept = 8192

/** Is told of every URL read and of every record, and knows at any time what became of the list so far. */
export class Summary {
  readonly #earlier: EarlierCounts
  readonly #earlierFailed: number
  #read: number
  #ok = 0
  #failedHttp = 0
  #failedOther = 0
  #wireBytes = 0
  #bodyBytes = 0
  readonly #failures = new Map<ErrorType, { count: number; example: FailureGroup['example'] }>()
  readonly #firstFailures: FetchResult[] = []
  #changes: { -readonly [Name in keyof ChangeCounts]: number } | null = null
  readonly #fetchMs = new Histogram()
  readonly #hosts = new HostMeans()

  /** @param earlier what earlier runs did of the list: it counts as read */
  constructor(earlier: EarlierCounts = nothingEarlier) {
    this.#earlier = earlier
    this.#read = this.#ok = earlier.done
    for (const [type, count] of earlier.failures) {
      this.#ok -= count
      this.#countFailures(type, count)
      this.#failures.set(type, { count, example: null })
    }
    this.#earlierFailed = this.failed
  }

  onRead(): void {
    this.#read += 1
  }

  onResult(result: FetchResult): void {
    this.#wireBytes += result.wire_bytes
    this.#bodyBytes += result.body_bytes
    if (result.change) this.#countChange(result, result.change)
    if (result.error_type === null) this.#ok += 1
    else this.#addFailure(result, result.error_type)
    // What was cut off by the run's end says nothing about its host.
    if (result.attempts === 0 || result.error_type === 'aborted') return
    this.#fetchMs.add(result.fetch_ms)
    if (result.host !== null) this.#hosts.add(result.host, result.fetch_ms)
  }

  get failed(): number {
    return this.#failedHttp + this.#failedOther
  }

  /** In this run. */
  get failedNow(): number {
    return this.failed - this.#earlierFailed
  }

  counts(): Pick<RunStatus, 'read' | 'earlier' | 'ok' | 'failedHttp' | 'failedOther' | 'wireBytes'> {
    return {
      read: this.#read,
      earlier: this.#earlier.done,
      ok: this.#ok,
      failedHttp: this.#failedHttp,
      failedOther: this.#failedOther,
      wireBytes: this.#wireBytes,
    }
  }

  report(end: RunEnd): RunReport {
    return {
      ...end,
      read: this.#read,
      earlier: this.#earlier.done,
      ok: this.#ok,
      failed: this.failed,
      notAttempted: this.#read - this.#ok - this.failed,
      wireBytes: this.#wireBytes,
      bodyBytes: this.#bodyBytes,
      failures: [...this.#failures]
        .map(([type, { count, example }]) => ({ type, count, example }))
        .toSorted((a, b) => b.count - a.count),
      firstFailures: [...this.#firstFailures],
      changes: this.#changes && { ...this.#changes },
      fetchMs: this.#fetchMs.isEmpty
        ? null
        : { p50: this.#fetchMsAt(0.5), p90: this.#fetchMsAt(0.9), p99: this.#fetchMsAt(0.99) },
      slowestHosts: this.#hosts.slowest(slowestHostsShown),
    }
  }

  #countChange({ ok }: FetchResult, change: Change): void {
    this.#changes ??= { new: 0, same: 0, changed: 0, gone: 0, recovered: 0, stillFailing: 0 }
    this.#changes[change]++
    if (change === 'same' && !ok) this.#changes.stillFailing++
  }

  #fetchMsAt(q: number): number {
    return rounded(this.#fetchMs.quantile(q))
  }

  #addFailure(result: FetchResult, type: ErrorType): void {
    this.#countFailures(type, 1)
    // Who compares wants to hear of what is new.
    if (this.#firstFailures.length < firstFailuresKept && result.change !== 'same') this.#firstFailures.push(result)
    const group = this.#failures.get(type) ?? { count: 0, example: null }
    group.count += 1
    group.example ??= { url: result.url, code: result.error_code, message: result.error_message }
    this.#failures.set(type, group)
  }

  #countFailures(type: ErrorType, count: number): void {
    if (type === 'http_status') this.#failedHttp += count
    else this.#failedOther += count
  }
}

/** Mean fetch times of hosts: of all, or of the slowest where there are many. */
class HostMeans {
  #hosts = new Map<string, { urls: number; totalMs: number }>()

  add(host: string, fetchMs: number): void {
    const known = this.#hosts.get(host)
    if (known) {
      known.urls += 1
      known.totalMs += fetchMs
      return
    }
    if (this.#hosts.size >= hostsKept) this.#hosts = new Map(this.#slowestFirst().slice(0, hostsKept / 2))
    // A copy: V8 keeps the whole URL alive for a part cut out of it. No real host name is longer than 253.
    this.#hosts.set(Buffer.from(host.slice(0, 260)).toString(), { urls: 1, totalMs: fetchMs })
  }

  slowest(count: number): RunReport['slowestHosts'] {
    return this.#slowestFirst()
      .slice(0, count)
      .map(([host, { urls, totalMs }]) => ({ host, urls, meanFetchMs: rounded(totalMs / urls) }))
  }

  #slowestFirst(): [string, { urls: number; totalMs: number }][] {
    // The sort is stable: among equals, what came first stays first.
    return [...this.#hosts].toSorted(([, a], [, b]) => b.totalMs / b.urls - a.totalMs / a.urls)
  }
}

function rounded(ms: number): number {
  return Number(ms.toPrecision(4))
}
