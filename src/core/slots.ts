// Places for tasks in memory, waiting or under way: so many of them, and so many bytes of what their lines brought along.

import type { FetchTask, OwnSettings, RequestSpec } from '../types.js'

/** Bodies, headers and data of all tasks take about so much at most, whatever the number of tasks. */
const mostBytes = 64 * 2 ** 20
/** With very many places each is worth at least so much: a task takes as much anyway. */
const leastPerSlot = 1024

/** A task takes one; one with a large body takes several. */
export class Slots {
  readonly capacity: number
  readonly #bytesPerSlot: number
  /** A single task never takes so many that another few would not fit. */
  readonly #mostOfOne: number
  #taken = 0
  #tasks = 0
  #reserved = 0

  constructor(capacity: number, bytes = mostBytes) {
    this.capacity = capacity
    this.#bytesPerSlot = Math.max(leastPerSlot, bytes / capacity)
    this.#mostOfOne = Math.max(1, capacity >> 2)
  }

  get used(): number {
    return this.#taken + this.#reserved
  }

  /** Negative where the last task took more than there was. */
  get free(): number {
    return this.capacity - this.#taken - this.#reserved
  }

  /** What a task takes on average. */
  get perTask(): number {
    return this.#tasks === 0 ? 1 : this.#taken / this.#tasks
  }

  take(task: FetchTask): void {
    this.#tasks++
    this.#taken += task.bytes === 0 ? 1 : this.forBytes(task.bytes)
  }

  give(task: FetchTask): void {
    this.#tasks--
    this.#taken -= task.bytes === 0 ? 1 : this.forBytes(task.bytes)
  }

  /** For tasks that are on their way. */
  reserve(slots: number): void {
    this.#reserved += slots
  }

  release(slots: number): void {
    this.#reserved -= slots
  }

  forBytes(bytes: number): number {
    return Math.min(this.#mostOfOne, 1 + Math.floor(bytes / this.#bytesPerSlot))
  }
}

/** What a line of its own adds to a task, about: 0 where it asks for what all ask for. */
export function ownBytes(request: RequestSpec, common: RequestSpec, own: OwnSettings | null): number {
  const metaBytes = own === null || own.meta === null ? 0 : own.meta.length
  if (request === common) return metaBytes
  let bytes = metaBytes + (request.body === null || request.body === common.body ? 0 : request.body.length)
  for (const [name, value] of request.headers) bytes += name.length + value.length
  return bytes
}
