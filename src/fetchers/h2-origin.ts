// The connections of an origin that speaks HTTP/2, or may do so, and the requests that wait for one.

import { TLSSocket } from 'node:tls'
import type { Failure, FetchTask } from '../types.js'
import type { Connection } from './connection.js'
import type { Connections } from './connections.js'
import type { Connector } from './connector.js'
import type { Dial } from './dial.js'
import { dialFailure } from './failure.js'
import { type ChannelOwner, type ChannelTask, H2Channel } from './h2-channel.js'
import { Opening, type OpeningOwner } from './h2-opening.js'
import { H2Session, type SessionOwner } from './h2-session.js'

export interface OriginOwner {
  readonly connector: Connector
  readonly connections: Connections
  /** It speaks HTTP/1.1. */
  onPlain(origin: H2Origin): void
  /** It has neither a connection nor a request. */
  onEmpty(origin: H2Origin): void
  /** A connection has no request. */
  onIdle(session: H2Session): void
  /** It has one, or is gone. */
  onIdleEnd(session: H2Session): void
}

const givenUp = new Error('given up')

/**
 * One connection is opened at a time, and the others wait to see what comes of it: most often there is room for all of them. Where it
 * fails it fails for all, and where it speaks HTTP/1.1 each gets a connection of its own.
 */
export class H2Origin implements ChannelOwner, OpeningOwner, SessionOwner {
  readonly key: string
  readonly #target: ChannelTask['target']
  readonly #owner: OriginOwner
  readonly #sessions = new Set<H2Session>()
  readonly #waiting: H2Channel[] = []
  #opening: Opening | null = null
  /** As of the last request. */
  #outlook: FetchTask['hostOutlook'] = 'unknown'
  #isNeeded = false

  constructor(key: string, target: ChannelTask['target'], owner: OriginOwner) {
    this.key = key
    this.#target = target
    this.#owner = owner
  }

  channel(task: ChannelTask): H2Channel {
    this.#outlook = task.hostOutlook
    return new H2Channel(task, this)
  }

  close(): void {
    for (const session of this.#sessions) session.close()
  }

  onSend(channel: H2Channel): void {
    this.#waiting.push(channel)
    this.#serve()
  }

  onLeave(channel: H2Channel): void {
    const place = this.#waiting.indexOf(channel)
    if (place < 0) return
    this.#waiting.splice(place, 1)
    const [next] = this.#waiting
    if (this.#opening !== null && next !== undefined) return next.opens(this.#opening.dial)
    this.#opening?.dial.cancel(givenUp)
    this.#opening = null
    this.#leaveIfEmpty()
  }

  onRelease(isNeeded: boolean): void {
    this.#isNeeded = isNeeded
  }

  releasePlain(connection: Connection, isNeeded: boolean): void {
    this.#owner.connections.release(connection, isNeeded)
  }

  dropPlain(connection: Connection): void {
    this.#owner.connections.drop(connection)
  }

  onOpen(opening: Opening): void {
    this.#opening = null
    const { socket } = opening.dial
    if (socket === null) return this.onOpeningFailed(dialFailure({ code: 'ECONNRESET' }, 'tls', this.#target.host))
    if (!(socket instanceof TLSSocket) || socket.alpnProtocol !== 'h2') return this.#goOnPlain(opening)
    const session = this.#begin(opening.dial, socket)
    if (session === null) return
    this.#sessions.add(session)
    this.onRoom(session)
  }

  onOpeningFailed(failure: Failure): void {
    this.#opening = null
    for (const channel of this.#waiting.splice(0)) channel.fail(failure)
    this.#leaveIfEmpty()
  }

  onRoom(session: H2Session): void {
    this.#serve()
    if (session.streams > 0 || !this.#sessions.has(session)) return
    // A server that waits with its settings until the request is given up is no use to the next.
    if ((this.#outlook === 'none' && !this.#isNeeded) || (session.hasServed && !session.isReady)) session.close()
    else this.#owner.onIdle(session)
  }

  onGone(session: H2Session): void {
    this.#sessions.delete(session)
    this.#owner.onIdleEnd(session)
    this.#serve()
    this.#leaveIfEmpty()
  }

  onPlainWanted(): void {
    this.#owner.onPlain(this)
  }

  /** Null where Node does not take the socket. */
  #begin(dial: Dial, socket: TLSSocket): H2Session | null {
    try {
      return new H2Session(dial, socket, this)
    } catch (error) {
      dial.cancel(givenUp)
      this.onOpeningFailed(dialFailure(error, 'tls', this.#target.host))
      return null
    }
  }

  #serve(): void {
    for (let session = this.#withRoom(); session !== undefined; session = this.#withRoom()) {
      const channel = this.#waiting.shift()
      if (channel === undefined) return
      this.#owner.onIdleEnd(session)
      channel.start(session)
      // What could not be sent leaves no trace there.
      if (session.streams === 0 && this.#sessions.has(session)) this.#owner.onIdle(session)
    }
    const [first] = this.#waiting
    if (first === undefined || this.#opening !== null || [...this.#sessions].some(({ isReady }) => !isReady)) return
    this.#opening = new Opening(this.#owner.connector, this.#owner.connections.endpointOf(this.#target), this)
    first.opens(this.#opening.dial)
  }

  #withRoom(): H2Session | undefined {
    for (const session of this.#sessions) if (session.hasRoom) return session
    return undefined
  }

  #goOnPlain(opening: Opening): void {
    const { connections } = this.#owner
    const [first, ...others] = this.#waiting.splice(0)
    this.#owner.onPlain(this)
    this.#leaveIfEmpty()
    if (first === undefined) return opening.dial.cancel(givenUp)
    const connection = connections.takeNew(first.task)
    opening.bequeath(connection)
    first.startPlain(connection)
    for (const channel of others) channel.startPlain(connections.take(channel.task))
  }

  #leaveIfEmpty(): void {
    if (this.#sessions.size === 0 && this.#waiting.length === 0 && this.#opening === null) this.#owner.onEmpty(this)
  }
}
