// A first-in first-out queue in an array: constant time at both ends, no node per item.

export class Deque<T> {
  #items: (T | undefined)[] = []
  #head = 0

  get length(): number {
    return this.#items.length - this.#head
  }

  push(item: T): void {
    this.#items.push(item)
  }

  shift(): T | undefined {
    if (this.#head === this.#items.length) return undefined
    const item = this.#items[this.#head]
    this.#items[this.#head++] = undefined
    if (this.#head === this.#items.length) {
      this.#items.length = this.#head = 0
    } else if (this.#head >= 512 && this.#head * 2 >= this.#items.length) {
      this.#items.splice(0, this.#head)
      this.#head = 0
    }
    return item
  }

  /** Takes the last `count` items, in their order. */
  takeLast(count: number): T[] {
    const from = Math.max(this.#head, this.#items.length - count)
    const taken: T[] = []
    for (const item of this.#items.splice(from)) if (item !== undefined) taken.push(item)
    if (this.#head === this.#items.length) this.#items.length = this.#head = 0
    return taken
  }

  *[Symbol.iterator](): Iterator<T> {
    for (let index = this.#head; index < this.#items.length; index++) yield this.#items[index] as T
  }
}
