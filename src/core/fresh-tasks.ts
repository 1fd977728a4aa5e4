// The tasks of a lane that were not begun, in their order: the first few as they are, the many behind them packed.

import type { FetchTask } from '../types.js'
import { Deque } from './deque.js'
import { PackedTasks } from './packed-tasks.js'

/** So many are kept as they are: for short queues packing would cost more than it saves. */
const unpacked = 8
const smallestPack = 16
const largestPack = 128

/** Either packed tasks, or one that cannot be packed or need not be. */
type Piece = PackedTasks | FetchTask

export class FreshTasks {
  readonly #pieces = new Deque<Piece>()
  /** The last piece, where it may still take tasks. */
  #pack: PackedTasks | null = null
  #packSize = smallestPack
  #length = 0

  get length(): number {
    return this.#length
  }

  push(task: FetchTask): void {
    this.#length++
    if (this.#pack?.push(task)) return
    if (this.#length <= unpacked || !PackedTasks.canPack(task)) {
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
    const first = this.#pieces.first
    if (first === undefined) return undefined
    this.#length--
    const task = first instanceof PackedTasks ? first.shift() : first
    if (isDone(first)) this.#forget(this.#pieces.shift())
    return task
  }

  /** Takes the last `count` tasks, in their order. */
  takeLast(count: number): FetchTask[] {
    const taken: FetchTask[] = []
    for (let last = this.#pieces.last; last !== undefined && taken.length < count; last = this.#pieces.last) {
      this.#length--
      const task = last instanceof PackedTasks ? last.pop() : last
      if (task !== undefined) taken.push(task)
      if (isDone(last)) this.#forget(this.#pieces.pop())
    }
    return taken.toReversed()
  }

  #forget(piece: Piece | undefined): void {
    if (piece === this.#pack) this.#pack = null
  }
}

/** Nothing is left of it. */
function isDone(piece: Piece): boolean {
  return !(piece instanceof PackedTasks) || piece.length === 0
}
