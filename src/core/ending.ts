// The end of a run, in two stages: intake stops, then what is in flight is dropped.

import type { Clock, EndCause, TimerHandle } from '../types.js'

export class Ending {
  readonly #clock: Clock
  readonly #intake = new AbortController()
  readonly #flight = new AbortController()
  #grace: TimerHandle | null = null
  #graceEndsAt = Number.POSITIVE_INFINITY
  #isOver = false
  #cause: EndCause | null = null

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Aborted when nothing more shall be read or begun. */
  get intake(): AbortSignal {
    return this.#intake.signal
  }

  /** Aborted when requests under way shall be dropped, too. */
  get flight(): AbortSignal {
    return this.#flight.signal
  }

  /** Why the run ends early; null as long as it does not. */
  get cause(): EndCause | null {
    return this.#cause
  }

  /**
   * Ends the run: intake at once, what is in flight after `graceMs`. May be called again: the first cause stays, unless a graver
   * one comes (an error before all), and the shorter grace holds.
   */
  end(cause: EndCause, graceMs: number): void {
    if (this.#cause === null || gravity(cause) > gravity(this.#cause)) this.#cause = cause
    this.#intake.abort()
    const graceEndsAt = this.#clock.now() + graceMs
    if (this.#isOver || this.#flight.signal.aborted || graceEndsAt >= this.#graceEndsAt) return
    this.#graceEndsAt = graceEndsAt
    this.#grace?.cancel()
    this.#grace = null
    if (graceMs <= 0) this.#flight.abort()
    else this.#grace = this.#clock.schedule(() => this.#flight.abort(), graceMs)
  }

  /** The run is over: no timer stays behind. */
  dispose(): void {
    this.#isOver = true
    this.#grace?.cancel()
    this.#grace = null
  }
}

function gravity(cause: EndCause): number {
  if (cause.kind === 'error') return 2
  return cause.kind === 'reader-gone' ? 1 : 0
}
