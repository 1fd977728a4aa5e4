// The tasks of a lane that were not begun, in their order: the first few as they are, the many behind them packed.

import type { FetchTask, RequestSpec } from '../types.js'
import { Deque } from './deque.js'
import { PackedTasks } from './packed-tasks.js'

/** So many are kept as they are: for short queues packing would cost more than it saves. */
const unpacked = 8
const smallestPack = 16
const largestPack = 128

/** Either packed tasks, or one that cannot be packed or need not be. */
type Piece = PackedTasks | FetchTask

export class FreshTasks {
  /** The first task, where it was pushed into an empty queue: most hosts of a broad list have no other. */
  #only: FetchTask | null = null
  /** What comes behind it; null before there was any. */
  #pieces: Deque<Piece> | null = null
  /** The last piece, where it may still take tasks. */
  #pack: PackedTasks | null = null
  #packSize = smallestPack
  /** Of the task that came last: a pack is for those that ask alike. */
  #lastRequest: RequestSpec | null = null
  #length = 0

  get length(): number {
    return this.#length
  }

  push(task: FetchTask): void {
    this.#length++
    if (this.#length === 1) {
      this.#only = task
      return
    }
    if (this.#pack?.push(task)) return
    this.#pieces ??= new Deque<Piece>()
    const isAlike = task.request === this.#lastRequest
    this.#lastRequest = task.request
    if (this.#length <= unpacked || !isAlike || !PackedTasks.canPack(task)) {
      this.#pack = null
      this.#pieces.push(task)
      return
    }
    this.#pack = new PackedTasks(task, this.#packSize)
    this.#packSize = Math.min(this.#packSize * 2, largestPack)
    this.#pack.push(task)
    this.#pieces.push(this.#pack)
  }

  shift(): FetchTask | undefined {
    if (this.#length === 0) return undefined
    this.#length--
    return this.#takeOnly() ?? this.#takePiece('first')
  }

  /** Takes the last `count` tasks, in their order. */
  takeLast(count: number): FetchTask[] {
    const taken: FetchTask[] = []
    while (this.#length > 0 && taken.length < count) {
      this.#length--
      const task = this.#takePiece('last') ?? this.#takeOnly()
      if (task !== undefined) taken.push(task)
    }
    return taken.toReversed()
  }

  #takeOnly(): FetchTask | undefined {
    const only = this.#only ?? undefined
    this.#only = null
    return only
  }

  #takePiece(end: 'first' | 'last'): FetchTask | undefined {
    const pieces = this.#pieces
    const piece = pieces?.[end]
    if (pieces === null || piece === undefined) return undefined
    const isFirst = end === 'first'
    const isPack = piece instanceof PackedTasks
    const task = isPack ? (isFirst ? piece.shift() : piece.pop()) : piece
    if (isPack && piece.length > 0) return task
    if (isFirst) pieces.shift()
    else pieces.pop()
    if (piece === this.#pack) this.#pack = null
    return task
  }
}
