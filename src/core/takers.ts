// Who waits for a task, in their order.

import type { FetchTask } from '../types.js'
import { Deque } from './deque.js'

interface Taker {
  readonly give: (task: FetchTask | undefined) => void
  readonly fail: (error: unknown) => void
}

export class Takers {
  readonly #waiting = new Deque<Taker>()

  get length(): number {
    return this.#waiting.length
  }

  wait(): Promise<FetchTask | undefined> {
    return new Promise((give, fail) => this.#waiting.push({ give, fail }))
  }

  /** Ends the wait of the first; undefined tells that there will be no more tasks. */
  give(task: FetchTask | undefined): void {
    this.#waiting.shift()?.give(task)
  }

  /** The first learns what went wrong. */
  fail(error: unknown): void {
    this.#waiting.shift()?.fail(error)
  }
}
