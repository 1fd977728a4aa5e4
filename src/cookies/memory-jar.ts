// Which cookies a response sets, and which a request gets: RFC 6265 §5.3 and §5.4, with what browsers have added since (RFC 6265bis).

import { isIP } from 'node:net'
import { Cookie, defaultPath, domainMatch, getPublicSuffix, pathMatch } from 'tough-cookie'
import type { CookieJar, Target } from '../types.js'
import type { StoredCookie } from './cookie.js'
import { CookieStore, type StoreLimits } from './cookie-store.js'
import { isPrintable } from './netscape.js'

export interface MemoryJarOptions {
  /** Wall clock, ms since the epoch. */
  readonly wallNow: () => number
  /** A cookie was set, replaced or removed. */
  readonly onChange: () => void
  readonly limits?: StoreLimits
}

/** More than browsers keep for a site (180), and a few thousand of the largest. RFC 6265 §6.1 asks for 50 and 3000. */
const usualLimits: StoreLimits = { perDomain: 200, bytes: 16 * 2 ** 20 }
/** RFC 6265bis §5.6: name and value together, and the value of an attribute. */
const mostCookieBytes = 4096
const mostPathBytes = 1024
/** Of the field of a request, as in curl: servers refuse longer ones, and a server could have it grow for the hosts beside it. */
const mostFieldBytes = 8190
/** RFC 6265bis §5.5. */
const longestAgeMs = 400 * 86_400_000

export class MemoryJar implements CookieJar {
  readonly #options: MemoryJarOptions
  readonly #store: CookieStore

  constructor(cookies: Iterable<StoredCookie>, options: MemoryJarOptions) {
    this.#options = options
    this.#store = new CookieStore(options.limits ?? usualLimits)
    const now = options.wallNow()
    for (const cookie of cookies) {
      if (isExpired(cookie, now)) continue
      this.#store.add({
        ...cookie,
        path: withoutSlash(cookie.path),
        isHostOnly: cookie.isHostOnly || isSuffix(cookie.domain),
      })
    }
  }

  /** Those that outlive this moment, in the order in which they were first set. */
  cookies(): readonly StoredCookie[] {
    const now = this.#options.wallNow()
    return this.#store.all().filter((cookie) => !isExpired(cookie, now))
  }

  header({ origin, host, path }: Target): string | null {
    if (this.#store.isEmpty) return null
    const found: { readonly cookie: StoredCookie; readonly order: number }[] = []
    const hostname = hostnameOf(host)
    const pathname = pathnameOf(path)
    const isTrusted = isTrustworthy(origin, hostname)
    const now = this.#options.wallNow()
    for (const domain of domainsOf(hostname)) {
      for (const entry of this.#store.of(domain)) {
        const { cookie } = entry
        if ((cookie.isHostOnly && domain !== hostname) || (cookie.isSecure && !isTrusted)) continue
        if (isExpired(cookie, now)) this.#store.remove(cookie)
        else if (pathMatch(pathname, cookie.path)) found.push(entry)
      }
    }
    // §5.4, step 2: the longest path first, then the one that was there first.
    found.sort((one, two) => two.cookie.path.length - one.cookie.path.length || one.order - two.order)
    let field = ''
    for (const { cookie } of found) {
      const pair = `${cookie.name}=${cookie.value}`
      if (field.length + 2 + pair.length <= mostFieldBytes) field += field === '' ? pair : `; ${pair}`
    }
    return field === '' ? null : field
  }

  store(target: Target, setCookies: readonly string[]): void {
    for (const text of setCookies) {
      try {
        this.#receive(target, text)
      } catch {
        // The URL parser throws for a domain that is none: the cookie is refused.
      }
    }
  }

  #receive({ origin, host, path }: Target, text: string): void {
    const parsed = Cookie.parse(text)
    if (parsed === undefined || parsed.key.length + parsed.value.length > mostCookieBytes) return
    if (!isPrintable(parsed.key + parsed.value)) return
    const hostname = hostnameOf(host)
    const domain = parsed.domain === null ? hostname : (parsed.cdomain() ?? '')
    if (!domainMatch(hostname, domain, false)) return
    const isHostOnly = parsed.domain === null || isSuffix(domain)
    // One for all of .com or .co.uk would be for everybody's hosts.
    if (isHostOnly && domain !== hostname) return
    const isTrusted = isTrustworthy(origin, hostname)
    if (parsed.secure && !isTrusted) return
    const ownPath = pathOf(parsed.path)
    if (!keepsPrefix(parsed.key, parsed.secure, parsed.domain === null && ownPath === '/')) return
    const now = this.#options.wallNow()
    const cookie: StoredCookie = {
      domain: copied(domain),
      isHostOnly,
      path: copied(ownPath ?? defaultPath(pathnameOf(path))),
      isSecure: parsed.secure,
      isHttpOnly: parsed.httpOnly,
      expiresAt: expiryOf(parsed, now),
      name: copied(parsed.key),
      value: copied(parsed.value),
    }
    const earlier = this.#store.find(cookie.domain, cookie.path, cookie.name)
    // RFC 6265bis §5.7, step 16: who is on the wire of plain http cannot replace what came over TLS.
    if (earlier?.isSecure && !isTrusted) return
    if (isExpired(cookie, now)) {
      if (earlier === null) return
      this.#store.remove(cookie)
    } else {
      // Many servers set the session's cookie with every response: that is nothing to be saved.
      if (earlier !== null && isSame(earlier, cookie)) return
      this.#store.put(cookie)
    }
    this.#options.onChange()
  }
}

/** Null where there is none that counts: then it follows from the URL (§5.2.4). */
function pathOf(path: string | null): string | null {
  return path?.startsWith('/') && path.length <= mostPathBytes && isPrintable(path) ? withoutSlash(path) : null
}

/** As curl has it, so that `/x/` and `/x` are one in a file that both write: curl puts the former for a path that was left out. */
function withoutSlash(path: string): string {
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path
}

/** RFC 6265bis §4.1.3: a name can promise what the cookie has to keep. */
function keepsPrefix(name: string, isSecure: boolean, isWholeHost: boolean): boolean {
  if (/^__secure-/i.test(name)) return isSecure
  return !/^__host-/i.test(name) || (isSecure && isWholeHost)
}

function expiryOf({ maxAge, expires }: Cookie, now: number): number | null {
  // §5.3, step 3: Max-Age counts, where there are both.
  if (maxAge !== null) return now + Math.min(Math.max(0, Number(maxAge) * 1000), longestAgeMs)
  return expires instanceof Date ? Math.min(expires.getTime(), now + longestAgeMs) : null
}

function isExpired({ expiresAt }: StoredCookie, now: number): boolean {
  return expiresAt !== null && expiresAt <= now
}

/** Of one name, path and domain. */
function isSame(one: StoredCookie, other: StoredCookie): boolean {
  return (
    one.value === other.value &&
    one.expiresAt === other.expiresAt &&
    one.isHostOnly === other.isHostOnly &&
    one.isSecure === other.isSecure &&
    one.isHttpOnly === other.isHttpOnly
  )
}

/** Nobody's own domain: cookies for it are for the host of that name alone. */
function isSuffix(domain: string): boolean {
  if (isIP(domain) !== 0) return true
  return getPublicSuffix(domain, { allowSpecialUseDomain: true, ignoreError: true }) === undefined
}

/** Nobody listens in between: TLS, or this machine, as curl and browsers see it. */
function isTrustworthy(origin: string, hostname: string): boolean {
  return origin.startsWith('https:') || /^(?:(?:.+\.)?localhost|127(?:\.\d+){3}|::1)$/.test(hostname)
}

/** Without port and brackets. */
function hostnameOf(host: string): string {
  return host.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1')
}

function pathnameOf(path: string): string {
  const query = path.indexOf('?')
  return query < 0 ? path : path.slice(0, query)
}

/** The host and all domains that it is below of. */
function* domainsOf(hostname: string): Generator<string> {
  yield hostname
  if (isIP(hostname) !== 0) return
  for (let dot = hostname.indexOf('.'); dot >= 0; dot = hostname.indexOf('.', dot + 1)) yield hostname.slice(dot + 1)
}

/** V8 keeps the whole text alive for a part cut out of it. */
function copied(text: string): string {
  return Buffer.from(text, 'latin1').toString('latin1')
}
