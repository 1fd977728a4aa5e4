// Header fields that belong to some hosts: sent wherever a request goes to one of them, and nowhere else.

import type { HeaderList, Target } from '../types.js'
import { patternsOf } from './host-pattern.js'

export interface HostHeaderRule {
  /** As in a rule of limits: a host as in `URL.host`, or `*.` and a host; without a port, whatever the port. */
  readonly pattern: string
  readonly headers: HeaderList
}

/** Origins whose fields are kept at hand; more of them are looked up anew. */
const mostFound = 1000
const none: HeaderList = []

export class HostHeaderTable {
  readonly #rules = new Map<string, HeaderList>()
  readonly #found = new Map<string, HeaderList>()
  /** By the patterns that they come from. */
  readonly #lists = new Map<string, HeaderList>()

  constructor(rules: readonly HostHeaderRule[]) {
    for (const { pattern, headers } of rules)
      this.#rules.set(pattern, [...(this.#rules.get(pattern) ?? []), ...headers])
  }

  /** Of all fields, in lower case. */
  get names(): ReadonlySet<string> {
    return new Set([...this.#rules.values()].flat().map(([name]) => name.toLowerCase()))
  }

  /**
   * Where several rules set a field, the most specific one's. The same list for all targets that have the same fields. None
   * over plain http that a redirect led to from https: whoever listens there could have sent that redirect.
   */
  of({ origin, host, isDowngraded }: Pick<Target, 'origin' | 'host' | 'isDowngraded'>): HeaderList {
    if (isDowngraded) return none
    let headers = this.#found.get(origin)
    if (headers === undefined) {
      headers = this.#lookUp(host, origin.startsWith('https:') ? 443 : 80)
      if (this.#found.size >= mostFound) this.#found.clear()
      this.#found.set(origin, headers)
    }
    return headers
  }

  /** A secret for one port is for no other: the standard one is that of the scheme. */
  #lookUp(host: string, standardPort: number): HeaderList {
    const patterns = [...patternsOf(host, [standardPort])].filter((pattern) => this.#rules.has(pattern))
    if (patterns.length === 0) return none
    const key = patterns.join(' ')
    const known = this.#lists.get(key)
    if (known !== undefined) return known
    const headers = merged(patterns.map((pattern) => this.#rules.get(pattern) ?? none))
    this.#lists.set(key, headers)
    return headers
  }
}

/** @param lists the one that comes before the others first */
function merged(lists: readonly HeaderList[]): HeaderList {
  let all: HeaderList = []
  for (const list of lists) all = [...all, ...withoutNamesOf(list, all)]
  return all
}

/** The fields of a list but for those that others replace, by name. */
export function withoutNamesOf(list: HeaderList, others: HeaderList): HeaderList {
  const names = new Set(others.map(([name]) => name.toLowerCase()))
  return list.filter(([name]) => !names.has(name.toLowerCase()))
}
