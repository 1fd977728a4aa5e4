// The connections of the run: kept alive per origin, the one used last first; never queues.

import type { FetchTask, ProxyServer, Target } from '../types.js'
import { AgeList } from './age-list.js'
import { Connection, type Origin } from './connection.js'
import type { Connector } from './connector.js'
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

  constructor(connector: Connector, maxIdle: number) {
    this.#connector = connector
    this.#maxIdle = maxIdle
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
    const origin = this.#origins.get(this.#keyOf(target)) ?? this.#addOrigin(target)
    // That a host has no further tasks says nothing of the proxy that is asked for all of them.
    origin.outlook = hostOutlook === 'none' && origin.forward !== null ? 'unknown' : hostOutlook
    for (let idle = freeRetryUsed ? undefined : origin.idle.pop(); idle !== undefined; idle = origin.idle.pop()) {
      this.#leave(idle)
      if (idle.isOpen) return idle
      this.drop(idle)
    }
    const connection = new Connection(origin, { connector: this.#connector, engines: this.#engines }, this.#drop)
    this.#open.add(connection)
    origin.connections++
    return connection
  }

  /** Gives back a connection whose response is complete; it is kept if it is likely to be of use. */
  release(connection: Connection, isNeeded = false): void {
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
  drop(connection: Connection): void {
    const { origin } = connection
    if (connection.restsIn !== null) {
      this.#leave(connection)
      origin.idle.splice(origin.idle.indexOf(connection), 1)
    }
    if (this.#open.delete(connection) && --origin.connections === 0) this.#origins.delete(origin.key)
    connection.discard()
  }

  dropIdle(): void {
    for (const idle of [this.#spare, this.#wanted]) {
      while (idle.oldest !== null) this.drop(idle.oldest)
    }
  }

  /** Closes everything, in use or not. */
  async close(): Promise<void> {
    for (const connection of this.#open) this.drop(connection)
    await this.#connector.close()
  }

  readonly #drop = (connection: Connection): void => this.drop(connection)

  #leave(connection: Connection): void {
    connection.restsIn?.remove(connection)
    connection.restsIn = null
  }

  #addOrigin(target: Target): Origin {
    const { host } = target
    const route = this.#connector.routeTo(target)
    const forward = route?.kind === 'forward' ? route.proxy : null
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
    const origin: Origin = {
      key: this.#keyOf(target),
      endpoint:
        forward === null
          ? straight
          : { ...straight, ...proxyEndpoint(forward), isAnonymous: this.#connector.hasClient },
      forward,
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
  #keyOf(target: Target): string {
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
