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
  #items: T[] = []
  readonly #senders = new Deque<Sender<T>>()
  #receiver: (() => void) | null = null
  #isClosed = false
  #error: Error | null = null

  constructor(capacity: number) {
    this.#capacity = capacity
  }

  /** A returned promise waits for room. Throws, or rejects with, what the channel was closed with, or ChannelClosedError. */
  send(item: T): Promise<void> | void {
    if (this.#isClosed) throw this.#closedWith()
    if (this.#items.length >= this.#capacity) {
      return new Promise<void>((accept, refuse) => this.#senders.push({ item, accept, refuse }))
    }
    this.#items.push(item)
    this.#wakeReceiver()
  }

  /** Waits for items, and takes all that are there; none once the channel is closed and empty. One receiver at a time. Throws what it was closed with. */
  async receive(): Promise<T[]> {
    while (!this.#isClosed && this.#items.length === 0) {
      await new Promise<void>((resolve) => {
        this.#receiver = resolve
      })
    }
    if (this.#error) throw this.#error
    const items = this.#items
    this.#items = []
    // Room goes to whoever waits longest, before anybody who comes now can take it.
    while (this.#items.length < this.#capacity) {
      const sender = this.#senders.shift()
      if (sender === undefined) break
      this.#items.push(sender.item)
      sender.accept()
    }
    return items
  }

  /** Items sent before stay to be received, unless an error closes it: then both sides fail with it, at once. */
  close(error?: Error): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#error = error ?? null
    this.#wakeReceiver()
    for (let sender = this.#senders.shift(); sender; sender = this.#senders.shift()) sender.refuse(this.#closedWith())
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
