// Opens sockets: name, TCP and TLS, each phase timed, all of them within the connect timeout.

import { lookup as systemLookup } from 'node:dns'
import {
  connect as connectTcp,
  isIP,
  type LookupFunction,
  type OnReadOpts,
  type Socket,
  type TcpNetConnectOpts,
} from 'node:net'
import { checkServerIdentity, connect as connectTls, type ConnectionOptions } from 'node:tls'
import { isLocalhost, isPublicAddress } from '../core/address.js'
import type { Failure, ProxyServer, Target } from '../types.js'
import { Dial, type DialListener } from './dial.js'
import { foreignFailure, lookupOfFamily } from './address-family.js'
import { blockedFailure } from './failure.js'
import { cachedLookup } from './name-cache.js'
import { NameProcess } from './name-process.js'
import { forwardPassage, type ProxyWatch, TunnelPassage } from './passage.js'
import { ProxyStates } from './proxy-state.js'
import { publicOnly } from './public-only.js'
import { type Route, Routes } from './route.js'
import { SecureContexts } from './secure-context.js'
import { TimeLimit } from './time-limit.js'
import type { FetcherOptions } from './options.js'

/** Where the connections of an origin go. */
export interface Endpoint {
  readonly isTls: boolean
  /** As in the URL, without brackets. */
  readonly hostname: string
  readonly port: number
  /** `hostname:port`, for messages. */
  readonly host: string
  /** Only addresses of the public internet may be dialled. */
  readonly isPublicOnly: boolean
  /** The client's certificate is not shown there. */
  readonly isAnonymous: boolean
  /** Null is straight there. */
  readonly route: Route | null
  /** What may be spoken there over TLS (ALPN), the best first; HTTP/1.1 alone if left out. */
  readonly protocols?: string[]
}

const maxSessions = 100
const plainHttp = ['http/1.1']

export class Connector {
  readonly #options: FetcherOptions
  readonly #lookup: LookupFunction
  readonly #names: NameProcess | null
  readonly #addresses: ReadonlyMap<string, string>
  readonly #sockets = new Set<Socket>()
  readonly #limit: TimeLimit
  readonly #sessions = new Map<string, Buffer>()
  readonly #routes: Routes | null
  readonly #proxies: ProxyStates
  readonly #contexts: SecureContexts

  constructor(options: FetcherOptions) {
    this.#options = options
    this.#routes = Routes.of(options)
    this.#proxies = new ProxyStates(options.proxyBreakerMs ?? null)
    this.#contexts = new SecureContexts(options.tls ?? null)
    this.#limit = new TimeLimit(options.connectTimeoutMs)
    const lookup = options.lookup ?? systemLookup
    // A little less, since a timer may be early: the first retry of whoever gave up is to ask again.
    const patienceMs = options.connectTimeoutMs * 0.9
    this.#names = options.separateLookups === true ? new NameProcess({ lookup, patienceMs }) : null
    const cached = cachedLookup({
      lookup: this.#names?.lookup ?? lookup,
      now: () => performance.now(),
      patienceMs,
    })
    this.#lookup = options.family === undefined ? cached : lookupOfFamily(options.family, cached)
    this.#addresses = new Map(options.resolve.map(({ host, port, address }) => [`${host}:${port}`, unbracket(address)]))
  }

  /** Whoever uses a connection is told what is written to it. */
  get isWatched(): boolean {
    return this.#options.archive !== undefined
  }

  /** Whether only public addresses may be dialled for a target, be it for the whole run. */
  isGuarded(target: Pick<Target, 'isPublicOnly'>): boolean {
    return this.#options.publicOnly || target.isPublicOnly
  }

  /** There is a certificate of the client's, which is not shown to everybody: not to a proxy. */
  get hasClient(): boolean {
    return this.#contexts.hasClient
  }

  /** Whether a target may not see the client's certificate, where there is one. */
  isAnonymous(target: Pick<Target, 'isForeign'>): boolean {
    return target.isForeign === true && this.#contexts.hasClient
  }

  /** The way to a target; null is straight there. */
  routeTo(target: Target): Route | null {
    return this.#routes?.to(target, this.isGuarded(target)) ?? null
  }

  /** @param onread takes what the socket reads, unless its route is a tunnel: then it is a stream as any other */
  dial(endpoint: Endpoint, listener: DialListener, onread: OnReadOpts): Dial {
    const { hostname, port, isTls, host, route } = endpoint
    if (route !== null && route.kind !== 'forward') return this.#dialAlong(route, endpoint, listener, onread)
    const override = this.#override(hostname, port)
    const address = override ?? hostname
    const isAddress = isIP(address) !== 0
    // What the caller overrides is the caller's choice.
    const isGuarded = endpoint.isPublicOnly && override === undefined
    const blocked = isGuarded ? blockedFailure(host, this.#options.publicOnly) : null
    const passage = route === null ? null : forwardPassage(route.proxy, this.#watch(route.proxy))
    const dial = new Dial({ host, isAddress, limit: this.#limit, sockets: this.#sockets, blocked, passage }, listener)
    // An address is never looked up: it is checked here.
    if (blocked !== null && (isAddress ? !isPublicAddress(address) : isLocalhost(address))) {
      setImmediate(() => dial.refuse(blocked))
      return dial
    }
    const refusal = this.#refusal(address, isAddress, route)
    if (refusal !== null) {
      setImmediate(() => dial.refuse(refusal))
      return dial
    }
    const tcp = this.#tcpTo(address, port, dial)
    tcp.onread = onread
    const socket = isTls ? this.#secure(endpoint, tcp) : connectTcp(tcp)
    dial.watch(socket, isTls)
    return dial
  }

  /** Destroys every socket, lets no lookup go on, and waits until that is done. */
  async close(): Promise<void> {
    this.#sessions.clear()
    const closed = [...this.#sockets].map(
      (socket) =>
        new Promise<void>((resolve) => {
          // TLS over a socket that is destroyed closes while it is told so.
          socket.once('close', () => resolve())
          socket.destroy()
        }),
    )
    await Promise.all([...closed, this.#names?.close()])
  }

  #dialAlong(
    route: Exclude<Route, { kind: 'forward' }>,
    endpoint: Endpoint,
    listener: DialListener,
    onread: OnReadOpts,
  ): Dial {
    const { host, isTls } = endpoint
    const common = { host, limit: this.#limit, sockets: this.#sockets, blocked: null }
    if (route.kind === 'unix') {
      const dial = new Dial({ ...common, isAddress: true, passage: null }, listener)
      const there = { path: route.path, onread }
      dial.watch(isTls ? this.#secure(endpoint, there) : connectTcp(there), isTls)
      return dial
    }
    const { proxy } = route
    const address = this.#override(proxy.hostname, proxy.port) ?? proxy.hostname
    const isAddress = isIP(address) !== 0
    const dial = new Dial({ ...common, isAddress, passage: this.#passage(proxy, endpoint) }, listener)
    const refusal = this.#refusal(address, isAddress, route)
    if (refusal !== null) setImmediate(() => dial.refuse(refusal))
    else dial.watch(connectTcp(this.#tcpTo(address, proxy.port, dial)), false)
    return dial
  }

  /** Why an address is not dialled at all. */
  #refusal(address: string, isAddress: boolean, route: Exclude<Route, { kind: 'unix' }> | null): Failure | null {
    const foreign = isAddress ? foreignFailure(address, this.#options.family) : null
    return foreign ?? (route === null ? null : this.#proxies.refusal(route.proxy, performance.now()))
  }

  #watch(proxy: ProxyServer): ProxyWatch {
    const startedAt = performance.now()
    return {
      reached: () => this.#proxies.reached(proxy),
      failed: () => this.#proxies.failed(proxy, startedAt, performance.now()),
    }
  }

  #passage(proxy: ProxyServer, endpoint: Endpoint): TunnelPassage {
    const { hostname, port, host, isPublicOnly } = endpoint
    const { publicOnly: isGuarded, userAgent, connectTimeoutMs } = this.#options
    return new TunnelPassage(proxy, endpoint, {
      watch: this.#watch(proxy),
      userAgent,
      timeoutMs: connectTimeoutMs,
      lookup: isPublicOnly ? publicOnly(this.#lookup) : this.#lookup,
      blocked: blockedFailure(host, isGuarded),
      override: this.#override(hostname, port),
      secureProxy: (socket) =>
        this.#secure({ hostname: proxy.hostname, host: proxy.name, isAnonymous: this.hasClient }, { socket }),
      secure: (socket) => this.#secure(endpoint, { socket }),
    })
  }

  #override(hostname: string, port: number): string | undefined {
    return this.#addresses.get(`${hostname}:${port}`) ?? this.#addresses.get(`*:${port}`)
  }

  #tcpTo(address: string, port: number, dial: Dial): TcpNetConnectOpts {
    return {
      host: address,
      port,
      lookup: dial.lookupThrough(this.#lookup),
      noDelay: true,
      // Without a time of one's own each address but the last gets 250 ms; without the switch the time is ignored.
      autoSelectFamily: true,
      autoSelectFamilyAttemptTimeout: 1000,
    }
  }

  #secure(
    {
      hostname,
      host,
      isAnonymous,
      protocols = plainHttp,
    }: Pick<Endpoint, 'hostname' | 'host' | 'isAnonymous' | 'protocols'>,
    way: ConnectionOptions,
  ): Socket {
    // A session says who the client is, if it was told when the session began.
    const sessionKey = isAnonymous ? `anonymous ${host}` : host
    const session = this.#sessions.get(sessionKey)
    const socket = connectTls({
      ...way,
      secureContext: this.#contexts.get(isAnonymous),
      // RFC 6066 §3: a name without a trailing dot, never an address.
      ...(isIP(hostname) === 0 && { servername: hostname.replace(/\.$/, '') }),
      ...(session && { session }),
      ALPNProtocols: protocols,
      rejectUnauthorized: !this.#options.insecure,
      // The name asked for, whatever address was dialled for it.
      checkServerIdentity: (_dialled, certificate) => checkServerIdentity(hostname, certificate),
    })
    return socket.on('session', (fresh: Buffer) => this.#keepSession(sessionKey, fresh))
  }

  #keepSession(key: string, session: Buffer): void {
    this.#sessions.delete(key)
    this.#sessions.set(key, session)
    if (this.#sessions.size <= maxSessions) return
    for (const oldest of this.#sessions.keys()) {
      this.#sessions.delete(oldest)
      return
    }
  }
}

function unbracket(address: string): string {
  return address.replace(/^\[(.*)\]$/, '$1')
}
