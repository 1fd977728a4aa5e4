// The hosts that were given up in a run, for its summary.

import type { HostOutage } from '../types.js'
import type { Outage } from './outage.js'

/** Hosts that are listed; the others are counted. */
const mostListed = 100

export class OutageList {
  readonly #listed = new Map<string, HostOutage>()
  #count = 0

  /** How often a host was given up. */
  get count(): number {
    return this.#count
  }

  get listed(): readonly HostOutage[] {
    return [...this.#listed.values()]
  }

  givenUp(outage: Outage): void {
    this.#count++
    if (this.#listed.has(outage.host) || this.#listed.size < mostListed) this.#write(outage, false)
  }

  /** It was tried again. */
  tried(outage: Outage, isOver: boolean): void {
    if (this.#listed.has(outage.host)) this.#write(outage, isOver)
  }

  #write({ host, failures, since }: Outage, isOver: boolean): void {
    this.#listed.set(host, { host, failures, sinceMs: since, isOver })
  }
}
