// One timer that is set, moved and cleared: rings at a time, not after one.

import type { Clock, TimerHandle } from '../types.js'

export class Alarm {
  readonly #clock: Clock
  readonly #ring: () => void
  #timer: TimerHandle | null = null
  #at = Number.POSITIVE_INFINITY

  constructor(clock: Clock, ring: () => void) {
    this.#clock = clock
    this.#ring = ring
  }

  /** Rings about then, in monotonic ms, and not at the time set before; Infinity is never. */
  set(at: number): void {
    if (at === this.#at) return
    this.#timer?.cancel()
    this.#timer = null
    this.#at = at
    if (at === Number.POSITIVE_INFINITY) return
    this.#timer = this.#clock.schedule(() => {
      this.#timer = null
      this.#at = Number.POSITIVE_INFINITY
      this.#ring()
    }, at - this.#clock.now())
  }

  clear(): void {
    this.set(Number.POSITIVE_INFINITY)
  }
}
