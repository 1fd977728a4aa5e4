// The connections of the run: kept alive per origin, the one used last first; never queues.

import type { Target } from '../types.js'
import { Connection } from './connection.js'
import type { Connector, Endpoint } from './connector.js'

/** Kept while it has a connection, in use or idle. */
interface Origin {
  readonly key: string
  readonly endpoint: Endpoint
  /** The one that came to rest last is last. */
  readonly idle: Connection[]
  open: number
}

export class Connections {
  readonly #connector: Connector
  readonly #maxIdle: number
  readonly #origins = new Map<string, Origin>()
  readonly #originOf = new Map<Connection, Origin>()
  /** Over all origins; the one that rests longest is first. */
  readonly #idle = new Set<Connection>()

  constructor(connector: Connector, maxIdle: number) {
    this.#connector = connector
    this.#maxIdle = maxIdle
  }

  /** Open ones, in use or idle, and those that are being opened. */
  get size(): number {
    return this.#originOf.size
  }

  /** An idle connection, else a new one. It is given back with `release` or `drop`. */
  take(target: Target): Connection {
    const origin = this.#origins.get(target.origin) ?? this.#addOrigin(target)
    for (let idle = origin.idle.pop(); idle !== undefined; idle = origin.idle.pop()) {
      this.#idle.delete(idle)
      if (idle.isOpen) return idle
      this.#forget(idle)
    }
    const connection = new Connection(origin.key, origin.endpoint, this.#connector, this.#onIdleClose)
    if (origin.open === 0) this.#origins.set(origin.key, origin)
    origin.open += 1
    this.#originOf.set(connection, origin)
    return connection
  }

  /** Gives back a connection whose response is complete. */
  release(connection: Connection): void {
    const origin = this.#originOf.get(connection)
    if (origin === undefined) return
    connection.rest()
    origin.idle.push(connection)
    this.#idle.add(connection)
    if (this.#idle.size <= this.#maxIdle) return
    for (const longest of this.#idle) {
      this.drop(longest)
      return
    }
  }

  /** Closes a connection. */
  drop(connection: Connection): void {
    this.#onIdleClose(connection)
    connection.discard()
  }

  dropIdle(): void {
    for (const connection of this.#idle) this.drop(connection)
  }

  /** Closes everything, in use or not. */
  async close(): Promise<void> {
    for (const connection of this.#originOf.keys()) this.drop(connection)
    await this.#connector.close()
  }

  readonly #onIdleClose = (connection: Connection): void => {
    if (this.#idle.delete(connection)) {
      const idle = this.#originOf.get(connection)?.idle
      idle?.splice(idle.indexOf(connection), 1)
    }
    this.#forget(connection)
  }

  #forget(connection: Connection): void {
    const origin = this.#originOf.get(connection)
    if (origin === undefined) return
    this.#originOf.delete(connection)
    origin.open -= 1
    if (origin.open === 0) this.#origins.delete(origin.key)
  }

  #addOrigin(target: Target): Origin {
    const { protocol, hostname, port, host } = new URL(target.origin)
    const isTls = protocol === 'https:'
    const endpoint: Endpoint = {
      isTls,
      hostname: hostname.replace(/^\[(.*)\]$/, '$1'),
      port: port === '' ? (isTls ? 443 : 80) : Number(port),
      host,
    }
    return { key: target.origin, endpoint, idle: [], open: 0 }
  }
}
