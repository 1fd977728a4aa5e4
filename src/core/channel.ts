// A bounded first-in first-out channel between stages: senders wait while it is full, the receiver while it is empty.

import { Deque } from './deque.js'

export class ChannelClosedError extends Error {
  override readonly name = 'ChannelClosedError'
}

export class Channel<T> {
  readonly #capacity: number
  readonly #items = new Deque<T>()
  readonly #senders = new Deque<() => void>()
  #receiver: (() => void) | null = null
  #isClosed = false
  #error: Error | null = null

  constructor(capacity: number) {
    this.#capacity = capacity
  }

  /** Waits for room. Throws what the channel was closed with, or ChannelClosedError. */
  async send(item: T): Promise<void> {
    while (!this.#isClosed && this.#items.length >= this.#capacity) {
      await new Promise<void>((resolve) => this.#senders.push(resolve))
    }
    if (this.#isClosed) throw this.#error ?? new ChannelClosedError('the channel is closed')
    this.#items.push(item)
    this.#wakeReceiver()
  }

  /** Waits for an item; undefined once the channel is closed and empty. One receiver at a time. Throws what it was closed with. */
  async receive(): Promise<T | undefined> {
    while (!this.#isClosed && this.#items.length === 0) {
      await new Promise<void>((resolve) => {
        this.#receiver = resolve
      })
    }
    if (this.#error) throw this.#error
    const item = this.#items.shift()
    this.#senders.shift()?.()
    return item
  }

  /** Items sent before stay to be received, unless an error closes it: then both sides fail with it, at once. */
  close(error?: Error): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#error = error ?? null
    this.#wakeReceiver()
    for (let wake = this.#senders.shift(); wake; wake = this.#senders.shift()) wake()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    for (let item = await this.receive(); item !== undefined; item = await this.receive()) yield item
  }

  #wakeReceiver(): void {
    const wake = this.#receiver
    this.#receiver = null
    wake?.()
  }
}
