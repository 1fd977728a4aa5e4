// One socket being opened: its phases, its time limit, and what is known of it afterwards.

import type { LookupFunction, Socket } from 'node:net'
import { isPublicAddress } from '../core/address.js'
import { systemCode } from '../core/errors.js'
import type { Failure } from '../types.js'
import { type DialPhase, dialFailure, timeoutFailure } from './failure.js'
import { blockedCode, publicOnly } from './public-only.js'
import type { Limited, TimeLimit } from './time-limit.js'

export interface DialListener {
  onOpen(dial: Dial): void
  onDialFailed(failure: Failure): void
  /** The socket of a dial that had been open is closed. */
  onClose(dial: Dial): void
}

/** What lies between the socket and the host, where that is not nothing. */
export interface DialPassage {
  /** Leads a socket that is connected on to the host: it has the dial `arrive` or `fail`. Null where the peer is all there is. */
  readonly carry: ((socket: Socket, dial: Dial) => void) | null
  /** The socket is connected. */
  reached(): void
  /** Null where it is a failure as of any connection. */
  failure(error: unknown, phase: DialPhase): Failure | null
  timeout(ms: number, phase: DialPhase): Failure | null
}

export interface DialOptions {
  /** `hostname:port`, for messages. */
  readonly host: string
  /** There is no name to be looked up. */
  readonly isAddress: boolean
  readonly limit: TimeLimit
  /** The sockets of all dials, until they are closed. */
  readonly sockets: Set<Socket>
  /** What it fails with at an address that is not public; null where it may go anywhere. */
  readonly blocked: Failure | null
  readonly passage: DialPassage | null
}

export class Dial implements Limited {
  older: Limited | null = null
  younger: Limited | null = null
  readonly startedAt = performance.now()
  dnsMs: number | null = null
  connectMs: number | null = null
  tlsMs: number | null = null
  remoteIp: string | null = null
  readonly #host: string
  readonly #listener: DialListener
  readonly #limit: TimeLimit
  readonly #sockets: Set<Socket>
  readonly #blocked: Failure | null
  readonly #passage: DialPassage | null
  /** The outermost, where one leads over another. */
  #socket: Socket | null = null
  #phase: DialPhase | 'open' | 'over'
  /** A TLS 1.3 server refuses its client only when the socket is open, and its reason would be lost in the end that follows. */
  #alert: unknown = null
  #phaseBegan = this.startedAt

  constructor({ host, isAddress, limit, sockets, blocked, passage }: DialOptions, listener: DialListener) {
    this.#host = host
    this.#listener = listener
    this.#phase = isAddress ? 'connect' : 'dns'
    this.#limit = limit
    this.#sockets = sockets
    this.#blocked = blocked
    this.#passage = passage
  }

  /** It goes through a proxy. */
  get isProxied(): boolean {
    return this.#passage !== null
  }

  /** Null where it is not known: behind a proxy. */
  get hostIp(): string | null {
    return this.isProxied ? null : this.remoteIp
  }

  /** Null once it failed, was cancelled or the socket closed. */
  get socket(): Socket | null {
    return this.#phase === 'over' || this.#socket?.destroyed ? null : this.#socket
  }

  /** The server sent its FIN, and all before it was read. */
  get isHalfClosed(): boolean {
    return this.#socket?.readableEnded ?? false
  }

  /** What the server said against the connection after the handshake; null where it said nothing. */
  get alert(): unknown {
    return this.#alert
  }

  get isReset(): boolean {
    return systemCode(this.#socket?.errored) === 'ECONNRESET'
  }

  lookupThrough(lookup: LookupFunction): LookupFunction {
    const allowed = this.#blocked === null ? lookup : publicOnly(lookup)
    return (hostname, options, callback) =>
      allowed(hostname, options, (error, address, family) => {
        if (error) return callback(error, address, family)
        // Node would throw a TypeError that nobody can catch.
        if (address.length === 0) return callback(Object.assign(new Error('no address'), { code: 'ENODATA' }), address)
        this.#endPhase('connect')
        callback(null, address, family)
      })
  }

  watch(socket: Socket, isTls: boolean): void {
    this.track(socket)
    this.#limit.add(this)
    // Before TLS hears of it, and greets.
    socket.prependOnceListener('connect', () => {
      if (this.#phase === 'over') return
      this.remoteIp = socket.remoteAddress ?? null
      if (this.#blocked !== null && !this.#isAllowed()) return
      this.#passage?.reached()
      if (this.#passage?.carry) return this.#passage.carry(socket, this)
      this.#endPhase(isTls ? 'tls' : 'open')
      if (!isTls) this.#open()
    })
    if (isTls) this.#openWhenSecure(socket)
  }

  /** The socket that the connection goes on over; those below it are its own affair. */
  track(socket: Socket): Socket {
    this.#socket?.once('close', () => setImmediate(() => this.#closeAbove(socket)))
    this.#socket = socket
    this.#sockets.add(socket)
    socket.on('error', (error) => {
      if (socket === this.#socket) this.#failed(error)
    })
    socket.once('close', () => {
      this.#sockets.delete(socket)
      if (socket === this.#socket) this.#closed()
    })
    return socket
  }

  /** A passage ended: the socket leads to the host, or is about to greet it. */
  arrive(socket: Socket, isTls: boolean): void {
    if (socket !== this.#socket) this.track(socket)
    if (this.#phase === 'over') return void socket.destroy()
    this.#endPhase(isTls ? 'tls' : 'open')
    if (isTls) this.#openWhenSecure(socket)
    else this.#open()
  }

  // The poll phase before the verdict: what the process had not yet got round to is no time-out.
  onTimeLimit(): void {
    setImmediate(() => {
      if (this.#phase === 'open' || this.#phase === 'over') return
      const { ms } = this.#limit
      this.#fail(this.#passage?.timeout(ms, this.#phase) ?? timeoutFailure('TIMEOUT_CONNECT', ms, false))
    })
  }

  /** Ends it before a socket was made: no phase has begun. Or a passage ends it. */
  refuse(failure: Failure): void {
    if (this.#phase === 'over') return
    if (this.#socket === null) this.#phase = 'over'
    this.#fail(failure)
  }

  /** A passage failed. */
  fail(error: unknown): void {
    this.#failed(error)
  }

  /** Destroys the socket, in whatever phase it is. Nobody is told. */
  cancel(reason: Error): void {
    this.#endPhase('over')
    this.#limit.remove(this)
    this.#socket?.destroy(reason)
  }

  /** Books the time of the phase, also of one that failed: that is where the time went. */
  #endPhase(next: DialPhase | 'open' | 'over'): void {
    const now = performance.now()
    const spentMs = now - this.#phaseBegan
    if (this.#phase === 'dns') this.dnsMs = spentMs
    else if (this.#phase === 'connect') this.connectMs = spentMs
    else if (this.#phase === 'tls') this.tlsMs = spentMs
    this.#phaseBegan = now
    if (this.#phase !== 'over') this.#phase = next
  }

  /** Where the socket has really gone: whatever came before, no byte is sent to where none may go. */
  #isAllowed(): boolean {
    if (this.remoteIp === null) this.#failed(Object.assign(new Error('gone'), { code: 'ENOTCONN' }))
    else if (this.#blocked !== null && !isPublicAddress(this.remoteIp)) this.#fail(this.#blocked)
    return this.#phase !== 'over'
  }

  #openWhenSecure(socket: Socket): void {
    socket.once('secureConnect', () => {
      if (this.#phase === 'over') return
      this.#endPhase('open')
      this.#open()
    })
  }

  #open(): void {
    this.#limit.remove(this)
    this.#listener.onOpen(this)
  }

  #failed(error: unknown): void {
    if (this.#phase === 'open' && systemCode(error)?.startsWith('ERR_SSL_')) this.#alert ??= error
    if (this.#phase === 'open' || this.#phase === 'over') return
    const isBlocked = this.#blocked !== null && systemCode(error) === blockedCode
    if (isBlocked) return this.#fail(this.#blocked)
    this.#fail(this.#passage?.failure(error, this.#phase) ?? dialFailure(error, this.#phase, this.#host))
  }

  #fail(failure: Failure): void {
    this.#endPhase('over')
    this.#limit.remove(this)
    this.#socket?.destroy()
    this.#listener.onDialFailed(failure)
  }

  /** Node does not say of TLS over TLS that it is closed where the lower one was first: it waits for a close that has been. */
  #closeAbove(socket: Socket): void {
    if (socket.destroyed && this.#sockets.has(socket)) socket.emit('close', false)
  }

  #closed(): void {
    if (this.#phase === 'open') {
      this.#phase = 'over'
      this.#listener.onClose(this)
    } else if (this.#phase !== 'over') {
      this.#failed(Object.assign(new Error('closed'), { code: 'ECONNRESET' }))
    }
  }
}
