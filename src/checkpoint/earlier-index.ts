// Where the records of an earlier output stand, by a hash of what was asked: 8 bytes a record, and a bit.

/** The hash has what the offset leaves of 64 bits. */
const offsetBits = 40
const hashShift = offsetBits - 32
const highMask = 2 ** hashShift - 1
export const largestFile = 2 ** offsetBits

const firstEntries = 1024
const isLittleEndian = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1
/** Of the two halves of an entry. */
const lowAt = isLittleEndian ? 0 : 1
const highAt = 1 - lowAt

/**
 * First all are added, in the order of the file, then it is sealed and can be searched. A hash of 24 bits does not tell 10 million
 * apart, but one of them from nearly all others: who looks something up reads it where it stands, and goes on where it is another's.
 */
export class EarlierIndex {
  readonly #fileBytes: number
  /** Two halves an entry, hash before offset: sorted, equal hashes stand in the order of the file. */
  #halves = new Uint32Array(2 * firstEntries)
  #touched = new Uint8Array(0)
  #size = 0

  /** @param fileBytes to judge by how many there will be; more may come */
  constructor(fileBytes: number) {
    this.#fileBytes = fileBytes
  }

  get size(): number {
    return this.#size
  }

  add(hash: number, offset: number): void {
    if (2 * this.#size === this.#halves.length) this.#grow(offset)
    const at = 2 * this.#size++
    this.#halves[at + lowAt] = offset % 2 ** 32
    this.#halves[at + highAt] = ((hash >>> hashShift) << hashShift) | Math.floor(offset / 2 ** 32)
  }

  seal(): void {
    new BigUint64Array(this.#halves.buffer, 0, this.#size).sort()
    this.#touched = new Uint8Array(Math.ceil(this.#size / 8))
  }

  /** The entries that may be meant, as a range: the last of the file is the last of it. */
  range(hash: number): readonly [first: number, end: number] {
    const wanted = hash >>> hashShift
    return [this.#firstFrom(wanted), this.#firstFrom(wanted + 1)]
  }

  offset(entry: number): number {
    const low = this.#halves[2 * entry + lowAt] ?? 0
    return ((this.#halves[2 * entry + highAt] ?? 0) & highMask) * 2 ** 32 + low
  }

  touch(entry: number): void {
    this.#touched[entry >>> 3] = (this.#touched[entry >>> 3] ?? 0) | (1 << (entry & 7))
  }

  isTouched(entry: number): boolean {
    return ((this.#touched[entry >>> 3] ?? 0) & (1 << (entry & 7))) !== 0
  }

  #firstFrom(wanted: number): number {
    let low = 0
    let high = this.#size
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#halves[2 * middle + highAt] ?? 0) >>> hashShift < wanted) low = middle + 1
      else high = middle
    }
    return low
  }

  #grow(offset: number): void {
    const expected = offset === 0 ? 0 : Math.ceil(((this.#size * this.#fileBytes) / offset) * 1.02)
    const larger = new Uint32Array(2 * Math.max(expected, Math.ceil(this.#size * 1.25)))
    larger.set(this.#halves)
    this.#halves = larger
  }
}
