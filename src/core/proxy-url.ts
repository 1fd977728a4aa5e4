// A proxy as people write it, `http://user:password@host:port`, taken apart. What is wrong with it is said without showing it.

import type { ProxyServer } from '../types.js'

/** RFC 1928 §3, RFC 9110 §4.2; squid's and many others' 3128 is nobody's default. */
const defaultPorts = { http: 80, https: 443, socks5: 1080, socks5h: 1080 } as const

export const proxyForm = 'a proxy such as http://host:3128, https://host, socks5://host or socks5h://host:1080'

/** RFC 1929 §2: a byte tells the length. */
const longestSocksCredential = 255

/** Null for what is no proxy, or one of a kind that is not known. Without a scheme it is `http`; a path means nothing. */
export function parseProxyUrl(text: string): ProxyServer | null {
  const [, given = 'http', rest = ''] = /^(?:([a-z][a-z0-9+.-]*):\/\/)?(.*)$/is.exec(text.trim()) ?? []
  const scheme = schemeOf(given.toLowerCase())
  // eslint-disable-next-line no-control-regex
  if (scheme === null || /[\u0000-\u0020]/.test(rest) || !URL.canParse(`http://${rest}`)) return null
  // `http:/host` and `http//host` have lost a character: their host would be `http`.
  if (/^(?:https?|socks\w*)(?::[\\/]|[\\/]{2})/i.test(rest)) return null
  // Read as http, since what the URL standard does not know has no host name that it would check.
  const url = new URL(`http://${rest}`)
  const authority = /^[^/?#\\]*/.exec(rest)?.[0] ?? ''
  const isPort80 = /:0*80$/.test(authority)
  const port = url.port === '' ? (isPort80 ? 80 : defaultPorts[scheme]) : Number(url.port)
  if (url.hostname === '' || port === 0) return null
  const credentials = credentialsOf(url)
  const isSocks = scheme === 'socks5' || scheme === 'socks5h'
  if (isSocks && credentials !== null && !fitsSocks(credentials)) return null
  return {
    scheme,
    hostname: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port,
    host: `${url.hostname}:${port}`,
    name: `${scheme}://${url.hostname}:${port}`,
    credentials,
  }
}

function schemeOf(text: string): ProxyServer['scheme'] | null {
  switch (text) {
    case 'http':
    case 'https':
    case 'socks5':
    case 'socks5h':
      return text
    default:
      return null
  }
}

function credentialsOf({ username, password }: URL): ProxyServer['credentials'] {
  return username === '' && password === '' ? null : { username: decoded(username), password: decoded(password) }
}

function fitsSocks({ username, password }: NonNullable<ProxyServer['credentials']>): boolean {
  return [username, password].every((text) => Buffer.byteLength(utf8Of(text)) <= longestSocksCredential)
}

/** Bytes, as latin1, as the text that they are. */
export function utf8Of(bytes: string): string {
  return Buffer.from(bytes, 'latin1').toString('utf8')
}

/** To bytes, as latin1: what is percent-encoded need not be UTF-8. */
function decoded(text: string): string {
  return text.replace(/%([0-9a-f]{2})/gi, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)))
}
