// The tasks of one host that are kept outside memory, as runs, in a few bytes a run.

import type { ParkedRun } from '../types.js'

type Place = Pick<ParkedRun, 'list' | 'start' | 'end'>
type OpenRun = { -readonly [Name in keyof ParkedRun]: ParkedRun[Name] }

/** A number of a run takes at most so many bytes: 53 bits and a sign, 7 bits a byte. */
const longestNumber = 8
const numbersPerRun = 5
const firstSize = 32

/** What one run is told apart from the one before it by: most differences are small numbers. */
interface Cursor {
  at: number
  id: number
  end: number
}

/**
 * A queue of runs. Tasks that follow each other join into one run: in a list by their ids (there may be comments between them), in
 * the temporary file by their bytes. Runs in the queue are packed as differences, 5 to 10 bytes for one of a single line, and
 * need not be in order.
 */
export class ParkedRuns {
  /** Tasks parked. */
  count = 0
  /** Where they stand: of all of them. */
  #span = 0
  /** Taken out and put back, or put aside after they had been admitted: the last is the first to go. */
  readonly #front: ParkedRun[] = []
  #bytes = new Uint8Array(0)
  readonly #head: Cursor = { at: 0, id: 0, end: 0 }
  readonly #tail: Cursor = { at: 0, id: 0, end: 0 }
  /** The run that the next task may join. */
  #open: OpenRun | null = null

  /** Bytes of memory that the queue takes, about. */
  get size(): number {
    return runSize * (this.#front.length + 1) + this.#bytes.length
  }

  /** Of a task, where it stands: about what it takes in memory, beyond what every task does. */
  get meanBytes(): number {
    return this.count === 0 ? 0 : this.#span / this.count
  }

  push(place: Place, id: number): void {
    this.count++
    const open = this.#open
    this.#span += place.end - place.start
    if (open !== null) {
      if (joins(open, place, id)) {
        // Comments may stand between them.
        this.#span += place.start - open.end
        open.count++
        open.end = place.end
        return
      }
      this.#pack(open)
    }
    this.#open = { list: place.list, firstId: id, count: 1, start: place.start, end: place.end }
  }

  /** Puts a run before all others. */
  unshift(run: ParkedRun): void {
    this.count += run.count
    this.#span += run.end - run.start
    this.#front.push(run)
  }

  /** The first run; undefined where there is none. */
  shift(): ParkedRun | undefined {
    const run = this.#front.pop() ?? this.#unpack() ?? this.#takeOpen()
    if (run === undefined) return undefined
    this.count -= run.count
    this.#span -= run.end - run.start
    return run
  }

  #takeOpen(): ParkedRun | undefined {
    const open = this.#open ?? undefined
    this.#open = null
    return open
  }

  #pack(run: ParkedRun): void {
    this.#makeRoom(numbersPerRun * longestNumber)
    this.#write(run.list + 1)
    this.#write(zigzag(run.firstId - this.#tail.id))
    this.#write(run.count)
    this.#write(zigzag(run.start - this.#tail.end))
    this.#write(run.end - run.start)
    this.#tail.id = run.firstId
    this.#tail.end = run.end
  }

  #unpack(): ParkedRun | undefined {
    if (this.#head.at === this.#tail.at) return undefined
    const list = this.#read() - 1
    const firstId = this.#head.id + unzigzag(this.#read())
    const count = this.#read()
    const start = this.#head.end + unzigzag(this.#read())
    const end = start + this.#read()
    this.#head.id = firstId
    this.#head.end = end
    return { list, firstId, count, start, end }
  }

  #makeRoom(bytes: number): void {
    if (this.#tail.at + bytes <= this.#bytes.length) return
    const used = this.#tail.at - this.#head.at
    // What was read makes room first: the queue does not grow while as much goes out as comes in.
    const size = 2 * used + bytes <= this.#bytes.length ? this.#bytes.length : Math.max(firstSize, 2 * (used + bytes))
    const grown = size === this.#bytes.length ? this.#bytes : new Uint8Array(size)
    if (grown === this.#bytes) grown.copyWithin(0, this.#head.at, this.#tail.at)
    else grown.set(this.#bytes.subarray(this.#head.at, this.#tail.at))
    this.#bytes = grown
    this.#head.at = 0
    this.#tail.at = used
  }

  /** 7 bits a byte, the least first; the high bit says that more follow. */
  #write(value: number): void {
    let rest = value
    while (rest >= 0x80) {
      this.#bytes[this.#tail.at++] = (rest % 0x80) + 0x80
      rest = Math.floor(rest / 0x80)
    }
    this.#bytes[this.#tail.at++] = rest
  }

  #read(): number {
    let value = 0
    for (let unit = 1; ; unit *= 0x80) {
      const byte = this.#bytes[this.#head.at++] ?? 0
      value += (byte % 0x80) * unit
      if (byte < 0x80) return value
    }
  }
}

/** A run as an object, with its slot in an array. */
const runSize = 80

function joins(run: ParkedRun, place: Place, id: number): boolean {
  if (run.list !== place.list) return false
  return run.list === -1 ? run.end === place.start : run.firstId + run.count === id
}

function zigzag(value: number): number {
  return value < 0 ? -2 * value - 1 : 2 * value
}

function unzigzag(value: number): number {
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2
}
