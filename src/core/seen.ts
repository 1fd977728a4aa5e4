// Which requests were seen before: a hash table of digests in typed arrays, for lists of many millions.

import type { Change } from '../types.js'
import { type Outcome, packOutcome, unpackOutcome } from './outcome.js'

/**
 * A cryptographic digest as a string of one character per byte ('binary'), of which the first 12 are used: Node hands out
 * strings in a third of the time of Buffers.
 */
export type Digest = (text: string) => string

/** Numbers of 32 bits per entry: three of the digest, the id's lower bits, its upper 13 beside the outcome. */
const wordsPerEntry = 5
/** The outcome's 16, and three for what changed. */
const outcomeBits = 19
const outcomeMask = 2 ** outcomeBits - 1
/** By number; null where nothing was compared. */
const changes: readonly (Change | null)[] = [null, 'new', 'same', 'changed', 'gone', 'recovered']
const pageBits = 14
const entriesPerPage = 2 ** pageBits
/** One big table would stand still for half a second when it grows; of many, each grows at a time of its own. */
const tableBits = 6
const firstSlots = 16
/** More entries for each slot would make the search longer than the digest takes. */
const fullest = 0.75

/** The entries with the same first bits: their numbers from 1, where the second word says or behind; 0 where there is none. */
interface Table {
  /** As many as a power of two. */
  slots: Uint32Array
  used: number
}

/**
 * Entries stand in the order in which they were added, so that one is found by its id, too: ids only grow, to 2^45 at most. Per
 * entry 20 bytes, and 5.3 to 10.7 for its place in one of 64 hash tables; each doubles when it is three quarters full, and for that
 * moment it is there twice: 31 bytes at most. 10 million take 270 MB.
 *
 * Two requests of n are taken for the same by chance with a probability of n² / 2^97: 6 in 10^16 for 10 million. Who wanted to
 * make two that are would have to try 2^48, and to know the digest: give it a secret of the run.
 */
export class Seen {
  readonly #digest: Digest
  readonly #pages: Uint32Array[] = []
  #size = 0
  readonly #tables: readonly Table[] = Array.from({ length: 2 ** tableBits }, () => ({
    slots: new Uint32Array(firstSlots),
    used: 0,
  }))

  /** Where ids come in any order: the entries of those that are not settled. */
  readonly #unsettled: Map<number, number> | null
  /** The entry that `add` found or made last. */
  #last = 0

  /** @param isOrdered whether ids only grow; else those that are not settled take about 50 bytes more, each */
  constructor(digest: Digest, isOrdered = true) {
    this.#digest = digest
    this.#unsettled = isOrdered ? null : new Map()
  }

  get size(): number {
    return this.#size
  }

  /** The id of the first request that was alike: `id` itself where this is the first. */
  add(key: string, id: number): number {
    const digest = this.#digest(key)
    const [a, b, c] = [wordAt(digest, 0), wordAt(digest, 4), wordAt(digest, 8)]
    const table = this.#tables[a >>> (32 - tableBits)] as Table
    const mask = table.slots.length - 1
    let slot = b & mask
    for (let number = table.slots[slot]; number; number = table.slots[slot]) {
      const entry = number - 1
      if (this.#word(entry, 1) === b && this.#word(entry, 0) === a && this.#word(entry, 2) === c) {
        this.#last = entry
        return this.#idOf(entry)
      }
      slot = (slot + 1) & mask
    }
    this.#append([a, b, c, id % 2 ** 32, Math.floor(id / 2 ** 32) << outcomeBits], id)
    table.slots[slot] = this.#size
    table.used++
    if (table.used > fullest * table.slots.length) this.#grow(table)
    return id
  }

  /**
   * What became of the first request, by its id; null while that is not known, or where the id is of no first one. Of ids that come in
   * any order only the one that `add` returned last is known when it is settled.
   */
  outcome(id: number): Outcome | null {
    const entry = this.#find(id)
    if (entry === null) return null
    const bits = this.#word(entry, 4) & outcomeMask
    const change = changes[bits >>> 16] ?? null
    const outcome = unpackOutcome(bits & 0xffff)
    return outcome === null || change === null ? outcome : { ...outcome, change }
  }

  /** Keeps what became of it; false where the id is of no first one. */
  settle(id: number, outcome: Outcome): boolean {
    const entry = this.#find(id)
    if (entry === null) return false
    const upper = this.#word(entry, 4) & ~outcomeMask
    const page = this.#pages[entry >>> pageBits] as Uint32Array
    page[(entry % entriesPerPage) * wordsPerEntry + 4] =
      upper | (changes.indexOf(outcome.change ?? null) << 16) | packOutcome(outcome)
    this.#unsettled?.delete(id)
    return true
  }

  #append(words: readonly number[], id: number): void {
    if (this.#unsettled !== null) this.#unsettled.set(id, this.#size)
    else if (this.#size > 0 && id <= this.#idOf(this.#size - 1)) throw new RangeError(`id ${id} is not above the last`)
    this.#last = this.#size
    const at = this.#size % entriesPerPage
    if (at === 0) this.#pages.push(new Uint32Array(entriesPerPage * wordsPerEntry))
    this.#pages.at(-1)?.set(words, at * wordsPerEntry)
    this.#size++
  }

  #grow(table: Table): void {
    const slots = new Uint32Array(table.slots.length * 2)
    const mask = slots.length - 1
    for (const number of table.slots) {
      if (number === 0) continue
      let slot = this.#word(number - 1, 1) & mask
      while (slots[slot]) slot = (slot + 1) & mask
      slots[slot] = number
    }
    table.slots = slots
  }

  /** The entry of an id: they are in its order, or looked up. */
  #find(id: number): number | null {
    if (this.#size > 0 && this.#idOf(this.#last) === id) return this.#last
    if (this.#unsettled !== null) return this.#unsettled.get(id) ?? null
    let low = 0
    let high = this.#size
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#idOf(middle) < id) low = middle + 1
      else high = middle
    }
    return low < this.#size && this.#idOf(low) === id ? low : null
  }

  #idOf(entry: number): number {
    return this.#word(entry, 3) + (this.#word(entry, 4) >>> outcomeBits) * 2 ** 32
  }

  #word(entry: number, word: number): number {
    const page = this.#pages[entry >>> pageBits] as Uint32Array
    return page[(entry % entriesPerPage) * wordsPerEntry + word] as number
  }
}

function wordAt(digest: string, at: number): number {
  const upper = (digest.charCodeAt(at) << 8) | digest.charCodeAt(at + 1)
  return ((upper << 16) | (digest.charCodeAt(at + 2) << 8) | digest.charCodeAt(at + 3)) >>> 0
}
