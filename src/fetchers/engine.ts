// An undici client that serves one connection after another: to make a client, and to destroy it, costs more than a request.

import type { Socket } from 'node:net'
import type { Dispatcher } from 'undici'
import { Client } from './undici-client.js'

/**
 * What undici takes for the origin of all requests; it has no meaning. Undici asks it for these two parts with each request, which a URL
 * works out anew each time.
 */
const engineOrigin = Object.defineProperties(new URL('http://engine.invalid'), {
  origin: { value: 'http://engine.invalid' },
  protocol: { value: 'http:' },
})

/** Whose requests a client sends at the moment. */
export interface EngineOwner {
  /** Undici has a request and no socket for it: `open` is to be called. */
  onDialWanted(): void
}

type Opened = (...result: [error: null, socket: Socket] | [error: Error, socket: null]) => void

/** Undici takes it for the fault of the requests that wait, and drops them. */
const givenUp = new Error('given up')

/** The clients that nobody uses at the moment. */
export class Engines {
  readonly #free: Engine[] = []

  take(owner: EngineOwner): Engine {
    const engine = this.#free.pop() ?? new Engine((free) => this.#free.push(free))
    engine.lend(owner)
    return engine
  }
}

/**
 * Whoever has it brings the sockets, and so decides where its requests go: what undici takes for their origin is `engineOrigin`. It goes to
 * the next only without a socket and without a request, so that no byte of one origin can reach another's request.
 */
export class Engine {
  readonly #client: Client
  readonly #onFree: (engine: Engine) => void
  #owner: EngineOwner | null = null
  /** Where undici waits for a socket. */
  #opened: Opened | null = null
  #hasSocket = false
  #isFree = true

  constructor(onFree: (engine: Engine) => void) {
    this.#onFree = onFree
    this.#client = new Client(engineOrigin, {
      pipelining: 1,
      allowH2: false,
      maxHeaderSize: 65_536,
      // Ours are exact; undici's would have to be re-armed for nothing.
      headersTimeout: 0,
      bodyTimeout: 0,
      // Of a server that does not say how long it waits, and at most; a host's turn may come again only after so long.
      keepAliveTimeout: 4000,
      keepAliveMaxTimeout: 30_000,
      // Undici asks again by itself when a kept-alive socket closes before the next request is written on it.
      connect: (_options, opened) => this.#dial(opened),
    })
    this.#client.on('disconnect', () => {
      this.#hasSocket = false
      this.#rest()
    })
    this.#client.on('connectionError', () => this.#rest())
  }

  lend(owner: EngineOwner): void {
    this.#owner = owner
    this.#isFree = false
  }

  dispatch(request: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): void {
    this.#client.dispatch(request, handler)
  }

  /** The socket that undici waits for. */
  open(socket: Socket): void {
    const opened = this.#opened
    if (opened === null) return
    this.#opened = null
    this.#hasSocket = true
    opened(null, socket)
  }

  /** Its owner needs it no more, and has destroyed the socket where there was one. A request of the owner's is dropped. */
  giveBack(owner: EngineOwner): void {
    if (this.#owner !== owner) return
    this.#owner = null
    this.#refuse()
    this.#rest()
  }

  #dial(opened: Opened): void {
    this.#opened = opened
    this.#hasSocket = false
    if (this.#owner === null) this.#refuse()
    else this.#owner.onDialWanted()
  }

  #refuse(): void {
    const opened = this.#opened
    this.#opened = null
    opened?.(givenUp, null)
  }

  #rest(): void {
    if (this.#isFree || this.#owner !== null || this.#hasSocket || this.#opened !== null) return
    if (this.#client.stats.size > 0) return
    this.#isFree = true
    this.#onFree(this)
  }
}
