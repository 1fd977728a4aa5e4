// The time of one exchange: how long it may take, how long nothing may come, and what of that is not the server's.

import type { Failure } from '../types.js'
import { timeoutFailure } from './failure.js'
import type { FetcherOptions } from './options.js'
import type { Limited, TimeLimit } from './time-limit.js'
import { startTimer, type Timer } from './timer.js'
import type { Trace } from './trace.js'

export interface ClockContext {
  /** From the call of `fetch` to the last byte, for those that have no limit of their own: it is one of one duration. */
  readonly totalLimit: TimeLimit
  readonly options: Pick<FetcherOptions, 'idleTimeoutMs'>
}

/** Whose time it is. */
export interface Timed {
  onTimeUp(failure: Failure): void
}

/** Its verdicts wait for the poll phase: what has arrived while the process was busy is no time-out. */
export class ExchangeClock implements Limited {
  older: Limited | null = null
  younger: Limited | null = null
  readonly #context: ClockContext
  readonly #trace: Trace
  readonly #timed: Timed
  #ownTimeoutMs: number | null = null
  #totalTimer: Timer | undefined
  #idleTimer: Timer | undefined
  /** Monotonic ms: since when nothing is read, for whoever takes the body has enough. */
  #heldSince: number | null = null
  #heldMs = 0
  /** The time was up while it was held back. */
  #isOverdue = false
  #isStopped = false

  constructor(context: ClockContext, trace: Trace, timed: Timed) {
    this.#context = context
    this.#trace = trace
    this.#timed = timed
  }

  get startedAt(): number {
    return this.#trace.startedAt
  }

  /** @param ownTimeoutMs in place of the common one; null is that */
  start(ownTimeoutMs: number | null): void {
    this.#ownTimeoutMs = ownTimeoutMs
    if (ownTimeoutMs === null) this.#context.totalLimit.add(this)
    else this.#totalTimer = startTimer(onTotalTimer, ownTimeoutMs, this)
  }

  /** The request is handed to its connection: from now on something is to come. */
  begin(): void {
    const { idleTimeoutMs } = this.#context.options
    if (idleTimeoutMs !== null) this.#idleTimer = startTimer(onIdleTimer, idleTimeoutMs, this)
  }

  /** Something came. */
  heard(): void {
    this.#idleTimer?.refresh()
  }

  /** Nothing is read until `letFlow`: that time does not count. */
  holdBack(): void {
    this.#heldSince = performance.now()
  }

  letFlow(): void {
    if (this.#heldSince === null) return
    this.#heldMs += performance.now() - this.#heldSince
    this.#heldSince = null
    if (this.#isStopped) return
    this.#idleTimer?.refresh()
    if (this.#isOverdue) this.#extend()
  }

  /** All has come, or it is given up. */
  stop(): void {
    this.#isStopped = true
    clearTimeout(this.#idleTimer)
    clearTimeout(this.#totalTimer)
    this.#context.totalLimit.remove(this)
  }

  onTimeLimit(): void {
    setImmediate(onTotalTimeout, this)
  }

  onTotalTimeout(): void {
    if (this.#isStopped) return
    this.#isOverdue = true
    if (this.#heldSince !== null) return
    if (this.#heldMs > 0 && performance.now() < this.#endsAt) return this.#extend()
    this.#timed.onTimeUp(timeoutFailure('TIMEOUT_TOTAL', this.#timeoutMs, this.#trace.head !== null))
  }

  get reads(): number {
    return this.#trace.reads
  }

  /** Ends the exchange, unless bytes were there that the process had not yet got round to. */
  onIdleTimeout(readsBefore: number): void {
    const { idleTimeoutMs } = this.#context.options
    if (idleTimeoutMs === null || this.#isStopped || this.reads !== readsBefore || this.#heldSince !== null) return
    this.#timed.onTimeUp(timeoutFailure('TIMEOUT_IDLE', idleTimeoutMs, this.#trace.head !== null))
  }

  get #timeoutMs(): number {
    return this.#ownTimeoutMs ?? this.#context.totalLimit.ms
  }

  get #endsAt(): number {
    return this.startedAt + this.#heldMs + this.#timeoutMs
  }

  /** Gives the server the time back that the body was held back. */
  #extend(): void {
    clearTimeout(this.#totalTimer)
    this.#totalTimer = startTimer(onTotalTimer, Math.max(1, Math.ceil(this.#endsAt - performance.now())), this)
  }
}

function onTotalTimer(clock: ExchangeClock): void {
  clock.onTimeLimit()
}

function onTotalTimeout(clock: ExchangeClock): void {
  clock.onTotalTimeout()
}

function onIdleTimer(clock: ExchangeClock): void {
  const { reads } = clock
  setImmediate(() => clock.onIdleTimeout(reads))
}
