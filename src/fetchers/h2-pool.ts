// The connections of HTTP/2, by origin, and which origins have none.

import type { Target } from '../types.js'
import type { Multiplexer } from './channel.js'
import type { Connections } from './connections.js'
import type { Connector } from './connector.js'
import { AgeList } from './age-list.js'
import type { ChannelTask, H2Channel } from './h2-channel.js'
import { H2Origin, type OriginOwner } from './h2-origin.js'
import type { H2Session } from './h2-session.js'
import { startTimer, type Timer } from './timer.js'

export interface H2PoolOptions {
  readonly connector: Connector
  /** Where there is HTTP/1.1 only. */
  readonly connections: Connections
  /** Sessions without a request, over all origins. */
  readonly maxIdle: number
}

/** A session without a request is kept for so long: its server says when it closes it, so that nothing is risked. */
const idleMs = 30_000
/** Origins that are known to speak HTTP/1.1: those that are forgotten are asked again. */
const mostPlain = 10_000

export class H2Pool implements Multiplexer, OriginOwner {
  readonly connector: Connector
  readonly connections: Connections
  readonly #maxIdle: number
  readonly #origins = new Map<string, H2Origin>()
  readonly #plain = new Set<string>()
  readonly #idle = new AgeList<H2Session>()
  #idleTimer: Timer | null = null

  constructor({ connector, connections, maxIdle }: H2PoolOptions) {
    this.connector = connector
    this.connections = connections
    this.#maxIdle = maxIdle
  }

  take(task: ChannelTask): H2Channel | null {
    const { target } = task
    if (!target.origin.startsWith('https:')) return null
    const key = this.connections.keyOf(target)
    if (this.#plain.has(key)) return null
    const origin = this.#origins.get(key) ?? this.#addOrigin(key, target)
    return origin?.channel(task) ?? null
  }

  dropIdle(): void {
    while (this.#idle.oldest !== null) this.#idle.oldest.close()
  }

  close(): void {
    for (const origin of this.#origins.values()) origin.close()
    if (this.#idleTimer !== null) clearTimeout(this.#idleTimer)
    this.#idleTimer = null
  }

  /**
   * Null where the way leads through TLS to a proxy: Node crashes now and then when HTTP/2 over TLS over TLS is given up in mid-request
   * (20.20 and 26.10, in the garbage collector).
   */
  #addOrigin(key: string, target: Target): H2Origin | null {
    const { route } = this.connections.endpointOf(target)
    if (route?.kind === 'tunnel' && route.proxy.scheme === 'https') {
      this.onPlain({ key })
      return null
    }
    const origin = new H2Origin(key, target, this)
    this.#origins.set(key, origin)
    return origin
  }

  onPlain({ key }: Pick<H2Origin, 'key'>): void {
    this.#plain.add(key)
    if (this.#plain.size <= mostPlain) return
    for (const oldest of this.#plain) {
      this.#plain.delete(oldest)
      return
    }
  }

  onEmpty({ key }: H2Origin): void {
    this.#origins.delete(key)
  }

  onIdle(session: H2Session): void {
    if (this.#idle.has(session)) return
    session.idleSince = performance.now()
    this.#idle.add(session)
    if (this.#idle.size > this.#maxIdle) this.#idle.oldest?.close()
    if (this.#idle.size > 0) this.#idleTimer ??= startTimer(onIdleTimer, idleMs, this)
  }

  onIdleEnd(session: H2Session): void {
    this.#idle.remove(session)
  }

  onIdleTimer(): void {
    this.#idleTimer = null
    const now = performance.now()
    for (let { oldest } = this.#idle; oldest !== null; oldest = this.#idle.oldest) {
      const leftMs = oldest.idleSince + idleMs - now
      if (leftMs > 0) {
        this.#idleTimer = startTimer(onIdleTimer, Math.ceil(leftMs), this)
        return
      }
      oldest.close()
    }
  }
}

function onIdleTimer(pool: H2Pool): void {
  pool.onIdleTimer()
}
