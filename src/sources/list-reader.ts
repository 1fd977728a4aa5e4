// Reads lines of a list again, for the tasks that stand in them.

import { fstatSync, read as readCallback } from 'node:fs'
import { promisify } from 'node:util'
import type { FetchTask, ParkedRun, SourceItem } from '../types.js'
import type { ParseContext, ListFormat } from './format.js'
import { changedError, ListFiles, type ReadList } from './list-files.js'
import { unreadable } from './open.js'
import { windowFor } from './read-window.js'
import { isBlank } from './text.js'

/** What was found when the list was first read. */
export interface FirstReading extends ReadList {
  readonly format: Pick<ListFormat, 'parse'>
}

export type RereadContext = Omit<ParseContext, 'takeId' | 'isSkipped'>

const readAt = promisify(readCallback)

export class ListReader {
  readonly #firstReading: (list: number) => FirstReading | undefined
  readonly #context: RereadContext
  readonly #files: ListFiles

  /** `firstReading` gives a list by its place among the lists; undefined where it cannot be read again. */
  constructor(firstReading: (list: number) => FirstReading | undefined, context: RereadContext) {
    this.#firstReading = firstReading
    this.#context = context
    this.#files = new ListFiles(firstReading)
  }

  /** Makes sure that the list can be read again, as far as that can be told. */
  hold(list: number): boolean {
    return this.#files.hold(list)
  }

  /** The first tasks of the run, `most` at most. Rejects with InputError where the list is not what it was. */
  async read(run: ParkedRun, most: number): Promise<FetchTask[]> {
    const first = this.#firstReading(run.list)
    if (first === undefined) throw new Error(`list ${run.list} cannot be read again`)
    const tasks = await this.#files.use(run.list, (fd) =>
      this.#readTasks({ run, first, fd }, Math.min(most, run.count)),
    )
    // All of the entries are in all of the bytes.
    const isWhole = tasks.length === run.count
    if (tasks.length === 0 || isWhole !== (tasks.at(-1)?.end === run.end)) throw changedError(first.name)
    return tasks
  }

  /** Only when nothing is read any more. */
  close(): void {
    this.#files.close()
  }

  async #readTasks({ run, first, fd }: Rereading, wanted: number): Promise<FetchTask[]> {
    let id = run.firstId
    const parser = first.format.parse({ ...this.#context, takeId: () => id++, isSkipped: none }, run.list, first.name)
    const tasks: FetchTask[] = []
    const take = (items: Iterable<SourceItem>): void => {
      for (const item of items) {
        if (item.kind !== 'task') throw changedError(first.name)
        tasks.push(item)
        if (tasks.length === wanted) return
      }
    }
    // A byte more on either side tells whether lines still begin and end there.
    const end = run.end + 1
    const windowBytes = windowFor(run, wanted)
    let position = Math.max(0, run.start - 1)
    let isOver = false
    while (tasks.length === 0 && !isOver) {
      const length = Math.min(windowBytes, end - position)
      const bytes = await this.#readWindow({ run, first, fd }, position, length)
      const skipped = Math.max(0, run.start - position)
      take(parser.push(bytes.subarray(skipped), position + skipped))
      position += bytes.length
      // The list may end without a line end.
      isOver = position === end || (position === run.end && bytes.length < length)
      if (isOver && tasks.length < wanted) take(parser.end())
    }
    return tasks
  }

  async #readWindow({ run, first, fd }: Rereading, position: number, length: number): Promise<Buffer> {
    let bytes: Buffer
    try {
      if (fstatSync(fd).size < first.file.size) throw changedError(first.name)
      const { buffer, bytesRead } = await readAt(fd, Buffer.allocUnsafe(length), 0, length, position)
      bytes = buffer.subarray(0, bytesRead)
    } catch (error) {
      throw unreadable(`${first.name} again`, error)
    }
    const isCutOff = bytes.length === 0 && position < run.end
    if (isCutOff || isTorn(run, bytes, position)) throw changedError(first.name)
    return bytes
  }
}

/** A run has only what was put. */
const none = () => false

interface Rereading {
  readonly run: ParkedRun
  readonly first: FirstReading
  readonly fd: number
}

/**
 * Whether the run begins in the middle of a line now: a host that nobody named could be made of the rest. What goes before its first
 * line may be a BOM; a run that goes on begins where its last line ended.
 */
function isTorn({ start }: ParkedRun, bytes: Buffer, position: number): boolean {
  return start > 3 && position === start - 1 && !isBlank(bytes[0]) && !isBlank(bytes[1])
}
