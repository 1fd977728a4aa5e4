// Numbers about many things: a row for each, in pages of typed arrays, at 8 bytes a number.

const rowsPerPage = 256

/** Rows are taken and freed; columns are numbered from 0. */
export class Rows {
  readonly #columns: number
  readonly #pages: Float64Array[] = []
  readonly #free: number[] = []
  #used = 0

  constructor(columns: number) {
    this.#columns = columns
  }

  /** A row of zeros. */
  add(): number {
    const row = this.#free.pop() ?? this.#used++
    const page = Math.floor(row / rowsPerPage)
    if (page === this.#pages.length) this.#pages.push(new Float64Array(rowsPerPage * this.#columns))
    for (let column = 0; column < this.#columns; column++) this.set(row, column, 0)
    return row
  }

  /** The row may be given out again. */
  free(row: number): void {
    this.#free.push(row)
  }

  get(row: number, column: number): number {
    return this.#pageOf(row)[(row % rowsPerPage) * this.#columns + column] as number
  }

  set(row: number, column: number, value: number): void {
    this.#pageOf(row)[(row % rowsPerPage) * this.#columns + column] = value
  }

  /** Adds one, or as much as is said; the new value. */
  increase(row: number, column: number, by = 1): number {
    const value = this.get(row, column) + by
    this.set(row, column, value)
    return value
  }

  #pageOf(row: number): Float64Array {
    return this.#pages[(row / rowsPerPage) | 0] as Float64Array
  }
}
