// One socket being opened: its phases, its time limit, and what is known of it afterwards.

import type { LookupFunction, Socket } from 'node:net'
import { systemCode } from '../core/errors.js'
import type { Failure } from '../types.js'
import { type DialPhase, dialFailure, timeoutFailure } from './failure.js'
import { startTimer, type Timer } from './timer.js'

export interface DialListener {
  onOpen(dial: Dial): void
  onDialFailed(failure: Failure): void
  /** The socket of a dial that had been open is closed. */
  onClose(dial: Dial): void
}

export class Dial {
  dnsMs: number | null = null
  connectMs: number | null = null
  tlsMs: number | null = null
  remoteIp: string | null = null
  readonly #host: string
  readonly #listener: DialListener
  readonly #timeoutMs: number
  #timer: Timer | undefined
  #socket: Socket | null = null
  #phase: DialPhase | 'open' | 'over'
  #phaseBegan = performance.now()

  constructor(host: string, isAddress: boolean, timeoutMs: number, listener: DialListener) {
    this.#host = host
    this.#listener = listener
    this.#phase = isAddress ? 'connect' : 'dns'
    this.#timeoutMs = timeoutMs
  }

  /** Null once it failed, was cancelled or the socket closed. */
  get socket(): Socket | null {
    return this.#phase === 'over' || this.#socket?.destroyed ? null : this.#socket
  }

  /** The server sent its FIN, and all before it was read. */
  get isHalfClosed(): boolean {
    return this.#socket?.readableEnded ?? false
  }

  get isReset(): boolean {
    return systemCode(this.#socket?.errored) === 'ECONNRESET'
  }

  lookupThrough(lookup: LookupFunction): LookupFunction {
    return (hostname, options, callback) =>
      lookup(hostname, options, (error, address, family) => {
        if (error) return callback(error, address, family)
        // Node would throw a TypeError that nobody can catch.
        if (address.length === 0) return callback(Object.assign(new Error('no address'), { code: 'ENODATA' }), address)
        this.#endPhase('connect')
        callback(null, address, family)
      })
  }

  watch(socket: Socket, isTls: boolean): void {
    this.#socket = socket
    this.#timer = startTimer(onTimer, this.#timeoutMs, this)
    socket.once('connect', () => {
      if (this.#phase === 'over') return
      this.remoteIp = socket.remoteAddress ?? null
      this.#endPhase(isTls ? 'tls' : 'open')
      if (!isTls) this.#open()
    })
    if (isTls) {
      socket.once('secureConnect', () => {
        if (this.#phase === 'over') return
        this.#endPhase('open')
        this.#open()
      })
    }
    socket.on('error', (error) => this.#failed(error))
    socket.once('close', () => this.#closed())
  }

  onTimeout(): void {
    if (this.#phase === 'open' || this.#phase === 'over') return
    this.#fail(timeoutFailure('TIMEOUT_CONNECT', this.#timeoutMs, false))
  }

  /** Ends it before a socket was made. */
  refuse(failure: Failure): void {
    if (this.#phase !== 'over') this.#fail(failure)
  }

  /** Destroys the socket, in whatever phase it is. Nobody is told. */
  cancel(reason: Error): void {
    this.#endPhase('over')
    clearTimeout(this.#timer)
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

  #open(): void {
    clearTimeout(this.#timer)
    this.#listener.onOpen(this)
  }

  #failed(error: unknown): void {
    if (this.#phase !== 'open' && this.#phase !== 'over') this.#fail(dialFailure(error, this.#phase, this.#host))
  }

  #fail(failure: Failure): void {
    this.#endPhase('over')
    clearTimeout(this.#timer)
    this.#socket?.destroy()
    this.#listener.onDialFailed(failure)
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

// The poll phase before the verdict: what the process had not yet got round to is no time-out.
function onTimer(dial: Dial): void {
  setImmediate(() => dial.onTimeout())
}
