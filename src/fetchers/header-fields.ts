// The fields of a head (or of trailers) as they came, read when they are asked for: of most only one or two are.

import type { OptIns } from '../types.js'

/** Header fields as they stand in a record. */
export type HeaderRecord = NonNullable<OptIns['headers']>

export class HeaderFields {
  readonly #raw: readonly Buffer[]

  /** @param raw names and values in turn; they are looked at only until the next bytes are read */
  constructor(raw: readonly Buffer[]) {
    this.#raw = raw
  }

  /**
   * The value, as latin1; several where the name came several times.
   *
   * @param name in lower case
   */
  get(name: string): string | string[] | undefined {
    const raw = this.#raw
    let found: string | string[] | undefined
    for (let at = 0; at + 1 < raw.length; at += 2) {
      if (isName(raw[at], name)) found = joined(found, textOf(raw[at + 1]))
    }
    return found
  }

  /** Likewise, always as a list. */
  all(name: string): readonly string[] {
    const found = this.get(name) ?? []
    return typeof found === 'string' ? [found] : found
  }

  /** All of them, in the order in which the names came first. */
  record(): HeaderRecord {
    const values = new Map<string, string | string[]>()
    for (let at = 0; at + 1 < this.#raw.length; at += 2) {
      const name = textOf(this.#raw[at]).toLowerCase()
      values.set(name, joined(values.get(name), textOf(this.#raw[at + 1])))
    }
    return Object.fromEntries(values)
  }
}

/** Compared where it stands: to make a string of each name would cost more than all else that is done with a head. */
function isName(bytes: Buffer | undefined, name: string): boolean {
  if (bytes?.length !== name.length) return false
  for (let index = 0; index < name.length; index++) {
    // The bit that makes a letter small: of what may stand in a name (RFC 9110 §5.6.2) it makes nothing else that is in ours.
    if (((bytes[index] ?? 0) | 0x20) !== name.charCodeAt(index)) return false
  }
  return true
}

function textOf(bytes: Buffer | undefined): string {
  return bytes?.toString('latin1') ?? ''
}

function joined(before: string | string[] | undefined, value: string): string | string[] {
  if (before === undefined) return value
  if (typeof before === 'string') return [before, value]
  before.push(value)
  return before
}
