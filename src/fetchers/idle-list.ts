// The idle connections of all origins in the order in which they came to rest.

/** What a member of the list carries. A member is in one list, or in none. */
export interface IdleLinks<T> {
  longerIdle: T | null
  shorterIdle: T | null
}

/** A linked list: a Set in insertion order would be rehashed again and again by members that leave and come back. */
export class IdleList<T extends IdleLinks<T>> {
  #longest: T | null = null
  #shortest: T | null = null
  #size = 0

  get size(): number {
    return this.#size
  }

  get longest(): T | null {
    return this.#longest
  }

  has(member: T): boolean {
    return member === this.#longest || member.longerIdle !== null
  }

  add(member: T): void {
    member.longerIdle = this.#shortest
    if (this.#shortest === null) this.#longest = member
    else this.#shortest.shorterIdle = member
    this.#shortest = member
    this.#size += 1
  }

  /** Takes a member out; false where it is none. */
  remove(member: T): boolean {
    if (!this.has(member)) return false
    const { longerIdle, shorterIdle } = member
    if (longerIdle === null) this.#longest = shorterIdle
    else longerIdle.shorterIdle = shorterIdle
    if (shorterIdle === null) this.#shortest = longerIdle
    else shorterIdle.longerIdle = longerIdle
    member.longerIdle = null
    member.shorterIdle = null
    this.#size -= 1
    return true
  }
}
