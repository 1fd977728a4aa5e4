// A request's place on a connection that others share: it waits for one, and takes a stream of it, or a connection of HTTP/1.1.

import type { Failure, FetchTask } from '../types.js'
import type { ConnectionUser, SharedChannel } from './channel.js'
import type { Connection } from './connection.js'
import type { Dial } from './dial.js'
import type { H2Session } from './h2-session.js'
import type { H2Stream } from './h2-stream.js'
import type { WireRequest } from './request-form.js'

export type ChannelTask = Pick<FetchTask, 'target' | 'freeRetryUsed' | 'hostOutlook'>

export interface ChannelOwner {
  /** It has a request. */
  onSend(channel: H2Channel): void
  /** It is given up while it waits. */
  onLeave(channel: H2Channel): void
  /** Its stream is done. */
  onRelease(isNeeded: boolean): void
  releasePlain(connection: Connection, isNeeded: boolean): void
  dropPlain(connection: Connection): void
}

export class H2Channel implements SharedChannel {
  readonly task: ChannelTask
  /** That is for http, which is never multiplexed. */
  readonly forward = null
  readonly #owner: ChannelOwner
  #request: WireRequest | null = null
  #user: ConnectionUser | null = null
  #dial: Dial | null = null
  #isReused = false
  #session: H2Session | null = null
  #heardBefore = 0
  #stream: H2Stream | null = null
  #plain: Connection | null = null

  constructor(task: ChannelTask, owner: ChannelOwner) {
    this.task = task
    this.#owner = owner
  }

  get dial(): Dial | null {
    return this.#plain?.dial ?? this.#dial
  }

  get isReused(): boolean {
    return this.#plain?.isReused ?? this.#isReused
  }

  get isReset(): boolean {
    return this.#plain?.isReset ?? false
  }

  get isMultiplexed(): boolean {
    return this.#session !== null
  }

  /** A connection is opened for it. */
  opens(dial: Dial): void {
    this.#dial = dial
  }

  send(request: WireRequest, user: ConnectionUser): void {
    this.#request = request
    this.#user = user
    this.#owner.onSend(this)
  }

  /** On a session that has room. */
  start(session: H2Session): void {
    const [request, user] = [this.#request, this.#user]
    if (request === null || user === null) return
    this.#session = session
    this.#heardBefore = session.heard
    this.#isReused = session.hasServed || this.#dial !== session.dial
    this.#dial = session.dial
    user.onRequestStart()
    try {
      this.#stream = session.start(request, user)
    } catch (error) {
      user.onResponseError(error)
    }
  }

  /** On a connection of HTTP/1.1. */
  startPlain(connection: Connection): void {
    if (this.#request === null || this.#user === null) return
    this.#plain = connection
    connection.send(this.#request, this.#user)
  }

  fail(failure: Failure): void {
    this.#user?.onDialFailed(failure)
  }

  holdBack(): void {
    this.#plain?.holdBack()
    this.#stream?.holdBack()
  }

  letFlow(): void {
    this.#plain?.letFlow()
    this.#stream?.letFlow()
  }

  release(isNeeded: boolean): void {
    this.#user = null
    if (this.#plain !== null) this.#owner.releasePlain(this.#plain, isNeeded)
    else this.#owner.onRelease(isNeeded)
  }

  drop(): void {
    this.#user = null
    if (this.#plain !== null) this.#owner.dropPlain(this.#plain)
    else if (this.#session === null) this.#owner.onLeave(this)
    else if (this.#stream !== null) {
      this.#stream.cancel()
      if (this.#session.heard === this.#heardBefore) this.#session.retire()
    }
  }
}
