// Some tasks of one origin that were not begun, packed into bytes: a third of the memory of objects, and nothing for the garbage collector to move.

import type { FetchTask, RequestSpec } from '../types.js'
import { FreshTask, type LinePlace } from './task.js'

/** Numbers of a task: id, readAt, since, limitedMark, list, start, end. */
const numbersPerTask = 7
/** A URL longer than this fills the place of others. */
const bytesPerTask = 48

/** A first-in first-out queue of limited size. What comes out is equal to what was put in, as `createTask` made it and with its wait. */
export class PackedTasks {
  readonly #origin: string
  readonly #host: string
  readonly #request: RequestSpec
  /** Of each: they share the request, and have nothing else of their own. */
  readonly #ownBytes: number
  readonly #size: number
  readonly #numbers: Float64Array
  /** The text of the URLs, one behind the other. */
  readonly #bytes: Buffer
  /** Where each begins, and where the last ends. */
  readonly #bounds: Uint32Array
  #first = 0
  #last = 0

  /** @param size how many tasks at most; fewer where URLs are long */
  constructor({ target, request, bytes }: FetchTask, size: number) {
    this.#origin = target.origin
    this.#host = target.host
    this.#request = request
    this.#ownBytes = bytes
    this.#size = size
    this.#numbers = new Float64Array(size * numbersPerTask)
    this.#bytes = Buffer.allocUnsafeSlow(Math.max(size * bytesPerTask, target.href.length))
    this.#bounds = new Uint32Array(size + 1)
  }

  get length(): number {
    return this.#last - this.#first
  }

  /** Whether a task that was not begun has nothing that cannot be packed: most have not. */
  static canPack({ url, target, own }: FetchTask): boolean {
    return own === null && url === target.href && target.authorization === null && !target.isPublicOnly
  }

  /** False where it has no room for the task, or the task is of another kind. */
  push(task: FetchTask): boolean {
    const { target } = task
    const at = this.#last
    const from = this.#bounds[at] ?? 0
    if (at === this.#size || from + target.href.length > this.#bytes.length) return false
    if (task.request !== this.#request || task.bytes !== this.#ownBytes) return false
    if (target.origin !== this.#origin || !PackedTasks.canPack(task)) return false
    const numbers = this.#numbers
    const slot = at * numbersPerTask
    numbers[slot] = task.id
    numbers[slot + 1] = task.readAt
    numbers[slot + 2] = task.since
    numbers[slot + 3] = task.limitedMark
    numbers[slot + 4] = task.list
    numbers[slot + 5] = task.start
    numbers[slot + 6] = task.end
    // A URL that went through the parser is ASCII.
    this.#bounds[at + 1] = from + this.#bytes.write(target.href, from, 'latin1')
    this.#last++
    return true
  }

  shift(): FetchTask | undefined {
    return this.#first === this.#last ? undefined : this.#unpack(this.#first++)
  }

  pop(): FetchTask | undefined {
    return this.#first === this.#last ? undefined : this.#unpack(--this.#last)
  }

  #unpack(index: number): FetchTask {
    const href = this.#bytes.toString('latin1', this.#bounds[index], this.#bounds[index + 1])
    const origin = this.#origin
    const target = {
      href,
      origin,
      host: this.#host,
      path: href.slice(origin.length),
      authorization: null,
      isPublicOnly: false,
    }
    const slot = index * numbersPerTask
    const number = (offset: number): number => small(this.#numbers[slot + offset] ?? 0)
    const place: LinePlace = { list: number(4), start: number(5), end: number(6) }
    const task = new FreshTask(number(0), href, target, this.#request, number(1), place, null, this.#ownBytes)
    task.since = number(2)
    task.limitedMark = number(3)
    return task
  }
}

/**
 * The same number. V8 takes what comes out of an array of doubles for one, and then the fields of all tasks: each new one would be made for
 * integers and made over, with a box for each field.
 */
function small(number: number): number {
  const integer = number | 0
  return integer === number ? integer : number
}
