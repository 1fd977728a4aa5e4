// The connections of the run: kept alive per origin, the one used last first; never queues.

import type { Target } from '../types.js'
import { Connection, type Origin } from './connection.js'
import type { Connector } from './connector.js'
import { AgeList } from './age-list.js'
import { Engines } from './engine.js'

export class Connections {
  readonly #connector: Connector
  readonly #engines = new Engines()
  readonly #maxIdle: number
  readonly #origins = new Map<string, Origin>()
  readonly #idle = new AgeList<Connection>()

  constructor(connector: Connector, maxIdle: number) {
    this.#connector = connector
    this.#maxIdle = maxIdle
  }

  /**
   * An idle connection, else a new one; for a request that had come upon one that the server had closed, a new one at any rate:
   * the others may be as stale. It is given back with `release` or `drop`.
   */
  take(target: Target, { isNew = false } = {}): Connection {
    const origin = this.#origins.get(this.#keyOf(target)) ?? this.#addOrigin(target)
    for (let idle = isNew ? undefined : origin.idle.pop(); idle !== undefined; idle = origin.idle.pop()) {
      this.#idle.remove(idle)
      if (idle.isOpen) return idle
      this.drop(idle)
    }
    const connection = new Connection(origin, { connector: this.#connector, engines: this.#engines }, this.#drop)
    origin.connections.add(connection)
    return connection
  }

  /** Gives back a connection whose response is complete. */
  release(connection: Connection): void {
    connection.rest()
    connection.origin.idle.push(connection)
    this.#idle.add(connection)
    if (this.#idle.size > this.#maxIdle && this.#idle.oldest !== null) this.drop(this.#idle.oldest)
  }

  /** Closes a connection. */
  drop(connection: Connection): void {
    this.#forget(connection)
    connection.discard()
  }

  dropIdle(): void {
    while (this.#idle.oldest !== null) this.drop(this.#idle.oldest)
  }

  /** Closes everything, in use or not. */
  async close(): Promise<void> {
    for (const { connections } of this.#origins.values()) {
      for (const connection of connections) this.drop(connection)
    }
    await this.#connector.close()
  }

  readonly #drop = (connection: Connection): void => this.drop(connection)

  #forget(connection: Connection): void {
    const { connections, idle, key } = connection.origin
    if (this.#idle.remove(connection)) idle.splice(idle.indexOf(connection), 1)
    if (connections.delete(connection) && connections.size === 0) this.#origins.delete(key)
  }

  #addOrigin(target: Target): Origin {
    const { protocol, hostname, port, host } = new URL(target.origin)
    const isTls = protocol === 'https:'
    const endpoint = {
      isTls,
      hostname: hostname.replace(/^\[(.*)\]$/, '$1'),
      port: port === '' ? (isTls ? 443 : 80) : Number(port),
      host,
      isPublicOnly: this.#connector.isGuarded(target),
    }
    const origin = {
      key: this.#keyOf(target),
      endpoint,
      connections: new Set<Connection>(),
      idle: [],
    }
    this.#origins.set(origin.key, origin)
    return origin
  }

  /** A connection into a private network is not for those who may not go there. */
  #keyOf(target: Target): string {
    return this.#connector.isGuarded(target) ? `public ${target.origin}` : target.origin
  }
}
