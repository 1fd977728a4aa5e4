// What the beginnings of lists tell: whether they can be read as they are to be, and what their entries have in common.

import { InputError, UsageError } from '../core/errors.js'
import type { TaskTemplate } from '../core/task.js'
import type { ListFormat, Splitter } from './format.js'

/** The beginning of one list. The first bytes come first. */
export interface Beginning {
  /** Whether that was enough of it. Throws InputError where the list cannot be read by it. */
  isOver(bytes: Buffer, offset: number): boolean
  end(): void
}

const noMore: Beginning = { isOver: () => true, end() {} }

export class ListBeginnings {
  readonly #template: TaskTemplate
  readonly #count: number
  /** By the place of the list among the lists. */
  readonly #names = new Map<number, readonly string[]>()

  /** `count` is how many lists there are. */
  constructor(template: TaskTemplate, count: number) {
    this.#template = template
    this.#count = count
  }

  /** The members that the `meta` of every record has; null where they are not known of all lists. */
  get metaNames(): readonly string[] | null {
    return this.#names.size < this.#count ? null : [...new Set([...this.#names.values()].flat())]
  }

  /** Throws InputError, or UsageError, where a list of this format cannot be read as it is to be. `name` is the list's, as shown. */
  of(index: number, format: ListFormat, name: string): Beginning {
    const { row } = this.#template
    if (format.hasRows === true) {
      if (row !== undefined && row.fault !== null) throw new UsageError(row.fault)
    } else {
      if (row !== undefined && row.url !== null) {
        const advice = '--input-format csv, or jsonl, reads it as rows'
        throw new InputError(`--url makes URLs of rows, but ${name} is a list of URLs (${advice})`)
      }
      this.#names.set(index, [])
    }
    const splitter = format.metaNames?.(this.#template, name)
    if (splitter === undefined || this.#names.has(index)) return noMore
    return this.#reading(index, splitter)
  }

  #reading(index: number, splitter: Splitter<readonly string[]>): Beginning {
    const take = (found: Iterable<readonly string[]>): boolean => {
      for (const names of found) this.#names.set(index, names)
      return this.#names.has(index)
    }
    return {
      isOver: (bytes, offset) => this.#names.has(index) || take(splitter.push(bytes, offset)),
      end: () => void (this.#names.has(index) || take(splitter.end())),
    }
  }
}
