// Through a proxy to a host: what is done with a socket that is connected to the proxy before it is the host's, and whose failure it is until then.

import { isIP, type LookupFunction, type Socket } from 'node:net'
import { systemCode } from '../core/errors.js'
import type { Failure, ProxyServer } from '../types.js'
import type { Dial, DialPassage } from './dial.js'
import { dialFailure, type DialPhase } from './failure.js'
import { type ProxyPhase, proxyDialFailure, proxyProtocolFailure, proxyTimeout } from './proxy-failure.js'
import { blockedCode } from './public-only.js'
import { openSocks, longestSocksName } from './socks.js'
import { openTunnel } from './tunnel.js'

/** The host that the connection is for. */
export interface Destination {
  /** As in the URL, without brackets. */
  readonly hostname: string
  readonly port: number
  /** `hostname:port`, for messages. */
  readonly host: string
  readonly isTls: boolean
}

/** What of a connector a passage needs. */
export interface PassageTools {
  readonly watch: ProxyWatch
  readonly userAgent: string
  readonly timeoutMs: number
  /** Of names of hosts that are to be looked up here, guarded as the connection is. */
  readonly lookup: LookupFunction
  /** What it fails with where the guard lets no address pass. */
  readonly blocked: Failure
  /** The address that the caller gave for the host, for where names are looked up here; undefined is none. */
  readonly override: string | undefined
  /** TLS with the proxy, over a socket that is connected to it. */
  secureProxy(socket: Socket): Socket
  /** TLS with the host, over a socket that leads to it. */
  secure(socket: Socket): Socket
}

/** How connections to a proxy went. */
export interface ProxyWatch {
  reached(): void
  failed(): void
}

/** Requests go to the proxy itself: it is the peer, and all that fails before there is a connection is the proxy's failure. */
export function forwardPassage(proxy: ProxyServer, watch: ProxyWatch): DialPassage {
  return {
    carry: null,
    reached: () => watch.reached(),
    failure: (error, phase) => {
      if (phase !== 'tls') watch.failed()
      return proxyDialFailure(error, phase, proxy)
    },
    timeout: (ms, phase) => {
      if (phase !== 'tls') watch.failed()
      return proxyTimeout(ms, proxy, '', false)
    },
  }
}

export class TunnelPassage implements DialPassage {
  readonly #proxy: ProxyServer
  readonly #destination: Destination
  readonly #tools: PassageTools
  #phase: ProxyPhase | 'name' | 'over' = 'connect'

  constructor(proxy: ProxyServer, destination: Destination, tools: PassageTools) {
    this.#proxy = proxy
    this.#destination = destination
    this.#tools = tools
  }

  reached(): void {
    this.#tools.watch.reached()
  }

  carry(socket: Socket, dial: Dial): void {
    const { scheme } = this.#proxy
    if (scheme === 'socks5' || scheme === 'socks5h') this.#socks(socket, dial)
    else if (scheme === 'http') this.#connect(socket, dial)
    else this.#secure(socket, dial)
  }

  failure(error: unknown, phase: DialPhase): Failure | null {
    // TLS with the host has begun: that is between the two of them.
    if (phase === 'tls' || this.#phase === 'over') return null
    if (this.#phase === 'name') return dialFailure(error, 'dns', this.#destination.host)
    if (this.#phase === 'connect') this.#tools.watch.failed()
    return proxyDialFailure(error, phase === 'dns' ? phase : this.#phase, this.#proxy)
  }

  timeout(ms: number, phase: DialPhase): Failure | null {
    if (phase === 'tls' || this.#phase === 'name') return null
    if (this.#phase === 'connect') this.#tools.watch.failed()
    return proxyTimeout(ms, this.#proxy, this.#destination.host, this.#phase === 'handshake')
  }

  #secure(socket: Socket, dial: Dial): void {
    this.#phase = 'tls'
    const secure = dial.track(this.#tools.secureProxy(socket))
    secure.once('secureConnect', () => this.#connect(secure, dial))
  }

  #connect(socket: Socket, dial: Dial): void {
    this.#phase = 'handshake'
    const { hostname, port } = this.#destination
    const request = { proxy: this.#proxy, hostname, port, userAgent: this.#tools.userAgent }
    openTunnel(socket, request, (failure) => this.#arrived(socket, dial, failure))
  }

  #socks(socket: Socket, dial: Dial): void {
    const { hostname } = this.#destination
    const { override, lookup } = this.#tools
    if (this.#proxy.scheme === 'socks5h') return this.#login(socket, dial, hostname)
    const known = override ?? hostname
    if (isIP(known) !== 0) return this.#login(socket, dial, known)
    this.#phase = 'name'
    lookup(hostname, { all: true }, (error, answer) => {
      const address = typeof answer === 'string' ? answer : answer?.[0]?.address
      if (error === null && address) return this.#login(socket, dial, address)
      if (systemCode(error) === blockedCode) return dial.refuse(this.#tools.blocked)
      dial.fail(error ?? Object.assign(new Error('no address'), { code: 'ENODATA' }))
    })
  }

  #login(socket: Socket, dial: Dial, destination: string): void {
    if (socket.destroyed) return
    this.#phase = 'handshake'
    if (Buffer.byteLength(destination) > longestSocksName) {
      return dial.refuse(
        proxyProtocolFailure(this.#proxy, `cannot be told a name of more than ${longestSocksName} bytes`),
      )
    }
    const { port, host } = this.#destination
    const request = { proxy: this.#proxy, destination, port, host, timeoutMs: this.#tools.timeoutMs }
    openSocks(socket, request, (failure) => this.#arrived(socket, dial, failure)).catch((error: unknown) =>
      dial.fail(error),
    )
  }

  #arrived(socket: Socket, dial: Dial, failure: Failure | null): void {
    if (failure !== null) return dial.refuse(failure)
    if (socket.destroyed) return
    this.#phase = 'over'
    if (this.#destination.isTls) return dial.arrive(this.#tools.secure(socket), true)
    // Nobody has been asked for anything yet: it would pass for the answer.
    if (socket.readableLength > 0)
      return dial.refuse(proxyProtocolFailure(this.#proxy, 'sends bytes before the host does'))
    dial.arrive(socket, false)
  }
}
