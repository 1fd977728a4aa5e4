// Keeps tasks outside memory: in the list where it can be read again, else in a temporary file.

import type { FetchTask, ParkedRun, TaskStore } from '../types.js'
import { type FirstReading, ListReader, type RereadContext } from './list-reader.js'
import { Spill } from './spill.js'
import type { TempFileOptions } from './temp-file.js'

export interface TaskStoreOptions extends RereadContext, TempFileOptions {
  /** The temporary file grows no larger. */
  readonly maxSpillBytes: number
}

type Place = ReturnType<TaskStore['put']>
type Tasks = Awaited<ReturnType<TaskStore['read']>>

/** Nothing is open before the first task is put. */
export class SourceTaskStore implements TaskStore {
  readonly #lists: ListReader
  readonly #spill: Spill
  readonly #reads = new Set<Promise<Tasks>>()
  #isClosed = false

  /** `firstReading` gives a list by its place among the lists; undefined where it cannot be read again. */
  constructor(
    firstReading: (list: number) => FirstReading | undefined,
    { template, wallNow, maxSpillBytes, ...tempFile }: TaskStoreOptions,
  ) {
    this.#lists = new ListReader(firstReading, { template, wallNow })
    this.#spill = new Spill({ ...tempFile, template, maxBytes: maxSpillBytes })
  }

  put(task: FetchTask): Place {
    if (this.#isClosed) return null
    const { list, start, end } = task
    return list >= 0 && this.#lists.hold(list) ? { list, start, end } : this.#spill.put(task)
  }

  async read(run: ParkedRun, most: number): Promise<Tasks> {
    if (this.#isClosed) throw new Error('the task store is closed')
    const reading = this.#read(run, most)
    this.#reads.add(reading)
    try {
      return await reading
    } finally {
      this.#reads.delete(reading)
    }
  }

  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    // A descriptor that is closed under a read may be another file's when the read begins.
    await Promise.allSettled(this.#reads)
    this.#lists.close()
    this.#spill.close()
  }

  async #read(run: ParkedRun, most: number): Promise<Tasks> {
    if (run.list < 0) return this.#spill.read(run, most)
    const tasks = await this.#lists.read(run, most)
    return { tasks, end: tasks.at(-1)?.end ?? run.end }
  }
}
