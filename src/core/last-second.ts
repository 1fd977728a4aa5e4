// What happened within the last second, in order: it comes in at one end and leaves at the other.

const spanMs = 1000

/** A ring: constant time for each, and 12 bytes for each of the most that there ever were in a second. */
export class LastSecond {
  readonly #onLeave: (row: number) => void
  #times = new Float64Array(16)
  #rows = new Uint32Array(16)
  /** Both only grow; modulo the ring's length they are places in it. */
  #head = 0
  #tail = 0

  /** Is told of each that is a second old, or older, once a later time is known. */
  constructor(onLeave: (row: number) => void) {
    this.#onLeave = onLeave
  }

  /** Of a row, at a time in ms that is not before the last. What is a second older leaves first. */
  push(row: number, now: number): void {
    this.expire(now)
    if (this.#tail - this.#head === this.#times.length) this.#grow()
    const place = this.#tail++ % this.#times.length
    this.#times[place] = now
    this.#rows[place] = row
  }

  expire(now: number): void {
    const { length } = this.#times
    while (this.#head < this.#tail && (this.#times[this.#head % length] as number) <= now - spanMs) {
      this.#onLeave(this.#rows[this.#head % length] as number)
      this.#head++
    }
  }

  #grow(): void {
    const { length } = this.#times
    const times = new Float64Array(length * 2)
    const rows = new Uint32Array(length * 2)
    for (let place = this.#head; place < this.#tail; place++) {
      times[place % times.length] = this.#times[place % length] as number
      rows[place % rows.length] = this.#rows[place % length] as number
    }
    this.#times = times
    this.#rows = rows
  }
}
