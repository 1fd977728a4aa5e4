// The way that a connection goes: straight to its host, through a proxy, or to a socket of this machine.

import { isPrivateByName } from '../core/address.js'
import type { ProxyServer, Target } from '../types.js'

export type Route =
  /** Requests go to the proxy, with the whole URL (RFC 9112 §3.2.2). One connection serves whatever hosts. */
  | { readonly kind: 'forward'; readonly proxy: ProxyServer }
  /** The proxy lets bytes through to the host: by CONNECT (RFC 9110 §9.3.6), or by SOCKS 5 (RFC 1928). */
  | { readonly kind: 'tunnel'; readonly proxy: ProxyServer }
  | { readonly kind: 'unix'; readonly path: string }

export interface RouteOptions {
  /** The proxy for an origin, `scheme://host`; null is none. */
  readonly proxyFor?: ((origin: string) => ProxyServer | null) | undefined
  /** All connections go to this socket. */
  readonly unixSocket?: string | undefined
}

/** Origins whose route is kept at hand. */
const mostKnown = 1000

export class Routes {
  readonly #proxyFor: (origin: string) => ProxyServer | null
  readonly #everywhere: Route | null
  readonly #known = new Map<string, Route | null>()

  private constructor({ proxyFor = () => null, unixSocket }: RouteOptions) {
    this.#proxyFor = proxyFor
    this.#everywhere = unixSocket === undefined ? null : { kind: 'unix', path: unixSocket }
  }

  /** Null where every connection goes straight to its host. */
  static of(options: RouteOptions): Routes | null {
    return options.proxyFor === undefined && options.unixSocket === undefined ? null : new Routes(options)
  }

  /** Null is straight to the host. */
  to({ origin, host }: Pick<Target, 'origin' | 'host'>, isPublicOnly: boolean): Route | null {
    if (this.#everywhere !== null) return this.#everywhere
    // What may not be asked for is refused where it would be dialled; a proxy would not know.
    if (isPublicOnly && isPrivateByName(host)) return null
    let route = this.#known.get(origin)
    if (route === undefined) {
      route = this.#find(origin)
      if (this.#known.size >= mostKnown) this.#known.clear()
      this.#known.set(origin, route)
    }
    return route
  }

  #find(origin: string): Route | null {
    const proxy = this.#proxyFor(origin)
    if (proxy === null) return null
    // Proxies refuse CONNECT to port 80 as they are delivered, and can keep what they fetched for others.
    const isForward = origin.startsWith('http:') && (proxy.scheme === 'http' || proxy.scheme === 'https')
    return { kind: isForward ? 'forward' : 'tunnel', proxy }
  }
}

/** RFC 7617 §2. Null where the proxy is given no user. */
export function proxyAuthorization({ credentials }: ProxyServer): string | null {
  if (credentials === null) return null
  const { username, password } = credentials
  return `Basic ${Buffer.from(`${username}:${password}`, 'latin1').toString('base64')}`
}
