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
import { checkServerIdentity, connect as connectTls } from 'node:tls'
import { isLocalhost, isPublicAddress } from '../core/address.js'
import type { Target } from '../types.js'
import { Dial, type DialListener } from './dial.js'
import { blockedFailure } from './failure.js'
import { cachedLookup } from './name-cache.js'
import { NameProcess } from './name-process.js'
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
}

const maxSessions = 100

export class Connector {
  readonly #options: FetcherOptions
  readonly #lookup: LookupFunction
  readonly #names: NameProcess | null
  readonly #addresses: ReadonlyMap<string, string>
  readonly #sockets = new Set<Socket>()
  readonly #limit: TimeLimit
  readonly #sessions = new Map<string, Buffer>()
  readonly #contexts: SecureContexts

  constructor(options: FetcherOptions) {
    this.#options = options
    this.#contexts = new SecureContexts(options.tls ?? null)
    this.#limit = new TimeLimit(options.connectTimeoutMs)
    const lookup = options.lookup ?? systemLookup
    // A little less, since a timer may be early: the first retry of whoever gave up is to ask again.
    const patienceMs = options.connectTimeoutMs * 0.9
    this.#names = options.separateLookups === true ? new NameProcess({ lookup, patienceMs }) : null
    this.#lookup = cachedLookup({
      lookup: this.#names?.lookup ?? lookup,
      now: () => performance.now(),
      patienceMs,
    })
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

  /** Whether a target may not see the client's certificate, where there is one. */
  isAnonymous(target: Pick<Target, 'isForeign'>): boolean {
    return target.isForeign === true && this.#contexts.hasClient
  }

  /** @param onread takes what the socket reads */
  dial(endpoint: Endpoint, listener: DialListener, onread: OnReadOpts): Dial {
    const { hostname, port, isTls, host } = endpoint
    const override = this.#addresses.get(`${hostname}:${port}`) ?? this.#addresses.get(`*:${port}`)
    const address = override ?? hostname
    const isAddress = isIP(address) !== 0
    // What the caller overrides is the caller's choice.
    const isGuarded = endpoint.isPublicOnly && override === undefined
    const blocked = isGuarded ? blockedFailure(host, this.#options.publicOnly) : null
    const dial = new Dial({ host, isAddress, limit: this.#limit, sockets: this.#sockets, blocked }, listener)
    // An address is never looked up: it is checked here.
    if (blocked !== null && (isAddress ? !isPublicAddress(address) : isLocalhost(address))) {
      setImmediate(() => dial.refuse(blocked))
      return dial
    }
    const tcp: TcpNetConnectOpts = {
      host: address,
      port,
      lookup: dial.lookupThrough(this.#lookup),
      noDelay: true,
      // Without a time of one's own each address but the last gets 250 ms; without the switch the time is ignored.
      autoSelectFamily: true,
      autoSelectFamilyAttemptTimeout: 1000,
      onread,
    }
    const socket = isTls ? this.#secure(endpoint, tcp) : connectTcp(tcp)
    dial.watch(socket, isTls)
    return dial
  }

  /** Destroys every socket, lets no lookup go on, and waits until that is done. */
  async close(): Promise<void> {
    this.#sessions.clear()
    const closed = [...this.#sockets].map((socket) => {
      socket.destroy()
      return new Promise<void>((resolve) => void socket.once('close', () => resolve()))
    })
    await Promise.all([...closed, this.#names?.close()])
  }

  #secure({ hostname, host, isAnonymous }: Endpoint, tcp: TcpNetConnectOpts): Socket {
    // A session says who the client is, if it was told when the session began.
    const sessionKey = isAnonymous ? `anonymous ${host}` : host
    const session = this.#sessions.get(sessionKey)
    const socket = connectTls({
      ...tcp,
      secureContext: this.#contexts.get(isAnonymous),
      // RFC 6066 §3: a name without a trailing dot, never an address.
      ...(isIP(hostname) === 0 && { servername: hostname.replace(/\.$/, '') }),
      ...(session && { session }),
      ALPNProtocols: ['http/1.1'],
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
