// The Netscape format of cookie files, a line for each cookie, as curl, wget and browser extensions write it.

import type { StoredCookie } from './cookie.js'

const httpOnlyPrefix = '#HttpOnly_'
const head = `# Netscape HTTP Cookie File
# Written by poolfetch: what is changed here during a run is lost.

`

export type ParsedCookies =
  | { readonly kind: 'cookies'; readonly cookies: readonly StoredCookie[] }
  /** Comments alone that are not those of a cookie file: `line` is null. */
  | { readonly kind: 'other'; readonly line: number | null }

/**
 * Strict, since the file will be replaced: a line that is not understood would be lost.
 *
 * @param text bytes as latin1
 */
export function parseCookieFile(text: string): ParsedCookies {
  const cookies: StoredCookie[] = []
  let isKnown = false
  let isOther = false
  for (const [index, line] of text
    .replace(/^\xef\xbb\xbf/, '')
    .split(/\r?\n/)
    .entries()) {
    if (line.trim() === '') continue
    if (line.startsWith('#') && !line.startsWith(httpOnlyPrefix)) {
      if (/^#\s*(?:netscape )?http cookie file/i.test(line)) isKnown = true
      else if (cookies.length === 0) isOther = true
      continue
    }
    const cookie = parseLine(line)
    if (cookie === null) return { kind: 'other', line: index + 1 }
    cookies.push(cookie)
  }
  if (isOther && cookies.length === 0 && !isKnown) return { kind: 'other', line: null }
  return { kind: 'cookies', cookies }
}

/** Bytes as latin1. */
export function formatCookieFile(cookies: Iterable<StoredCookie>): string {
  let text = head
  for (const cookie of cookies) text += formatLine(cookie)
  return text
}

/** Domain, whether names below it get it, path, whether over TLS only, expiry in s (0 is the session), name, value. */
function parseLine(line: string): StoredCookie | null {
  const isHttpOnly = line.startsWith(httpOnlyPrefix)
  const fields = (isHttpOnly ? line.slice(httpOnlyPrefix.length) : line).split('\t')
  // Some leave the last tab out where the value is empty.
  if (fields.length !== 7 && fields.length !== 6) return null
  const [domain = '', below = '', path = '', secure = '', expires = '', name = '', value = ''] = fields
  if (!/^\.?[^\s./]/.test(domain) || !isFlag(below) || !isFlag(secure) || !path.startsWith('/')) return null
  // Some write fractions of a second, or -1 for a session.
  if (!/^(?:-?\d{1,15}(?:\.\d{1,9})?)?$/.test(expires) || name === '' || !isPrintable(path + name + value)) return null
  const seconds = Number(expires)
  return {
    domain: domainOf(domain),
    isHostOnly: below.toUpperCase() === 'FALSE',
    path,
    isSecure: secure.toUpperCase() === 'TRUE',
    isHttpOnly,
    expiresAt: seconds > 0 ? seconds * 1000 : null,
    name,
    value,
  }
}

/** Wget adds the port where it is not 80, which a cookie does not heed (RFC 6265 §8.5). */
function domainOf(text: string): string {
  const name = text.replace(/^([^:]+|\[.*\]):\d+$/, '$1').replace(/^\[(.*)\]$/, '$1')
  return name.toLowerCase().replace(/^\./, '')
}

function isFlag(text: string): boolean {
  return /^(?:TRUE|FALSE)$/i.test(text)
}

/** What can stand in a line of the file and in a header field. */
export function isPrintable(text: string): boolean {
  return /^[\x20-\x7e\x80-\xff]*$/.test(text)
}

function formatLine({ domain, isHostOnly, path, isSecure, isHttpOnly, expiresAt, name, value }: StoredCookie): string {
  const host = `${isHttpOnly ? httpOnlyPrefix : ''}${isHostOnly ? '' : '.'}${domain}`
  const expires = expiresAt === null ? 0 : Math.max(1, Math.floor(expiresAt / 1000))
  return `${[host, flag(!isHostOnly), path, flag(isSecure), expires, name, value].join('\t')}\n`
}

function flag(value: boolean): string {
  return value ? 'TRUE' : 'FALSE'
}
