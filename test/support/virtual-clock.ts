// Time that a test owns: it stands still until it is advanced, and timers run when their moment comes.

import type { Clock, TimerHandle } from '../../src/types.js'

interface Timer {
  readonly at: number
  readonly order: number
  readonly callback: () => void
}

export class VirtualClock implements Clock {
  #now = 0
  #order = 0
  #timers: Timer[] = []

  now(): number {
    return this.#now
  }

  get timers(): number {
    return this.#timers.length
  }

  schedule(callback: () => void, ms: number): TimerHandle {
    const timer = { at: this.#now + Math.max(0, ms), order: this.#order++, callback }
    this.#timers.push(timer)
    return {
      cancel: () => {
        this.#timers = this.#timers.filter((other) => other !== timer)
      },
    }
  }

  /** Lets `ms` pass, running what falls due; between timers, what they caused gets its turn. */
  async advance(ms: number): Promise<void> {
    const until = this.#now + ms
    await settled()
    for (let timer = this.#next(until); timer; timer = this.#next(until)) await this.#run(timer)
    this.#now = until
    await settled()
  }

  /** Runs timers until there is none, or `limit` ms have passed. */
  async run(limit = 1e9): Promise<void> {
    const until = this.#now + limit
    await settled()
    for (let timer = this.#next(until); timer; timer = this.#next(until)) await this.#run(timer)
  }

  #next(until: number): Timer | undefined {
    const [first] = this.#timers.toSorted((a, b) => a.at - b.at || a.order - b.order)
    return first && first.at <= until ? first : undefined
  }

  async #run(timer: Timer): Promise<void> {
    this.#timers = this.#timers.filter((other) => other !== timer)
    this.#now = Math.max(this.#now, timer.at)
    timer.callback()
    await settled()
  }
}

/** Lets promise callbacks run until none is left. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
