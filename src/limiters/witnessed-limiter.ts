// A limiter with a witness: what is asked of hosts is noted where it happens, whatever the limiter thinks of it.

import type { Receipt } from '../core/receipt.js'
import type { Attempt, Blame, Failure, Limiter } from '../types.js'

export class WitnessedLimiter implements Limiter {
  readonly #limiter: Limiter
  readonly #receipt: Receipt

  constructor(limiter: Limiter, receipt: Receipt) {
    this.#limiter = limiter
    this.#receipt = receipt
  }

  delay(host: string, now: number): number {
    return this.#limiter.delay(host, now)
  }

  acquire(host: string, now: number): void {
    this.#limiter.acquire(host, now)
    this.#receipt.acquired(host, now)
  }

  started(host: string, now: number): void {
    this.#limiter.started(host, now)
    this.#receipt.started(host, now)
  }

  release(host: string, attempt: Attempt | undefined, now: number, blame: Blame): void {
    this.#limiter.release(host, attempt, now, blame)
    this.#receipt.ended(host, attempt, now)
  }

  refusal(host: string, now: number): Failure | null {
    return this.#limiter.refusal(host, now)
  }

  msPerRequest(host: string, fetchMs: number): number {
    return this.#limiter.msPerRequest(host, fetchMs)
  }
}
