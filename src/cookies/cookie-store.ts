// The cookies of a run, by domain, in bounded memory: the oldest gives way.

import type { StoredCookie } from './cookie.js'

export interface StoreLimits {
  readonly perDomain: number
  /** Of all cookies, their texts and what goes with them. */
  readonly bytes: number
}

/** What an entry takes beside its texts, about. */
const overheadBytes = 300

interface Entry {
  readonly cookie: StoredCookie
  /** When the cookie was first set, among others: a new value does not change that (RFC 6265 §5.3, step 11.3). */
  readonly order: number
}

export class CookieStore {
  readonly #perDomain: number
  #mostBytes: number
  /** Then by path and name; the one that was set last comes last. */
  readonly #domains = new Map<string, Map<string, Entry>>()
  /** All of them, the one that was set last at the end. */
  readonly #entries = new Set<Entry>()
  #lastOrder = 0
  #bytes = 0

  constructor(limits: StoreLimits) {
    this.#perDomain = limits.perDomain
    this.#mostBytes = limits.bytes
  }

  get isEmpty(): boolean {
    return this.#entries.size === 0
  }

  /** In the order in which they were first set. */
  all(): StoredCookie[] {
    return [...this.#entries].toSorted((one, other) => one.order - other.order).map(({ cookie }) => cookie)
  }

  /** Of exactly this domain. They may be removed meanwhile. */
  of(domain: string): Iterable<Entry> {
    return this.#domains.get(domain)?.values() ?? []
  }

  find(domain: string, path: string, name: string): StoredCookie | null {
    return this.#domains.get(domain)?.get(keyOf(path, name))?.cookie ?? null
  }

  /** One that somebody chose to keep: it takes nothing of the room for others. */
  add(cookie: StoredCookie): void {
    this.#insert(cookie)
    this.#mostBytes = Math.max(this.#mostBytes, this.#bytes)
  }

  /** One that a server set: those that were set first make room for it. */
  put(cookie: StoredCookie): void {
    const ofDomain = this.#domains.get(cookie.domain)
    const isNew = ofDomain?.has(keyOf(cookie.path, cookie.name)) !== true
    if (ofDomain !== undefined && isNew && ofDomain.size >= this.#perDomain) this.#dropFirst(ofDomain.values())
    this.#insert(cookie)
    while (this.#bytes > this.#mostBytes && this.#entries.size > 1) this.#dropFirst(this.#entries.values())
  }

  remove({ domain, path, name }: Pick<StoredCookie, 'domain' | 'path' | 'name'>): void {
    const entry = this.#domains.get(domain)?.get(keyOf(path, name))
    if (entry !== undefined) this.#drop(entry)
  }

  /** In place of one of the same name, path and domain. */
  #insert(cookie: StoredCookie): void {
    const earlier = this.#domains.get(cookie.domain)?.get(keyOf(cookie.path, cookie.name))
    if (earlier !== undefined) this.#drop(earlier)
    const entry = { cookie, order: earlier?.order ?? ++this.#lastOrder }
    let ofDomain = this.#domains.get(cookie.domain)
    if (ofDomain === undefined) this.#domains.set(cookie.domain, (ofDomain = new Map()))
    ofDomain.set(keyOf(cookie.path, cookie.name), entry)
    this.#entries.add(entry)
    this.#bytes += bytesOf(cookie)
  }

  #dropFirst(entries: Iterator<Entry>): void {
    const first = entries.next()
    if (!first.done) this.#drop(first.value)
  }

  #drop(entry: Entry): void {
    const { domain, path, name } = entry.cookie
    const ofDomain = this.#domains.get(domain)
    ofDomain?.delete(keyOf(path, name))
    if (ofDomain?.size === 0) this.#domains.delete(domain)
    this.#entries.delete(entry)
    this.#bytes -= bytesOf(entry.cookie)
  }
}

/** No path has a tab. */
function keyOf(path: string, name: string): string {
  return `${path}\t${name}`
}

function bytesOf({ domain, path, name, value }: StoredCookie): number {
  return overheadBytes + 2 * (path.length + name.length) + domain.length + value.length
}
