// Which limits apply to a host: those of the most specific rule, else the defaults.

import { patternsOf } from '../core/host-pattern.js'
import type { HostLimits } from '../types.js'

/** Limits of some hosts. What is left out is as for all. */
export interface HostRule {
  /**
   * A host as in `URL.host`, or `*.` and a host: every name below it, not itself. Without a port, whatever the port; 80 and 443
   * stand for a host without one.
   */
  readonly pattern: string
  readonly intervalMs?: number | null
  readonly perHost?: number
}

/** Hosts whose limits are kept at hand; more of them are looked up anew. */
const mostFound = 1000

export class HostLimitTable {
  readonly #defaults: HostLimits
  /** By pattern: of two rules with the same one the last counts. */
  readonly #rules: ReadonlyMap<string, HostLimits>
  readonly #found = new Map<string, HostLimits>()
  /** Some host has a limit. */
  readonly hasLimits: boolean
  /** Some host has a rate. */
  readonly hasRates: boolean

  constructor(defaults: HostLimits, rules: readonly HostRule[]) {
    this.#defaults = { intervalMs: defaults.intervalMs, perHost: defaults.perHost }
    this.#rules = new Map(
      rules.map(({ pattern, intervalMs = defaults.intervalMs, perHost = defaults.perHost }) => [
        pattern,
        { intervalMs, perHost },
      ]),
    )
    const all = [this.#defaults, ...this.#rules.values()]
    this.hasLimits = all.some(isLimited)
    this.hasRates = all.some(({ intervalMs }) => intervalMs !== null)
  }

  of(host: string): HostLimits {
    if (this.#rules.size === 0) return this.#defaults
    let limits = this.#found.get(host)
    if (limits === undefined) {
      limits = this.#lookUp(host)
      if (this.#found.size >= mostFound) this.#found.clear()
      this.#found.set(host, limits)
    }
    return limits
  }

  #lookUp(host: string): HostLimits {
    for (const pattern of patternsOf(host, [443, 80])) {
      const limits = this.#rules.get(pattern)
      if (limits) return limits
    }
    return this.#defaults
  }
}

export function isLimited({ intervalMs, perHost }: HostLimits): boolean {
  return intervalMs !== null || perHost !== Number.POSITIVE_INFINITY
}
