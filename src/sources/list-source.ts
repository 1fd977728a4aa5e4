// Lists read one after the other: ids go on from list to list, and the total is known when somebody has counted.

import type { Readable } from 'node:stream'
import type { LineIdentity } from '../core/finished.js'
import type { TaskTemplate } from '../core/task.js'
import type { Source, SourceItem, TaskStore } from '../types.js'
import { type ChosenList, chooseFormat, type FormatChoice, knownFormat } from './choose.js'
import { withoutBom } from './encoding.js'
import type { ParseContext } from './format.js'
import { ListBeginnings } from './list-beginnings.js'
import type { FileIdentity } from './list-files.js'
import type { FirstReading } from './list-reader.js'
import { type List, type ReadOptions, readBytes } from './open.js'
import { Spool } from './spool.js'
import { SourceTaskStore } from './task-store.js'

export interface ListSourceOptions {
  readonly template: TaskTemplate
  readonly stdin: Readable | (() => Readable)
  readonly wallNow: () => number
  readonly countTotal: boolean
  readonly isSkipped?: (id: number) => boolean
  readonly maxSpillBytes?: number
}

const defaultMaxSpillBytes = 2 ** 30

export class ListSource implements Source {
  /** Keeps the tasks of these lists. */
  readonly store: TaskStore
  /** How many URLs the lists hold; undefined while nobody knows. */
  total: number | undefined = undefined
  readonly #lists: readonly List[]
  readonly #choice: FormatChoice
  readonly #options: ListSourceOptions
  readonly #signal: AbortSignal | undefined
  /** By the place of the list among the lists. */
  readonly #firstReadings = new Map<number, FirstReading>()
  readonly #beginnings: ListBeginnings
  readonly #spools = new Map<List, Spool>()
  /** Ends what is being read, at the latest with the iteration. */
  readonly #ended = new AbortController()

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
    const { template, wallNow, maxSpillBytes = defaultMaxSpillBytes } = options
    this.#beginnings = new ListBeginnings(template, lists.length)
    this.store = new SourceTaskStore((list) => this.#firstReadings.get(list), { template, wallNow, maxSpillBytes })
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Iterable<SourceItem>, void, undefined> {
    const { template, wallNow, isSkipped = () => false } = this.#options
    let lastId = 0
    const context: ParseContext = { template, wallNow, takeId: () => ++lastId, isSkipped }
    const { signal } = this.#ended
    const end = (): void => this.#ended.abort()
    this.#signal?.addEventListener('abort', end)
    if (this.#signal?.aborted === true) end()
    try {
      if (this.#options.countTotal) void this.#countAhead(signal)
      for (const [index, list] of this.#lists.entries()) {
        yield* this.#read(list, index, context, signal)
        if (signal.aborted) return
      }
      this.total = lastId
    } finally {
      this.#signal?.removeEventListener('abort', end)
      end()
    }
  }

  metaNames(): readonly string[] | null {
    return this.#beginnings.metaNames
  }

  /** Looks at the beginning of the lists that can be read again. Rejects with InputError where one cannot be read by it. */
  async check(): Promise<void> {
    const checked = new AbortController()
    try {
      for (const [index, list] of this.#lists.entries()) {
        const known = knownFormat(this.#choice, list.path)
        if (known !== undefined && 'parse' in known && known.metaNames === undefined)
          this.#beginnings.of(index, known, list.name)
        else if (list.isRegularFile) await this.#check(list, index, checked.signal)
      }
    } finally {
      checked.abort()
    }
  }

  async #check(list: List, index: number, checked: AbortSignal): Promise<void> {
    const { format, pieces } = await this.#open(list, checked)
    const beginning = this.#beginnings.of(index, format, list.name)
    for await (const { bytes, offset } of pieces) if (beginning.isOver(bytes, offset)) return
    beginning.end()
  }

  async preview(visit: (id: number, line: LineIdentity) => boolean): Promise<void> {
    const previewed = new AbortController()
    let id = 0
    try {
      for (const list of this.#lists) {
        const { format, pieces } = await this.#preview(list, previewed.signal)
        const splitter = format.identities(this.#options.template, list.name)
        for await (const { bytes, offset } of pieces) {
          for (const line of splitter.push(bytes, offset)) if (!visit(++id, line)) return
        }
        for (const line of splitter.end()) if (!visit(++id, line)) return
      }
    } finally {
      previewed.abort()
    }
  }

  #preview(list: List, previewed: AbortSignal): Promise<ChosenList> {
    if (list.isRegularFile) return this.#open(list, previewed)
    const { signal } = this.#ended
    const spool = new Spool(this.#bytesOf(list, signal))
    this.#spools.set(list, spool)
    return chooseFormat(this.#choice, list.path, withoutBom(spool.read(), list.name))
  }

  async *#read(
    list: List,
    index: number,
    context: ParseContext,
    signal: AbortSignal,
  ): AsyncGenerator<Iterable<SourceItem>, void, undefined> {
    const opened: { file?: FileIdentity } = {}
    const { format, pieces } = await this.#open(list, signal, ({ dev, ino, size }) => {
      opened.file = { dev, ino, size }
    })
    const parser = format.parse(context, list.isRegularFile ? index : -1, list.name)
    const beginning = this.#beginnings.of(index, format, list.name)
    for await (const { bytes, offset } of pieces) {
      // Only now: the list was opened when its first bytes were asked for.
      if (list.isRegularFile) {
        this.#remember(index, list, opened.file, parser.again === undefined ? format : { parse: parser.again })
      }
      beginning.isOver(bytes, offset)
      yield parser.push(bytes, offset)
      if (signal.aborted) return
    }
    // An end that came too early leaves a piece that is no line.
    if (signal.aborted) return
    beginning.end()
    yield parser.end()
  }

  #remember(index: number, { path, name }: List, file: FileIdentity | undefined, format: FirstReading['format']): void {
    if (path === undefined || file === undefined || this.#firstReadings.has(index)) return
    this.#firstReadings.set(index, { path, name, file, format })
  }

  /** The same bytes through the same splitter, so that it comes to the same number. */
  async #countAhead(signal: AbortSignal): Promise<void> {
    if (!this.#lists.every((list) => list.isRegularFile)) return
    let count = 0
    try {
      for (const list of this.#lists) {
        const { format, pieces } = await this.#open(list, signal)
        const splitter = format.entries(this.#options.template, list.name)
        for await (const { bytes, offset } of pieces) for (const _ of splitter.push(bytes, offset)) count++
        for (const _ of splitter.end()) count++
      }
    } catch {
      // Whoever reads the list for its URLs meets the same error and reports it.
      return
    }
    if (!signal.aborted) this.total ??= count
  }

  #open(list: List, signal: AbortSignal, onOpen?: ReadOptions['onOpen']): Promise<ChosenList> {
    const bytes = this.#spools.get(list)?.readAgain() ?? this.#bytesOf(list, signal, onOpen)
    return chooseFormat(this.#choice, list.path, withoutBom(bytes, list.name))
  }

  #bytesOf(list: List, signal: AbortSignal, onOpen?: ReadOptions['onOpen']): AsyncGenerator<Buffer, void, undefined> {
    const openStdin = (): Readable => {
      const { stdin } = this.#options
      return typeof stdin === 'function' ? stdin() : stdin
    }
    return readBytes(list, { openStdin, ...(onOpen && { onOpen }) }, signal)
  }
}
