// A bounded mailbox between many senders and one receiver: an item is received at once where the receiver is free.

import { Deque } from './deque.js'

export class MailboxClosedError extends Error {
  override readonly name = 'MailboxClosedError'
}

/** Receives one item. A returned promise says that it is busy: the next one comes when that resolves. */
export type Receive<T> = (item: T) => Promise<void> | void

interface Sender<T> {
  readonly item: T
  readonly accept: () => void
  readonly refuse: (error: Error) => void
}

/** Items are received one by one, in the order in which they were sent. While the receiver is busy they are kept; while the mailbox is full senders wait. */
export class Mailbox<T> {
  /** Resolves when it is closed and everything was received; rejects with what the receiver threw. */
  readonly emptied: Promise<void>
  readonly #capacity: number
  readonly #receive: Receive<T>
  readonly #items = new Deque<T>()
  readonly #senders = new Deque<Sender<T>>()
  readonly #onEmptied: () => void
  readonly #onFailed: (error: Error) => void
  #isBusy = false
  #isClosed = false
  #error: Error | null = null

  /** @param capacity how many items it keeps at most, beside the one that the receiver is busy with */
  constructor(capacity: number, receive: Receive<T>) {
    this.#capacity = capacity
    this.#receive = receive
    let onEmptied!: () => void
    let onFailed!: (error: Error) => void
    this.emptied = new Promise<void>((resolve, reject) => {
      onEmptied = resolve
      onFailed = reject
    })
    this.#onEmptied = onEmptied
    this.#onFailed = onFailed
  }

  /** A returned promise waits for room. Throws, or rejects with, what the receiver threw, or MailboxClosedError. */
  send(item: T): Promise<void> | void {
    if (this.#isClosed) throw this.#error ?? closed()
    if (!this.#isBusy) return this.#receiveNow(item)
    if (this.#items.length < this.#capacity) return this.#items.push(item)
    return new Promise<void>((accept, refuse) => this.#senders.push({ item, accept, refuse }))
  }

  /** Takes no more. What was accepted is received; senders that wait are refused. */
  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#refuseAll(closed())
    if (!this.#isBusy) this.#onEmptied()
  }

  #receiveNow(item: T): void {
    try {
      const busy = this.#receive(item)
      if (!busy) return
      this.#isBusy = true
      void this.#receiveRest(busy)
    } catch (error) {
      throw this.#fail(error)
    }
  }

  async #receiveRest(busy: Promise<void>): Promise<void> {
    try {
      await busy
      for (let item = this.#next(); item !== undefined; item = this.#next()) {
        const again = this.#receive(item)
        if (again) await again
      }
    } catch (error) {
      this.#fail(error)
      return
    }
    this.#isBusy = false
    if (this.#isClosed) this.#onEmptied()
  }

  /** Room goes to whoever waits longest. */
  #next(): T | undefined {
    const sender = this.#senders.shift()
    if (sender !== undefined) {
      this.#items.push(sender.item)
      sender.accept()
    }
    return this.#items.shift()
  }

  #fail(thrown: unknown): Error {
    const error = thrown instanceof Error ? thrown : new Error(String(thrown), { cause: thrown })
    this.#isClosed = true
    this.#error = error
    this.#onFailed(error)
    this.#refuseAll(error)
    return error
  }

  #refuseAll(error: Error): void {
    for (let sender = this.#senders.shift(); sender; sender = this.#senders.shift()) sender.refuse(error)
  }
}

function closed(): Error {
  return new MailboxClosedError('the mailbox is closed')
}
