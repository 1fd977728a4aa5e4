// What an earlier run left as finished: of each URL by its id a check of its text and what became of it, in 6 bytes.

import { type Outcome, packOutcome, unpackOutcome } from './outcome.js'

/** Of 16 bits per id: two of the check, one of the outcome. */
const wordsPerId = 3
const idsPerPage = 4096

/**
 * By id, from 1. Memory goes by pages of neighbouring ids, at 24 KiB: 10 million ids that are there without large gaps take 60 MB. Two
 * texts of URLs have the same check by a chance of 1 in 2^32.
 */
export class Finished {
  readonly #pages = new Map<number, Uint16Array>()
  #size = 0
  #lastId = 0

  /** Ids that are known. */
  get size(): number {
    return this.#size
  }

  /** The highest id that is known; 0 where there is none. */
  get lastId(): number {
    return this.#lastId
  }

  /** Keeps the last that was said of an id. False where it was another URL's before: nothing is kept then. */
  set(id: number, check: number, outcome: Outcome): boolean {
    const page = this.#pages.get(Math.floor(id / idsPerPage)) ?? this.#addPage(id)
    const at = (id % idsPerPage) * wordsPerId
    if (page[at + 2] === 0) this.#size++
    else if (checkAt(page, at) !== check) return false
    if (id > this.#lastId) this.#lastId = id
    page[at] = check >>> 16
    page[at + 1] = check & 0xffff
    page[at + 2] = packOutcome(outcome)
    return true
  }

  has(id: number): boolean {
    const word = this.#pages.get(Math.floor(id / idsPerPage))?.[(id % idsPerPage) * wordsPerId + 2]
    return word !== undefined && word !== 0
  }

  /** What became of the URL; null where the id is not known. */
  outcome(id: number): Outcome | null {
    const page = this.#pages.get(Math.floor(id / idsPerPage))
    return page === undefined ? null : unpackOutcome(page[(id % idsPerPage) * wordsPerId + 2] ?? 0)
  }

  /** Whether a URL has this check; true where the id is not known. */
  agrees(id: number, check: number): boolean {
    const page = this.#pages.get(Math.floor(id / idsPerPage))
    const at = (id % idsPerPage) * wordsPerId
    return page === undefined || page[at + 2] === 0 || checkAt(page, at) === check
  }

  /** Every outcome, in no order. */
  *outcomes(): Generator<Outcome, void, undefined> {
    for (const page of this.#pages.values()) {
      for (let at = 2; at < page.length; at += wordsPerId) {
        const outcome = unpackOutcome(page[at] ?? 0)
        if (outcome !== null) yield outcome
      }
    }
  }

  #addPage(id: number): Uint16Array {
    const page = new Uint16Array(idsPerPage * wordsPerId)
    this.#pages.set(Math.floor(id / idsPerPage), page)
    return page
  }
}

/** The check of a URL as its record shows it: FNV-1a over its UTF-16 code units, of 32 bits. It tells lists apart, not attackers. */
export function urlCheck(url: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < url.length; index++) hash = Math.imul(hash ^ url.charCodeAt(index), 0x01000193)
  return hash >>> 0
}

function checkAt(page: Uint16Array, at: number): number {
  return (((page[at] ?? 0) << 16) | (page[at + 1] ?? 0)) >>> 0
}
