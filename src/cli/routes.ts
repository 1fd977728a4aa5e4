// The ways that a run's connections go, by options and by the environment: proxies, a local socket, one family of addresses.

import { UsageError } from '../core/errors.js'
import { NoProxy } from '../core/no-proxy.js'
import { proxyOf, proxyVariable } from '../core/proxies.js'
import { parseProxyUrl, proxyForm } from '../core/proxy-url.js'
import type { FetcherOptions } from '../fetchers/index.js'
import type { ProxyServer } from '../types.js'
import type { Options } from './options.js'

type Variables = Readonly<Record<string, string | undefined>>

/** The part of a fetcher's options that says which way its connections go, and what there is to say of it. */
export interface RunRoutes {
  readonly options: Pick<FetcherOptions, 'proxyFor' | 'unixSocket' | 'family'>
  /** Null where nothing of it comes from the environment. */
  readonly note: string | null
}

interface FoundProxy {
  /** The option or variable that it came from. */
  readonly source: string
  readonly server: ProxyServer
}

type RouteChoice = Pick<Options, 'proxy' | 'noproxy' | 'unixSocket' | 'ipv4' | 'ipv6' | 'publicOnly'>

/**
 * @param named what options are called that came from POOLFETCH_ variables
 * @throws {UsageError} where they contradict each other, or the environment's proxy is none
 */
export function composeRoutes(options: RouteChoice, env: Variables, named: Variables = {}): RunRoutes {
  const { unixSocket, publicOnly } = options
  const family = familyOf(options)
  const nameOf = (attribute: string, option: string) => named[attribute] ?? option
  if (unixSocket !== undefined) {
    const name = nameOf('unixSocket', '--unix-socket')
    if (options.proxy) throw new UsageError(`${name} contradicts ${nameOf('proxy', '--proxy')}: leave one of them out`)
    if (publicOnly) throw new UsageError(`${name} contradicts --public-only: a socket is at no public address`)
    return { options: { family, unixSocket }, note: null }
  }
  const given = options.proxy
  // It was said that there is to be none, whatever the environment says.
  if (given === null) return { options: { family }, note: null }
  const noProxy = new NoProxy(options.noproxy ?? proxyVariable(['NO_PROXY'], env)?.value ?? '')
  if (noProxy.isAll) return { options: { family }, note: null }
  const typed = given === undefined ? null : { source: nameOf('proxy', '--proxy'), server: given }
  const http = typed ?? fromEnvironment(['HTTP_PROXY', 'ALL_PROXY'], env)
  const https = typed ?? fromEnvironment(['HTTPS_PROXY', 'ALL_PROXY'], env)
  const first = http ?? https
  if (first === null) return { options: { family }, note: null }
  if (publicOnly) {
    const without = typed === null ? " (--noproxy '*' does without it)" : ''
    const why = 'nobody knows which addresses a proxy goes to'
    throw new UsageError(`--public-only contradicts ${first.source}: ${why}${without}`)
  }
  const choice = { http: http?.server ?? null, https: https?.server ?? null, noProxy }
  return {
    options: { family, proxyFor: (origin) => proxyOf(origin, choice) },
    note: typed === null ? noteOf(http, https) : null,
  }
}

function familyOf({ ipv4, ipv6 }: Pick<Options, 'ipv4' | 'ipv6'>): 4 | 6 | undefined {
  if (ipv4 && ipv6) throw new UsageError('--ipv4 contradicts --ipv6: leave one of them out, or both for either')
  return ipv4 ? 4 : ipv6 ? 6 : undefined
}

/** @throws {UsageError} where the first that is set is no proxy. What it is may be a secret. */
function fromEnvironment(names: readonly string[], env: Variables): FoundProxy | null {
  const found = proxyVariable(names, env)
  if (found === null) return null
  const server = parseProxyUrl(found.value)
  if (server === null) throw new UsageError(`${found.name} must be ${proxyForm}; --noproxy '*' does without it`)
  return { source: found.name, server }
}

function noteOf(http: FoundProxy | null, https: FoundProxy | null): string {
  const found = [http, https].filter((proxy) => proxy !== null)
  const texts = found.map(({ source, server }) => `${server.name} (${source})`)
  return `requests go through ${[...new Set(texts)].join(' and ')}`
}
