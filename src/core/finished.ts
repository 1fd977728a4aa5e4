// What an earlier run left as finished: of each URL by its id a check of its text and what became of it, in 6 bytes.

import { type Outcome, packOutcome, unpackOutcome } from './outcome.js'

/** Of 16 bits per id: two of the check, one of the outcome. */
const wordsPerId = 3
const idsPerPage = 4096
/** The largest number of a byte, which stands for no method. */
const unknownMethod = 255

/** What tells a line of a list from others: the `url` of its record, and the `meta` as JSON in one line. */
export interface LineIdentity {
  readonly url: string
  /** Null where the line has none, or the record does not show it. */
  readonly meta: string | null
  /** What tells it from others where it has a body of its own and no `meta`. */
  readonly lineCheck?: string | null
  /** Its own method; null where it has none, or one that cannot be sent. */
  readonly method?: string | null
}

/**
 * By id, from 1. Memory goes by pages of neighbouring ids, at 24 KiB: 10 million ids that are there without large gaps take 60 MB, with
 * data of their own 100 MB. Two texts have the same check by a chance of 1 in 2^32.
 */
export class Finished {
  readonly #pages = new Map<number, Uint16Array>()
  /** Checks of `meta`; 0 where it is not known. Only for ids of which it was once. */
  readonly #metaPages = new Map<number, Uint32Array>()
  readonly #methods = new Methods()
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

  /** Keeps the last that was said of an id. False where it was another line's before: nothing is kept then. */
  set(id: number, check: number, outcome: Outcome, meta = 0): boolean {
    const page = this.#pages.get(Math.floor(id / idsPerPage)) ?? this.#addPage(id)
    const at = (id % idsPerPage) * wordsPerId
    if (page[at + 2] === 0) this.#size++
    else if (checkAt(page, at) !== check) return false
    else if (meta !== 0 && !this.#agreesOnMeta(id, meta) && !this.differsInBody(id, check, meta)) return false
    if (meta !== 0) this.#setMeta(id, meta)
    if (id > this.#lastId) this.#lastId = id
    page[at] = check >>> 16
    page[at + 1] = check & 0xffff
    page[at + 2] = packOutcome(outcome)
    return true
  }

  /** Keeps the last that was said of an id that is set; null where it is not known. */
  setMethod(id: number, method: string | null): void {
    this.#methods.set(id, method)
  }

  /** With which method the URL was asked; null where it is not known. */
  method(id: number): string | null {
    return this.#methods.get(id)
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

  /** Whether a line has these checks; true where the id is not known, and for a `meta` that is not. */
  agrees(id: number, check: number, meta = 0): boolean {
    const page = this.#pages.get(Math.floor(id / idsPerPage))
    const at = (id % idsPerPage) * wordsPerId
    if (page === undefined || page[at + 2] === 0) return true
    return checkAt(page, at) === check && this.#agreesOnMeta(id, meta)
  }

  /** Whether a line with these checks has another body, and nothing else is other: where the line had failed, it may have been mended. */
  differsInBody(id: number, check: number, meta: number): boolean {
    const page = this.#pages.get(Math.floor(id / idsPerPage))
    const known = this.#metaAt(id)
    const isOfUrl = page !== undefined && checkAt(page, (id % idsPerPage) * wordsPerId) === check
    return isOfUrl && known !== meta && isOfBody(known) && isOfBody(meta)
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

  #agreesOnMeta(id: number, meta: number): boolean {
    const known = this.#metaAt(id)
    return known === 0 || known === meta
  }

  #metaAt(id: number): number {
    return this.#metaPages.get(Math.floor(id / idsPerPage))?.[id % idsPerPage] ?? 0
  }

  #setMeta(id: number, meta: number): void {
    const number = Math.floor(id / idsPerPage)
    const page = this.#metaPages.get(number) ?? new Uint32Array(idsPerPage)
    this.#metaPages.set(number, page)
    page[id % idsPerPage] = meta
  }

  #addPage(id: number): Uint16Array {
    const page = new Uint16Array(idsPerPage * wordsPerId)
    this.#pages.set(Math.floor(id / idsPerPage), page)
    return page
  }
}

/** By id. Where all are alike, as in most files, they take nothing; else a byte each. */
class Methods {
  /** By number: the first that was said is 0. */
  readonly #known: (string | null)[] = []
  readonly #pages = new Map<number, Uint8Array>()

  set(id: number, method: string | null): void {
    if (this.#pages.size === 0 && method === this.#known[0]) return
    const number = this.#numberOf(method)
    const page = this.#pages.get(Math.floor(id / idsPerPage)) ?? (number === 0 ? undefined : this.#addPage(id))
    if (page !== undefined) page[id % idsPerPage] = number
  }

  get(id: number): string | null {
    return this.#known[this.#pages.get(Math.floor(id / idsPerPage))?.[id % idsPerPage] ?? 0] ?? null
  }

  /** Servers do not know so many: of more none is kept. */
  #numberOf(method: string | null): number {
    const number = this.#known.indexOf(method)
    if (number !== -1) return number
    return this.#known.length === unknownMethod ? unknownMethod : this.#known.push(method) - 1
  }

  #addPage(id: number): Uint8Array {
    const page = new Uint8Array(idsPerPage)
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

/** The check of a line's data, or else of its body, which is odd; 0 where it has none: of a field that was asked for, null says that, too. */
export function metaCheck(meta: string | null, lineCheck?: string | null): number {
  if (meta !== null && meta !== 'null') return (urlCheck(meta) & ~1) >>> 0 || 2
  return lineCheck == null ? 0 : (urlCheck(lineCheck) | 1) >>> 0
}

function isOfBody(meta: number): boolean {
  return meta % 2 === 1
}

function checkAt(page: Uint16Array, at: number): number {
  return (((page[at] ?? 0) << 16) | (page[at + 1] ?? 0)) >>> 0
}
