// How long a gate over all hosts was closed so far.

import type { Gate } from '../types.js'

export class GateClock {
  readonly #gate: Gate | null
  #closedMs = 0
  #closedFrom = 0
  #closedUntil = 0

  constructor(gate: Gate | null) {
    this.#gate = gate
  }

  delay(now: number): number {
    return this.#gate === null ? 0 : this.#gate.delay(now)
  }

  acquire(now: number): void {
    if (this.#gate === null) return
    this.#closedMs = this.closedMs(now)
    this.#gate.acquire(now)
    this.#closedFrom = now
    this.#closedUntil = now + this.#gate.delay(now)
  }

  /** Ms for which the gate was closed so far. */
  closedMs(now: number): number {
    if (this.#gate === null) return 0
    return this.#closedMs + Math.max(0, Math.min(now, this.#closedUntil) - this.#closedFrom)
  }
}
