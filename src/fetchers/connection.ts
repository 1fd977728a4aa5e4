// One connection: one socket, one request at a time, and what undici does not tell about them.

import type { Socket } from 'node:net'
import type { Failure, FetchTask, ProxyServer } from '../types.js'
import type { Channel, ConnectionUser } from './channel.js'
import type { Connector, Endpoint } from './connector.js'
import type { Dial, DialListener } from './dial.js'
import type { AgeLinks, AgeList } from './age-list.js'
import { Inflow, type InflowListener } from './inflow.js'
import { watchWrites } from './outflow.js'
import { forwarded, type WireRequest } from './request-form.js'
import { StreamInflow } from './stream-inflow.js'
import { UndiciHandler } from './undici-handler.js'
import type { Engine, EngineOwner, Engines } from './engine.js'

/** Where connections go. It is kept while there is one, in use or idle. */
export interface Origin {
  readonly key: string
  readonly endpoint: Endpoint
  /** In use or idle. */
  connections: number
  /** As of the last request: whether others will want a connection. */
  outlook: FetchTask['hostOutlook']
  /** The proxy that its requests are sent to, for whatever host; null where they go to their host. */
  readonly forward: ProxyServer | null
  /** The one that came to rest last is last. */
  readonly idle: Connection[]
}

// The code tells undici that no request is to blame. One for all: its stack is nobody's business and takes long to collect. Without an
// error undici would make one, with what it can find out about the socket.
const discarded = Object.assign(new Error('discarded'), { code: 'UND_ERR_INFO' })

export class Connection implements Channel, DialListener, EngineOwner, InflowListener, AgeLinks<Connection> {
  readonly origin: Origin
  readonly isMultiplexed = false
  older: Connection | null = null
  younger: Connection | null = null
  /** The present socket has served a request before. */
  isReused = false
  dial: Dial | null = null
  /** The list of idle ones that it is in. */
  restsIn: AgeList<Connection> | null = null
  readonly #connector: Connector
  readonly #engine: Engine
  readonly #onIdleClose: (connection: Connection) => void
  #user: ConnectionUser | null = null
  #inflow: Inflow | StreamInflow | null = null
  /** It was brought its first socket. */
  #isAdopting = false

  constructor(
    origin: Origin,
    { connector, engines }: { readonly connector: Connector; readonly engines: Engines },
    onIdleClose: (connection: Connection) => void,
  ) {
    this.origin = origin
    this.#connector = connector
    this.#engine = engines.take(this)
    this.#onIdleClose = onIdleClose
  }

  get forward(): ProxyServer | null {
    return this.origin.forward
  }

  get isOpen(): boolean {
    return this.dial?.socket != null
  }

  /**
   * It ended by a reset. Where data were left unread, libuv may report the end of them and keep the reset to itself: then the system
   * knows of no peer any more, which after a proper FIN it does.
   */
  get isReset(): boolean {
    const { dial } = this
    if (dial === null) return false
    return dial.isReset || (dial.isHalfClosed && dial.socket !== null && !hasPeer(dial.socket))
  }

  /** Sends one request. The connection is the user's until `rest`. */
  send(request: WireRequest, user: ConnectionUser): void {
    this.#user = user
    const { forward } = this
    this.#engine.dispatch(forward === null ? request : forwarded(request, forward), new UndiciHandler(user))
  }

  /** The response is complete: the connection waits for another request, for as long as undici keeps it. */
  rest(): void {
    this.#user = null
    this.#inflow?.rest()
    this.isReused = true
  }

  /** Closes it at once, also while it connects, where undici would go on. */
  discard(): void {
    this.#user = null
    this.dial?.cancel(discarded)
    this.#engine.giveBack(this)
  }

  /**
   * What arrives stays in the socket until `letFlow`, so that TCP holds the server back. Undici does not know of it: its parser is
   * never paused, which a server could crash the process with (undici#5360).
   */
  holdBack(): void {
    this.#inflow?.holdBack()
  }

  /** Undici reads again, at once: not to be called while it does. */
  letFlow(): void {
    this.#inflow?.letFlow()
  }

  /** Takes over a socket that is open, for the first request. */
  adopt(dial: Dial, inflow: Inflow | StreamInflow): void {
    this.dial = dial
    this.#inflow = inflow
    this.#isAdopting = true
  }

  onDialWanted(): void {
    this.isReused = false
    const { dial } = this
    if (this.#isAdopting && dial !== null && this.isOpen) {
      this.#isAdopting = false
      // Undici does not look at its requests again while it does so. No socket closes before a microtask.
      return queueMicrotask(() => this.onOpen(dial))
    }
    const { endpoint } = this.origin
    const inflow = new Inflow(this)
    this.#inflow = endpoint.route?.kind === 'tunnel' ? new StreamInflow(this) : inflow
    this.dial = this.#connector.dial(endpoint, this, inflow.onread)
  }

  onOpen(dial: Dial): void {
    const { socket } = dial
    if (socket === null) return
    this.#inflow?.attach(socket)
    if (this.#connector.isWatched) watchWrites(socket, (bytes) => this.#user?.recorder?.sent(bytes))
    this.#engine.open(socket)
  }

  onDialFailed(failure: Failure): void {
    this.#user?.onDialFailed(failure)
  }

  onClose(dial: Dial): void {
    if (this.#user === null && dial === this.dial) this.#onIdleClose(this)
  }

  onBytes(chunk: Buffer): void {
    this.#user?.recorder?.received(chunk)
    this.#user?.onBytes(chunk)
  }

  get bodyBytesLeft(): number | null {
    return this.#user?.bodyBytesLeft ?? null
  }
}

/** Asks the system, where `remoteAddress` tells what it said before. */
function hasPeer(socket: Socket): boolean {
  const handle: unknown = Reflect.get(socket, '_handle')
  if (typeof handle !== 'object' || handle === null || !('getpeername' in handle)) return true
  return typeof handle.getpeername !== 'function' || handle.getpeername({}) === 0
}
