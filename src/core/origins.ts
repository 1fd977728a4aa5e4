// The origins of the URLs that were read last: what is in their strings need not be parsed again, nor kept in memory once more.

import type { Target } from '../types.js'

export type Origin = Pick<Target, 'origin' | 'host'>

/** So many are remembered, of 200 bytes each. Lists of more hosts that take turns have their URLs parsed. */
const mostKnown = 4096

/** A name of DNS (RFC 1035 §2.3.4) and a port: lists can have hosts of 64 KiB, which nobody can ask. */
const longestHost = 253 + ':65535'.length

const known = new Map<string, Origin>()

/** Lists have runs of one host. */
let last: Origin = { origin: ' ', host: '' }

/**
 * The origin that a text begins with, up to the slash behind it, where a URL with the same one came out of the parser before; null where
 * none did. The strings are those of that time: as keys of maps they are not hashed and compared again.
 */
export function knownOrigin(text: string): Origin | null {
  if (text.startsWith(last.origin) && text[last.origin.length] === '/') return last
  const end = text.indexOf('/', text.indexOf('//') + 2)
  const found = end === -1 ? undefined : known.get(text.slice(0, end))
  if (found === undefined) return null
  last = found
  return found
}

/** The origin of what came out of the parser without user info. */
export function originOf(href: string): Origin {
  return knownOrigin(href) ?? learn(href)
}

function learn(href: string): Origin {
  const hostAt = href.indexOf('//') + 2
  // A copy: V8 keeps the whole URL alive for a part cut out of it, and limits outlive the URLs of their host.
  const host = Buffer.from(href.slice(hostAt, href.indexOf('/', hostAt))).toString()
  last = { origin: `${href.slice(0, hostAt)}${host}`, host }
  if (host.length > longestHost) return last
  if (known.size === mostKnown) known.clear()
  known.set(last.origin, last)
  return last
}
