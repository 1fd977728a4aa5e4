// From the text of a URL to the target of a request: scheme, user info and what may not be fetched.

import type { Failure, Target } from '../types.js'

export type Scheme = 'http' | 'https'

/**
 * Reads one URL as listed. Text without a scheme gets `defaultScheme`. Parsing follows the WHATWG URL standard, with two
 * exceptions that keep typing errors from reaching a host nobody named: no host is made out of a path (`/x`, `http:///x`).
 */
export function parseListedUrl(text: string, defaultScheme: Scheme): Target | Failure {
  if (text === '') return invalid('URL_EMPTY', 'no URL')
  if (/^(?:[a-z][a-z0-9+.-]*:)?(?:\/{3}|\/(?!\/))/i.test(text)) return invalid('URL_NO_HOST', 'the URL has no host')
  if (/^https?:\/\//i.test(text)) return parseTarget(text)
  if (text.startsWith('//')) return parseTarget(`${defaultScheme}:${text}`)
  // "localhost:8080/x" is a host and a port, "mailto:x" a scheme.
  const scheme = /^([a-z][a-z0-9+.-]*):(?!\d{1,5}(?:[/?#]|$))/i.exec(text)
  return parseTarget(scheme ? text : `${defaultScheme}://${text}`)
}

/** Reads an absolute URL, or one relative to `base` (a Location header). */
export function parseTarget(text: string, base?: string): Target | Failure {
  let url: URL
  try {
    url = new URL(text, base)
  } catch {
    return invalid('URL_INVALID', 'not a valid URL')
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    return invalid('URL_SCHEME', `scheme ${url.protocol} is not supported: http and https are`)
  }
  url.hash = ''
  const authorization = basicAuthorization(url)
  if (authorization !== null) url.username = url.password = ''
  return { href: url.href, origin: url.origin, host: url.host, path: url.pathname + url.search, authorization }
}

export function isFailure(parsed: Target | Failure): parsed is Failure {
  return 'type' in parsed
}

/** The text of a URL, parseable or not, with the password in its user info shown as `***`. */
export function maskPassword(text: string): string {
  if (!text.includes('@')) return text
  return text.replace(/^((?:[a-z][a-z0-9+.-]*:)?[\\/]*)([^/?#\\:@]*):[^/?#\\]*@/i, '$1$2:***@')
}

// RFC 7617 §2: base64(user-id ":" password), in UTF-8.
function basicAuthorization(url: URL): string | null {
  if (url.username === '' && url.password === '') return null
  return `Basic ${Buffer.from(`${percentDecoded(url.username)}:${percentDecoded(url.password)}`).toString('base64')}`
}

function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

function invalid(code: string, message: string): Failure {
  return { type: 'invalid_url', code, message }
}
