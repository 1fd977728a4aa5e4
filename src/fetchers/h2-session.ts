// One connection of HTTP/2, with many requests at a time.

import { type ClientHttp2Session, connect } from 'node:http2'
import type { Socket } from 'node:net'
import type { ConnectionUser } from './channel.js'
import type { AgeLinks } from './age-list.js'
import type { Dial } from './dial.js'
import { H2Stream, type StreamOwner } from './h2-stream.js'
import type { WireRequest } from './request-form.js'

export interface SessionOwner {
  /** The server's settings have come, or a stream has ended: there may be room for one. */
  onRoom(session: H2Session): void
  /** It takes no further requests. Those under way may go on. */
  onGone(session: H2Session): void
  /** The server speaks HTTP/2, but not for this. */
  onPlainWanted(): void
}

/** What a server may send of one body before it is read. Node's 64 KiB would be the most in a round trip. */
const windowBytes = 2 ** 20
/** How long a request may wait in vain for a server that has hung up. */
const readAgainMs = 500
const sessionWindowBytes = 16 * 2 ** 20

export class H2Session implements StreamOwner, AgeLinks<H2Session> {
  older: H2Session | null = null
  younger: H2Session | null = null
  /** Monotonic ms. */
  idleSince = 0
  readonly dial: Dial
  /** Goes up with all that is heard of any request. */
  heard = 0
  lastStreamId = Number.POSITIVE_INFINITY
  /** Requests under way, and whether there was one before. */
  streams = 0
  hasServed = false
  /** How many streams the server allows is known. */
  isReady = false
  readonly #session: ClientHttp2Session
  readonly #owner: SessionOwner
  readonly #socket: Socket
  #reading: NodeJS.Timeout | null = null
  #isGone = false

  /** To be made while the socket tells that it is open: what has come by then would be lost. */
  constructor(dial: Dial, socket: Socket, owner: SessionOwner) {
    this.dial = dial
    this.#owner = owner
    this.#socket = socket
    const session = connect('https://session.invalid', {
      createConnection: () => socket,
      settings: { enablePush: false, initialWindowSize: windowBytes, maxHeaderListSize: 65_536 },
      maxHeaderListPairs: 2000,
    })
    this.#session = session
    // What it means for the streams they are told themselves.
    session.on('error', () => this.#leave())
    session.on('goaway', (_code: number, lastStreamId: number) => {
      this.lastStreamId = lastStreamId
      this.#leave()
    })
    session.on('close', () => this.#leave())
    session.on('remoteSettings', () => {
      this.isReady = true
      owner.onRoom(this)
    })
    session.setLocalWindowSize(sessionWindowBytes)
  }

  /** Before the server's settings have come the first request alone: how many more there may be nobody knows. */
  get hasRoom(): boolean {
    if (this.#isGone || this.#session.closed || this.#session.destroyed) return false
    if (!this.isReady) return this.streams === 0 && !this.hasServed
    // A server that allows none may come to allow some.
    return this.streams < Math.max(1, this.#session.remoteSettings.maxConcurrentStreams ?? 100)
  }

  /** Throws where the request cannot be sent. */
  start(request: WireRequest, user: ConnectionUser): H2Stream {
    const stream = new H2Stream(this.#session, request, user, this)
    this.streams++
    this.#reading ??= setInterval(() => keepReading(this.#socket), readAgainMs).unref()
    this.hasServed = true
    return stream
  }

  onHeard(): void {
    this.heard++
  }

  /** Nothing was heard for as long as a request was waited for: the others may be lucky, but further ones are not sent there. */
  retire(): void {
    this.#leave()
  }

  onStreamClose(code: string): void {
    this.streams--
    if (this.streams === 0) this.#stopReading()
    if (code === 'NGHTTP2_HTTP_1_1_REQUIRED') this.#owner.onPlainWanted()
    if (!this.#isGone) this.#owner.onRoom(this)
    else if (this.streams === 0) this.close()
  }

  /** At once, with whatever is under way. */
  close(): void {
    this.#session.destroy()
    this.#leave()
  }

  #stopReading(): void {
    if (this.#reading !== null) clearInterval(this.#reading)
    this.#reading = null
  }

  #leave(): void {
    if (this.#isGone) return
    this.#isGone = true
    this.#owner.onGone(this)
    // The server may wait for us to hang up.
    if (this.streams === 0) this.#session.destroy()
  }
}

/**
 * Where nghttp2 finds that the server has broken the protocol it says so to the server and reads no more, and Node tells nobody: the requests
 * would wait for their time-outs. That the server then hangs up is seen only by who reads.
 */
function keepReading(socket: Socket): void {
  const handle: unknown = Reflect.get(socket, '_handle')
  if (typeof handle !== 'object' || handle === null || !('readStart' in handle)) return
  if (typeof handle.readStart === 'function') handle.readStart()
}
