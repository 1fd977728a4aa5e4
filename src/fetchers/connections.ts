// The connections of the run: kept alive per origin, the one used last first; never queues.

import type { FetchTask, ProxyServer, Target } from '../types.js'
import { AgeList } from './age-list.js'
import type { Multiplexer, SharedChannel } from './channel.js'
import { Connection, type Origin } from './connection.js'
import type { Connector, Endpoint } from './connector.js'
import { Engines } from './engine.js'

export class Connections {
  readonly #connector: Connector
  readonly #engines = new Engines()
  readonly #maxIdle: number
  readonly #origins = new Map<string, Origin>()
  readonly #open = new Set<Connection>()
  /** Those to hosts that have further tasks, and those that may be of use. */
  readonly #wanted = new AgeList<Connection>()
  readonly #spare = new AgeList<Connection>()
  /** Null where nobody shares connections. */
  #multiplexer: Multiplexer | null = null

  constructor(connector: Connector, maxIdle: number) {
    this.#connector = connector
    this.#maxIdle = maxIdle
  }

  /** Of requests that may share a connection, it has the first say. */
  useMultiplexer(multiplexer: Multiplexer): void {
    this.#multiplexer = multiplexer
  }

  /** What the request is to be sent over; it is given back with `release` or `drop`. */
  channel(task: Pick<FetchTask, 'target' | 'freeRetryUsed' | 'hostOutlook'>): Connection | SharedChannel {
    return this.#multiplexer?.take(task) ?? this.take(task)
  }

  /**
   * An idle connection, else a new one; for a request that had come upon one that the server had closed, a new one at any rate:
   * the others may be as stale. It is given back with `release` or `drop`.
   */
  take({
    target,
    freeRetryUsed,
    hostOutlook,
  }: Pick<FetchTask, 'target' | 'freeRetryUsed' | 'hostOutlook'>): Connection {
    const origin = this.#originOf(target, hostOutlook)
    for (let idle = freeRetryUsed ? undefined : origin.idle.pop(); idle !== undefined; idle = origin.idle.pop()) {
      this.#leave(idle)
      if (idle.isOpen) return idle
      this.drop(idle)
    }
    return this.#add(origin)
  }

  /** A new one at any rate. */
  takeNew({ target, hostOutlook }: Pick<FetchTask, 'target' | 'hostOutlook'>): Connection {
    return this.#add(this.#originOf(target, hostOutlook))
  }

  #add(origin: Origin): Connection {
    const connection = new Connection(origin, { connector: this.#connector, engines: this.#engines }, this.#drop)
    this.#open.add(connection)
    origin.connections++
    return connection
  }

  /** Gives back a connection whose response is complete; it is kept if it is likely to be of use. */
  release(connection: Connection | SharedChannel, isNeeded = false): void {
    if (!(connection instanceof Connection)) return connection.release(isNeeded)
    const { origin } = connection
    const { outlook } = origin
    connection.rest()
    if (outlook === 'none' && !isNeeded) return this.drop(connection)
    // Hosts take turns: the one that was served last is the last to be served again.
    if (outlook === 'more' && this.#wanted.size >= this.#maxIdle) return this.drop(connection)
    origin.idle.push(connection)
    connection.restsIn = outlook === 'more' ? this.#wanted : this.#spare
    connection.restsIn.add(connection)
    if (this.#wanted.size + this.#spare.size > this.#maxIdle && this.#spare.oldest !== null)
      this.drop(this.#spare.oldest)
  }

  /** Closes a connection. */
  drop(connection: Connection | SharedChannel): void {
    if (!(connection instanceof Connection)) return connection.drop()
    const { origin } = connection
    if (connection.restsIn !== null) {
      this.#leave(connection)
      origin.idle.splice(origin.idle.indexOf(connection), 1)
    }
    if (this.#open.delete(connection) && --origin.connections === 0) this.#origins.delete(origin.key)
    connection.discard()
  }

  dropIdle(): void {
    this.#multiplexer?.dropIdle()
    for (const idle of [this.#spare, this.#wanted]) {
      while (idle.oldest !== null) this.drop(idle.oldest)
    }
  }

  /** Closes everything, in use or not. */
  async close(): Promise<void> {
    this.#multiplexer?.close()
    for (const connection of this.#open) this.drop(connection)
    await this.#connector.close()
  }

  readonly #drop = (connection: Connection): void => this.drop(connection)

  #leave(connection: Connection): void {
    connection.restsIn?.remove(connection)
    connection.restsIn = null
  }

  endpointOf(target: Target): Endpoint {
    const { host } = target
    const route = this.#connector.routeTo(target)
    const isTls = target.origin.startsWith('https:')
    const [, hostname = '', port = ''] = /^\[?(.*?)\]?(?::(\d+))?$/.exec(host) ?? []
    const straight = {
      isTls,
      hostname,
      port: port === '' ? (isTls ? 443 : 80) : Number(port),
      host,
      isPublicOnly: this.#connector.isGuarded(target),
      isAnonymous: this.#connector.isAnonymous(target),
      route,
    }
    if (route?.kind !== 'forward') return straight
    return { ...straight, ...proxyEndpoint(route.proxy), isAnonymous: this.#connector.hasClient }
  }

  #originOf(target: Target, outlook: FetchTask['hostOutlook']): Origin {
    const origin = this.#origins.get(this.keyOf(target)) ?? this.#addOrigin(target)
    // That a host has no further tasks says nothing of the proxy that is asked for all of them.
    origin.outlook = outlook === 'none' && origin.forward !== null ? 'unknown' : outlook
    return origin
  }

  #addOrigin(target: Target): Origin {
    const endpoint = this.endpointOf(target)
    const origin: Origin = {
      key: this.keyOf(target),
      endpoint,
      forward: endpoint.route?.kind === 'forward' ? endpoint.route.proxy : null,
      connections: 0,
      outlook: 'unknown',
      idle: [],
    }
    this.#origins.set(origin.key, origin)
    return origin
  }

  /**
   * A connection into a private network is not for those who may not go there, nor one that showed a certificate for those who may not. One to
   * a proxy is for all that it forwards.
   */
  keyOf(target: Target): string {
    const route = this.#connector.routeTo(target)
    if (route?.kind === 'forward') return `via ${route.proxy.name}`
    const key = this.#connector.isGuarded(target) ? `public ${target.origin}` : target.origin
    return this.#connector.isAnonymous(target) ? `anonymous ${key}` : key
  }
}

/** The proxy is the caller's choice: it may be at any address. */
function proxyEndpoint({ scheme, hostname, port, host }: ProxyServer) {
  return { isTls: scheme === 'https', hostname, port, host, isPublicOnly: false }
}
