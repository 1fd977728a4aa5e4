// A binary min-heap whose items know their place, so that one can be moved or removed in O(log n).

/** An item is in one heap at most; `heapIndex` is the heap's to write, -1 outside. */
export interface HeapItem {
  heapIndex: number
}

export class Heap<T extends HeapItem> {
  readonly #key: (item: T) => number
  readonly #items: T[] = []

  /** The item with the least key comes out first. */
  constructor(key: (item: T) => number) {
    this.#key = key
  }

  get length(): number {
    return this.#items.length
  }

  peek(): T | undefined {
    return this.#items[0]
  }

  /** Adds an item, or moves one whose key changed. */
  put(item: T): void {
    if (item.heapIndex < 0) {
      item.heapIndex = this.#items.length
      this.#items.push(item)
    }
    this.#sink(this.#rise(item.heapIndex))
  }

  pop(): T | undefined {
    const top = this.#items[0]
    if (top) this.remove(top)
    return top
  }

  remove(item: T): void {
    const index = item.heapIndex
    if (index < 0) return
    item.heapIndex = -1
    const last = this.#items.pop()
    if (last === undefined || last === item) return
    this.#place(last, index)
    this.#sink(this.#rise(index))
  }

  [Symbol.iterator](): Iterator<T> {
    return this.#items[Symbol.iterator]()
  }

  #rise(start: number): number {
    let index = start
    const item = this.#items[index] as T
    const key = this.#key(item)
    while (index > 0) {
      const parent = (index - 1) >> 1
      const above = this.#items[parent] as T
      if (this.#key(above) <= key) break
      this.#place(above, index)
      index = parent
    }
    this.#place(item, index)
    return index
  }

  #sink(start: number): void {
    let index = start
    const item = this.#items[index] as T
    const key = this.#key(item)
    for (;;) {
      let child = 2 * index + 1
      if (child >= this.#items.length) break
      if (child + 1 < this.#items.length && this.#keyAt(child + 1) < this.#keyAt(child)) child++
      if (this.#keyAt(child) >= key) break
      this.#place(this.#items[child] as T, index)
      index = child
    }
    this.#place(item, index)
  }

  #keyAt(index: number): number {
    return this.#key(this.#items[index] as T)
  }

  #place(item: T, index: number): void {
    this.#items[index] = item
    item.heapIndex = index
  }
}
