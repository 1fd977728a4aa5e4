// Things in the order in which they were added, each of which may leave at any time.

/** What a member of the list carries. A member is in one list, or in none. */
export interface AgeLinks<T> {
  older: T | null
  younger: T | null
}

/** A linked list: a Set in insertion order would be rehashed again and again by members that leave and come back. */
export class AgeList<T extends AgeLinks<T>> {
  #oldest: T | null = null
  #youngest: T | null = null
  #size = 0

  get size(): number {
    return this.#size
  }

  get oldest(): T | null {
    return this.#oldest
  }

  has(member: T): boolean {
    return member === this.#oldest || member.older !== null
  }

  add(member: T): void {
    member.older = this.#youngest
    if (this.#youngest === null) this.#oldest = member
    else this.#youngest.younger = member
    this.#youngest = member
    this.#size += 1
  }

  /** Takes a member out; false where it is none. */
  remove(member: T): boolean {
    if (!this.has(member)) return false
    const { older, younger } = member
    if (older === null) this.#oldest = younger
    else older.younger = younger
    if (younger === null) this.#youngest = older
    else younger.older = older
    member.older = null
    member.younger = null
    this.#size -= 1
    return true
  }
}
