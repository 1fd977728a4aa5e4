// What a list holds, and how long its limits make it take: counted without a request.

import type { FetchTask, RequestSpec, SourceItem } from '../types.js'
import { createRequestKey } from './request-key.js'
import { type Digest, Seen } from './seen.js'

export interface CensusOptions {
  readonly digest: Digest
  /** What the requests of the run have in common. */
  readonly common: RequestSpec
  /** Whether each distinct request would be made once. */
  readonly dedupe: boolean
}

export interface CensusLimits {
  /** The limits of a host; the interval in ms, null without a rate. */
  readonly limitsOf: (host: string) => { readonly intervalMs: number | null }
  /** Ms between two requests to whatever host; null without such a rate. */
  readonly globalIntervalMs: number | null
}

export interface CensusReport {
  readonly urls: number
  readonly invalid: number
  /** Most frequent first. */
  readonly invalidCodes: readonly { readonly code: string; readonly count: number }[]
  /** URLs that ask for what an earlier one asks for. */
  readonly duplicates: number
  /** URLs that would be requested, redirects and retries aside. */
  readonly requests: number
  readonly hosts: number
  /** The ten with the most requests. */
  readonly largestHosts: readonly HostCount[]
  /** Null where no rate applies: then it depends on how fast the hosts answer. */
  readonly atLeast: LowerBound | null
}

export interface HostCount {
  readonly host: string
  readonly requests: number
}

/** Requests that start `intervalMs` apart cannot take less than `ms`. */
export interface LowerBound {
  readonly ms: number
  /** Whose rate it is; null is that over all hosts. */
  readonly host: string | null
  readonly requests: number
  readonly intervalMs: number
}

const largestShown = 10

/** Keeps 25 to 31 bytes for each distinct URL (see `Seen`), and 70 to 100 for each host. */
export class Census {
  readonly #seen: Seen
  readonly #key: (task: FetchTask) => string
  readonly #dedupe: boolean
  #urls = 0
  #duplicates = 0
  #requests = 0
  readonly #invalidCodes = new Map<string, number>()
  readonly #hosts = new Map<string, number>()

  constructor({ digest, common, dedupe }: CensusOptions) {
    this.#seen = new Seen(digest)
    this.#key = createRequestKey(common)
    this.#dedupe = dedupe
  }

  /** Items in the order of their ids. */
  add(item: SourceItem): void {
    this.#urls++
    // Nothing is asked of anybody.
    if (item.kind === 'known') return
    if (item.kind === 'rejected') return increment(this.#invalidCodes, item.failure.code)
    if (this.#seen.add(this.#key(item), item.id) !== item.id) {
      this.#duplicates++
      if (this.#dedupe) return
    }
    this.#requests++
    increment(this.#hosts, item.host)
  }

  report(limits: CensusLimits): CensusReport {
    const invalidCodes = [...this.#invalidCodes].map(([code, count]) => ({ code, count }))
    return {
      urls: this.#urls,
      invalid: invalidCodes.reduce((sum, { count }) => sum + count, 0),
      invalidCodes: invalidCodes.toSorted((a, b) => b.count - a.count),
      duplicates: this.#duplicates,
      requests: this.#requests,
      hosts: this.#hosts.size,
      largestHosts: this.#largestHosts(),
      atLeast: this.#lowerBound(limits),
    }
  }

  /** Without a copy of all: there may be a million. */
  #largestHosts(): HostCount[] {
    const largest: HostCount[] = []
    for (const [host, requests] of this.#hosts) {
      const least = largest.at(-1)
      if (largest.length === largestShown && least !== undefined && least.requests >= requests) continue
      // Among equals, what came first stays first.
      const place = largest.findIndex((other) => other.requests < requests)
      largest.splice(place < 0 ? largest.length : place, 0, { host, requests })
      largest.length = Math.min(largest.length, largestShown)
    }
    return largest
  }

  #lowerBound({ limitsOf, globalIntervalMs }: CensusLimits): LowerBound | null {
    let longest = globalIntervalMs === null ? null : lowerBound(null, this.#requests, globalIntervalMs)
    for (const [host, requests] of this.#hosts) {
      const { intervalMs } = limitsOf(host)
      if (intervalMs === null || (requests - 1) * intervalMs <= (longest?.ms ?? -1)) continue
      longest = lowerBound(host, requests, intervalMs)
    }
    return longest
  }
}

/** The first request need not wait. */
function lowerBound(host: string | null, requests: number, intervalMs: number): LowerBound {
  return { ms: Math.max(0, requests - 1) * intervalMs, host, requests, intervalMs }
}

function increment(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1)
}
