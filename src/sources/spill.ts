// Tasks that stand in no file, or in none that can be read again, are kept in a temporary one.

import { InputError, systemCode } from '../core/errors.js'
import { freeze, thaw } from '../core/frozen-task.js'
import type { TaskTemplate } from '../core/task.js'
import type { FetchTask, ParkedRun } from '../types.js'
import { windowFor } from './read-window.js'
import { TempFile, type TempFileOptions } from './temp-file.js'

export interface SpillOptions extends TempFileOptions {
  readonly template: TaskTemplate
  /** The file grows no larger. */
  readonly maxBytes: number
}

type Place = Pick<ParkedRun, 'list' | 'start' | 'end'>

const LF = 0x0a

/**
 * One line per task. The file starts over when all that was put has been read. There is none before the first task comes, and
 * where the system has no room for it nothing more is put: what was put before can still be read.
 */
export class Spill {
  readonly #options: SpillOptions
  #file: TempFile | null = null
  #isRefused = false
  /** Tasks that were put and not read yet. */
  #count = 0

  constructor(options: SpillOptions) {
    this.#options = options
  }

  /** Null where there is no room for it. */
  put(task: FetchTask): Place | null {
    if (this.#isRefused) return null
    const bytes = Buffer.from(`${freeze(task, this.#options.template)}\n`)
    try {
      const start = this.#file?.length ?? 0
      const end = start + bytes.length
      if (end > this.#options.maxBytes) return null
      this.#file ??= new TempFile(this.#options)
      this.#file.append(bytes)
      this.#count++
      return { list: -1, start, end }
    } catch (error) {
      const code = systemCode(error)
      if (code === undefined) throw error
      // Descriptors come back when connections are closed.
      this.#isRefused = code !== 'EMFILE' && code !== 'ENFILE'
      return null
    }
  }

  /** The first tasks of the run, `most` at most, and where the last of them ends. */
  async read(run: ParkedRun, most: number): Promise<{ tasks: FetchTask[]; end: number }> {
    const file = this.#file
    if (file === null) throw new Error('nothing was put')
    const wanted = Math.min(most, run.count)
    const { bytes, lineEnds } = await readLines(file, run, wanted)
    const tasks = lineEnds.map((end, index) => {
      const start = index === 0 ? 0 : (lineEnds[index - 1] ?? 0)
      return thaw(bytes.toString('utf8', start, end), this.#options.template)
    })
    this.#count -= tasks.length
    if (this.#count === 0) file.clear()
    return { tasks, end: run.start + (lineEnds.at(-1) ?? 0) }
  }

  /** Only when nothing is read any more. */
  close(): void {
    this.#isRefused = true
    this.#file?.close()
    this.#file = null
  }
}

interface Lines {
  readonly bytes: Buffer
  /** Behind the line ends, in `bytes`. */
  readonly lineEnds: readonly number[]
}

async function readLines(file: TempFile, run: ParkedRun, wanted: number): Promise<Lines> {
  for (let windowBytes = windowFor(run, wanted); ; windowBytes *= 2) {
    const bytes = await readRun(file, run, windowBytes)
    const lineEnds: number[] = []
    for (let at = bytes.indexOf(LF); at !== -1 && lineEnds.length < wanted; at = bytes.indexOf(LF, at + 1)) {
      lineEnds.push(at + 1)
    }
    if (lineEnds.length > 0) return { bytes, lineEnds }
    if (windowBytes >= run.end - run.start) throw new Error('no task where one was put')
  }
}

async function readRun(file: TempFile, { start, end }: ParkedRun, most: number): Promise<Buffer> {
  try {
    return await file.read(start, Math.min(most, end - start))
  } catch (error) {
    const code = systemCode(error)
    throw code === undefined ? error : new InputError(`cannot read the temporary file: ${code}`, { cause: error })
  }
}
