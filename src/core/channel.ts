// A bounded first-in first-out channel between stages: senders wait while it is full, the receiver while it is empty.

import { Deque } from './deque.js'

export class ChannelClosedError extends Error {
  override readonly name = 'ChannelClosedError'
}

interface Sender<T> {
  readonly item: T
  readonly accept: () => void
  readonly refuse: (error: Error) => void
}

export class Channel<T> {
  readonly #capacity: number
  readonly #items = new Deque<T>()
  readonly #senders = new Deque<Sender<T>>()
  #receiver: (() => void) | null = null
  #isClosed = false
  #error: Error | null = null

  constructor(capacity: number) {
    this.#capacity = capacity
  }

  /** Waits for room. Throws what the channel was closed with, or ChannelClosedError. */
  async send(item: T): Promise<void> {
    if (this.#isClosed) throw this.#closedWith()
    if (this.#items.length >= this.#capacity) {
      return new Promise<void>((accept, refuse) => this.#senders.push({ item, accept, refuse }))
    }
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
    // Room goes to whoever waits longest, before anybody who comes now can take it.
    const sender = this.#senders.shift()
    if (sender) {
      this.#items.push(sender.item)
      sender.accept()
    }
    return item
  }

  /** Items sent before stay to be received, unless an error closes it: then both sides fail with it, at once. */
  close(error?: Error): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#error = error ?? null
    this.#wakeReceiver()
    for (let sender = this.#senders.shift(); sender; sender = this.#senders.shift()) sender.refuse(this.#closedWith())
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    for (let item = await this.receive(); item !== undefined; item = await this.receive()) yield item
  }

  #closedWith(): Error {
    return this.#error ?? new ChannelClosedError('the channel is closed')
  }

  #wakeReceiver(): void {
    const wake = this.#receiver
    this.#receiver = null
    wake?.()
  }
}
