// In which line of an output the last record of each id stands, in 4 bytes an id.

/** Smaller ones would take as much again for themselves. */
const idsPerPage = 4096

/** Lines are numbered from 0, up to 2^32 - 2. */
export class LastLines {
  /** By neighbouring ids: numbers of lines, from 1. */
  readonly #pages = new Map<number, Uint32Array>()
  #size = 0

  /** Ids that are known. */
  get size(): number {
    return this.#size
  }

  set(id: number, line: number): void {
    let page = this.#pages.get(Math.floor(id / idsPerPage))
    if (page === undefined) {
      page = new Uint32Array(idsPerPage)
      this.#pages.set(Math.floor(id / idsPerPage), page)
    }
    if (page[id % idsPerPage] === 0) this.#size++
    page[id % idsPerPage] = line + 1
  }

  isLast(id: number, line: number): boolean {
    return this.#pages.get(Math.floor(id / idsPerPage))?.[id % idsPerPage] === line + 1
  }
}
