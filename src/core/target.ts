// From the text of a URL to the target of a request: scheme, user info and what may not be fetched.

import type { Failure, Target } from '../types.js'
import { knownOrigin, originOf } from './origins.js'

export type Scheme = 'http' | 'https'

/**
 * Reads one URL as listed. Text without a scheme gets `defaultScheme`. Parsing follows the WHATWG URL standard, with exceptions
 * that keep typing errors from reaching a host or a path nobody named: control characters are not dropped (two columns would
 * become one URL), no host is made out of a path (`/x`, `http:///x`) or of a scheme (`http//x`, `"http://x"`).
 */
export function parseListedUrl(text: string, defaultScheme: Scheme): Target | Failure {
  if (unchanged.test(text) && knownOrigin(text) !== null) return targetOf(text, null, false)
  if (text === '') return invalid('URL_EMPTY', 'no URL')
  // eslint-disable-next-line no-control-regex
  if (/[\u0000-\u001f]/.test(text)) return invalid('URL_INVALID', 'there is a control character in the URL')
  if (/^https?:\/\/[^/\\]/i.test(text)) return parseTarget(text)
  if (/^(?:https?:)?[\\/](?:[\\/]{2}|(?![\\/]))/i.test(text)) return invalid('URL_NO_HOST', 'the URL has no host')
  // "localhost:8080/x" is a host and a port, "mailto:x" a scheme.
  if (/^[a-z][a-z0-9+.-]*:(?!\d{1,5}(?:[/?#]|$))/i.test(text)) return parseTarget(text)
  if (text.startsWith('//')) return parseTarget(`${defaultScheme}:${text}`)
  if (/^https?\/\/|^[^/?#]*:\/\//i.test(text)) return invalid('URL_INVALID', 'not a valid URL')
  return parseTarget(`${defaultScheme}://${text}`)
}

/** Reads an absolute URL, or one relative to `base` (a Location header). */
export function parseTarget(text: string, base?: string): Target | Failure {
  let url: URL
  try {
    url = new URL(text, base)
  } catch {
    return invalid('URL_INVALID', 'not a valid URL')
  }
  const { protocol } = url
  if (protocol !== 'http:' && protocol !== 'https:') {
    return invalid('URL_SCHEME', `scheme ${protocol} is not supported: http and https are`)
  }
  // Every getter and setter of a URL costs as much as a quarter of its parsing: most URLs need three.
  let { href } = url
  let authorization: string | null = null
  if (href.includes('#') || href.includes('@')) {
    url.hash = ''
    authorization = basicAuthorization(url)
    if (authorization !== null) url.username = url.password = ''
    href = url.href
  }
  // One string instead of two alike: a frontier full of tasks holds as many.
  if (href === text) href = text
  return targetOf(href, authorization, false)
}

/** Takes apart what went through the URL parser, and has neither user info nor fragment. */
export function targetOf(href: string, authorization: string | null, isPublicOnly: boolean): Target {
  const { origin, host } = originOf(href)
  return { href, origin, host, path: href.slice(origin.length), authorization, isPublicOnly }
}

/**
 * What the URL parser returns as it is, behind an origin that came out of it: nothing to encode, no user info, no fragment, no `.` or `..`
 * segment, also not as `%2e`. It saves the parsing of every URL of an origin but the first.
 */
const unchanged = /^https?:\/\/(?:\/(?!\.|%2e)|[\w.~!$&()*+,;=:%?[\]-])*$/i

export function isFailure(parsed: Target | Failure): parsed is Failure {
  return 'type' in parsed
}

// The user begins with what is no white space: two parts that could share it out would take a time that grows with its square.
const withPassword = /^((?:[a-z][a-z0-9+.-]*:)?[\\/\s]*)((?:[^/?#\\:@\s][^/?#\\:@]*)?):[^/?#\\]*@/i
/** A password with a `/` in it, which should have been encoded: what follows the colon is no port. */
const withBrokenPassword =
  /^((?:[a-z][a-z0-9+.-]*:)?[\\/\s]*)((?:[^/?#\\:@\s][^/?#\\:@]*)?):(?![\\/]|\d*(?:[/?#\\]|$)).*@/is

/** The text of a URL, parseable or not, with the password in its user info shown as `***`. */
export function maskPassword(text: string): string {
  if (!text.includes('@')) return text
  return text.replace(withPassword.test(text) ? withPassword : withBrokenPassword, '$1$2:***@')
}

// RFC 7617 §2: base64(user-id ":" password), in UTF-8.
function basicAuthorization(url: URL): string | null {
  if (url.username === '' && url.password === '') return null
  return `Basic ${Buffer.from(`${percentDecoded(url.username)}:${percentDecoded(url.password)}`, 'latin1').toString('base64')}`
}

function percentDecoded(text: string): string {
  // Byte by byte: what is percent-encoded need not be UTF-8.
  return text.replace(/%([0-9a-f]{2})/gi, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)))
}

function invalid(code: string, message: string): Failure {
  return { type: 'invalid_url', code, message }
}
