// Lists read one after the other: ids go on from list to list, and the total is known when somebody has counted.

import type { Readable } from 'node:stream'
import type { TaskTemplate } from '../core/task.js'
import type { Source, SourceItem } from '../types.js'
import { type ChosenList, chooseFormat, type FormatChoice } from './choose.js'
import { withoutBom } from './encoding.js'
import type { ParseContext } from './format.js'
import { type List, readBytes } from './open.js'

export interface ListSourceOptions {
  readonly template: TaskTemplate
  readonly stdin: Readable
  readonly wallNow: () => number
  readonly countTotal: boolean
}

export class ListSource implements Source {
  /** How many URLs the lists hold; undefined while nobody knows. */
  total: number | undefined = undefined
  readonly #lists: readonly List[]
  readonly #choice: FormatChoice
  readonly #options: ListSourceOptions
  readonly #signal: AbortSignal | undefined

  constructor(
    lists: readonly List[],
    choice: FormatChoice,
    options: ListSourceOptions,
    signal: AbortSignal | undefined,
  ) {
    this.#lists = lists
    this.#choice = choice
    this.#options = options
    this.#signal = signal
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Iterable<SourceItem>, void, undefined> {
    const { template, wallNow } = this.#options
    let lastId = 0
    const context: ParseContext = { template, wallNow, takeId: () => ++lastId }
    const ended = new AbortController()
    const { signal } = ended
    const end = (): void => ended.abort()
    this.#signal?.addEventListener('abort', end)
    if (this.#signal?.aborted === true) end()
    try {
      if (this.#options.countTotal) void this.#countAhead(signal)
      for (const list of this.#lists) {
        const { format, chunks } = await this.#open(list, signal)
        const parser = format.parse(context)
        for await (const chunk of chunks) {
          yield parser.push(chunk)
          if (signal.aborted) return
        }
        // An end that came too early leaves a piece that is no line.
        if (signal.aborted) return
        yield parser.end()
      }
      this.total = lastId
    } finally {
      this.#signal?.removeEventListener('abort', end)
      end()
    }
  }

  /** The same bytes through the same splitter, so that it comes to the same number. */
  async #countAhead(signal: AbortSignal): Promise<void> {
    if (!this.#lists.every((list) => list.isRegularFile)) return
    let count = 0
    try {
      for (const list of this.#lists) {
        const { format, chunks } = await this.#open(list, signal)
        const splitter = format.entries()
        for await (const chunk of chunks) for (const _ of splitter.push(chunk)) count++
        for (const _ of splitter.end()) count++
      }
    } catch {
      // Whoever reads the list for its URLs meets the same error and reports it.
      return
    }
    if (!signal.aborted) this.total ??= count
  }

  #open(list: List, signal: AbortSignal): Promise<ChosenList> {
    const bytes = readBytes(list, () => this.#options.stdin, signal)
    return chooseFormat(this.#choice, list.path, withoutBom(bytes, list.name))
  }
}
