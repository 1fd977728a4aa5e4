// Options of the connection: over which way a request goes, and whom it trusts.

import { isIP } from 'node:net'
import { parseProxyUrl, proxyForm } from '../../core/proxy-url.js'
import type { TlsVersion } from '../../fetchers/index.js'
import type { ProxyServer } from '../../types.js'
import { anyText, flag, list, nonEmpty, optional, type Reader, Rejection, text } from '../readers.js'
import type { OptionGroup } from './group.js'

const override = text('host:port:address, the address an IP address', (value) => {
  const match = /^(\[[0-9a-f:.]+\]|[^:[\]]+):(\d{1,5}):\[?([0-9a-f:.]+)\]?$/i.exec(value)
  const [, host, port, address] = match ?? []
  if (host === undefined || address === undefined || isIP(address) === 0 || Number(port) > 65_535) return undefined
  return { host: host.replace(/^\[|\]$/g, '').toLowerCase(), port: Number(port), address }
})

const tlsVersions: Readonly<Record<string, TlsVersion>> = {
  '1.0': 'TLSv1',
  '1.1': 'TLSv1.1',
  '1.2': 'TLSv1.2',
  '1.3': 'TLSv1.3',
}

const tlsVersion = text(`one of ${Object.keys(tlsVersions).join(', ')}`, (value) =>
  Object.hasOwn(tlsVersions, value) ? tlsVersions[value] : undefined,
)

/** Null is none, whatever the environment says. What is no proxy is not shown: there may be a password in it. */
const proxy: Reader<ProxyServer | null> = (value) => {
  if (value === '') return null
  const server = typeof value === 'string' ? parseProxyUrl(value) : null
  if (server === null) throw new Rejection(`must be ${proxyForm}, or '' for none`)
  return server
}

export const connectionOptions = {
  group: 'Connection',
  rows: [
    { flags: '-k, --insecure', meaning: 'accept any TLS certificate', inShort: 'accept any TLS certificate' },
    {
      flags: '--cacert <file>',
      meaning: 'trust the authorities in this file (PEM), instead of the built-in ones',
    },
    {
      flags: '--cert <file>',
      meaning:
        "the client's certificate (PEM), with its chain; shown to servers that ask, never where another host's redirect led",
    },
    { flags: '--key <file>', meaning: 'its private key (PEM), where it is not in the same file' },
    { flags: '--key-pass <phrase>', meaning: 'opens the key where it is encrypted; @file reads it from a file' },
    {
      flags: '--tls-min <version>',
      meaning: 'the oldest TLS to speak, 1.0 to 1.3 (1.2); 1.0 and 1.1 take weak algorithms as well',
    },
    {
      flags: '--http2',
      meaning: 'speak HTTP/2 with https servers that do: requests to a host share a connection',
    },
    {
      flags: '--resolve <host:port:address>',
      meaning: 'connect to this address for host and port',
      repeats: true,
    },
    {
      flags: '-x, --proxy <url>',
      meaning:
        "send requests through http://, https://, socks5:// or socks5h://[user:password@]host:port; '' is none (HTTP_PROXY, HTTPS_PROXY, ALL_PROXY)",
      inShort: 'send requests through this proxy',
    },
    {
      flags: '--noproxy <hosts>',
      meaning:
        'but for these: names with all below them, addresses, networks, with a port or without; * is all (NO_PROXY)',
    },
    { flags: '--unix-socket <path>', meaning: 'connect to this socket, whatever the host' },
    { flags: '-4, --ipv4', meaning: 'connect to IPv4 addresses only' },
    { flags: '-6, --ipv6', meaning: 'connect to IPv6 addresses only' },
  ],
  readers: {
    insecure: flag,
    cacert: optional(nonEmpty),
    cert: optional(nonEmpty),
    key: optional(nonEmpty),
    keyPass: optional(nonEmpty),
    tlsMin: optional(tlsVersion),
    http2: flag,
    resolve: list(override),
    proxy: optional(proxy),
    noproxy: optional(anyText),
    unixSocket: optional(nonEmpty),
    ipv4: flag,
    ipv6: flag,
  },
} as const satisfies OptionGroup
