// --since and --state: the earlier run, what it lets requests say, what records are called by it, and what the next run will find.

import { randomBytes } from 'node:crypto'
import { closeSync, existsSync, fstatSync, openSync } from 'node:fs'
import { EarlierRecords } from '../checkpoint/earlier-records.js'
import { StateFile } from '../checkpoint/state-file.js'
import { carriedFrom, changeOf, conditionsOf } from '../core/change.js'
import { InputError, OutputError, SinkError, systemCode, UsageError } from '../core/errors.js'
import { systemReason } from '../core/system-reason.js'
import { formatCount } from '../core/units.js'
import type { Changes } from '../pipeline.js'
import { sinkError } from '../sinks/descriptor.js'
import { createSink } from '../sinks/index.js'
import { openOwnedOutput } from '../sinks/output.js'
import type { EarlierRecord, EndCause, FetchResult, FetchTask, HeaderList, Sink } from '../types.js'
import { comparedFields } from './compared.js'
import { refuseToWriteList } from './open-output.js'
import type { Options } from './options.js'
import type { Telling } from './telling.js'

type Compared = Pick<Options, 'since' | 'state' | 'save' | 'match' | 'expectJson'>

/**
 * @throws {UsageError} where the file is a list of the run, or another run has it
 * @throws {InputError} where it cannot be read, or has no records; one that is not there is that of a first run
 * @throws {SinkError} where the state cannot be written
 */
export async function openComparison(
  options: Compared,
  lists: readonly string[],
  telling: Pick<Telling, 'notify' | 'remark'>,
): Promise<Comparison> {
  const { since, state: statePath } = options
  if (statePath !== undefined) {
    refuseToWriteList('--state', statePath, lists)
    const state = await openState(statePath)
    if (state.isEmpty) telling.remark(`${statePath} has no earlier run: every URL is new`)
    return new Comparison(options, await readEarlier(state.fd, statePath, telling), state)
  }
  const path = since ?? ''
  const fd = openSince(path)
  if (fd === null) telling.remark(`${path} is not there: every URL is new`)
  return new Comparison(options, fd === null ? null : await readEarlier(fd, path, telling), null)
}

export class Comparison implements Changes {
  readonly #path: string
  readonly #isSaved: boolean
  /** Whether a URL is ok is for its body to say: that is always wanted. */
  readonly #isJudged: boolean
  readonly #earlier: EarlierRecords | null
  readonly #state: StateFile | null

  /** @param earlier null where there is no earlier run */
  constructor(
    { since, state: path = since ?? '', save, match, expectJson }: Compared,
    earlier: EarlierRecords | null,
    state: StateFile | null,
  ) {
    this.#path = path
    this.#isSaved = save !== undefined
    this.#isJudged = match.length > 0 || expectJson
    this.#earlier = earlier
    this.#state = state
  }

  /** Header fields for the hop that the task is about to make; null where there are none. */
  conditions(task: FetchTask): HeaderList | null {
    if (this.#isJudged) return null
    const { method, url, own } = task
    const earlier = this.#read((records) =>
      records.find({ method, url, meta: own?.meta ?? null, lineCheck: own?.lineCheck ?? null }),
    )
    if (earlier === null || (this.#isSaved && !isBodyThere(earlier))) return null
    return conditionsOf(earlier, task)
  }

  labelled(result: FetchResult, notModified: boolean): FetchResult {
    // The run's end cut it off: that says nothing of the URL.
    if (result.error_type === 'aborted') return result
    const { method, url, meta, line_check: lineCheck = null } = result
    const earlier = this.#read((records) => records.take({ method, url, meta: meta?.json ?? null, lineCheck }))
    const change = changeOf(earlier, result, notModified)
    if (earlier === null || !notModified) return { ...result, change }
    const file = this.#isSaved ? { file: earlier.file } : {}
    return { ...result, change, ...carriedFrom(earlier, result), ...file }
  }

  /** A sink that gives the records to the state as well. */
  async withState(sink: Sink): Promise<Sink> {
    if (this.#state === null) return sink
    const state = await this.#openStateSink(this.#state)
    return {
      async write(result) {
        await sink.write(result)
        if (result.error_type !== 'aborted') await undisturbed(() => state.write(result))
      },
      recorded: () => sink.recorded?.(),
      async close() {
        try {
          await sink.close()
        } finally {
          await undisturbed(() => state.close())
        }
      },
    }
  }

  /**
   * What the next run is compared with is this run, where those who wanted to know got its records: else they are told once more.
   *
   * @param cause why the run ended before its list did; null where it did not
   * @throws {SinkError} where the state could not be replaced: it is as it was
   */
  async settle(cause: EndCause | null, isWhole: boolean): Promise<void> {
    const state = this.#state
    if (state === null) return
    try {
      if (!isWhole || cause?.kind === 'error' || cause?.kind === 'reader-gone') state.discard()
      else await state.commit(cause === null ? null : this.#earlier)
    } catch (error) {
      throw systemCode(error) === undefined ? error : sinkError(`--state ${this.#path}`, error)
    } finally {
      state.close()
    }
  }

  async #openStateSink(state: StateFile): Promise<Sink> {
    const name = `--state ${this.#path}`
    try {
      const output = await openOwnedOutput(state.begin(), name, { fsync: 'never' })
      const optIns = [...comparedFields, ...(this.#isSaved ? (['file'] as const) : [])]
      return await createSink('jsonl', { output, fields: null, optIns, only: null, terminal: null, color: false })
    } catch (error) {
      throw systemCode(error) === undefined ? error : sinkError(name, error)
    }
  }

  #read(ask: (records: EarlierRecords) => EarlierRecord | null): EarlierRecord | null {
    if (this.#earlier === null) return null
    try {
      return ask(this.#earlier)
    } catch (error) {
      throw systemCode(error) === undefined ? error : unreadable(this.#path, error)
    }
  }
}

async function openState(path: string): Promise<StateFile> {
  try {
    return await StateFile.open(path, path)
  } catch (error) {
    throw systemCode(error) === undefined ? error : sinkError(`--state ${path}`, error)
  }
}

/** Null where it is not there. */
function openSince(path: string): number | null {
  try {
    const fd = openSync(path, 'r')
    if (fstatSync(fd).isFile()) return fd
    closeSync(fd)
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return null
    throw unreadable(path, error)
  }
  throw new UsageError(`--since ${path} is no regular file: records are read from anywhere in it`)
}

async function readEarlier(fd: number, path: string, { notify }: Pick<Telling, 'notify'>): Promise<EarlierRecords> {
  try {
    const records = await EarlierRecords.open(fd, path, randomBytes(4).readUInt32LE())
    const { damaged, cutOff } = records.census
    const left = [
      ...(damaged > 0 ? [damaged === 1 ? 'a damaged line' : `${formatCount(damaged)} damaged lines`] : []),
      ...(cutOff > 0 ? ['an unfinished last line'] : []),
    ].join(' and ')
    if (left !== '') notify(`${path} has ${left}: what stood there counts as new`)
    return records
  } catch (error) {
    throw systemCode(error) === undefined ? error : unreadable(path, error)
  }
}

/** What was written of the new state is of no use to anybody: that the old one stays is what counts. */
async function undisturbed(act: () => Promise<void> | void): Promise<void> {
  try {
    await act()
  } catch (error) {
    throw error instanceof OutputError ? new SinkError(`${error.message}; it is as it was`, { cause: error }) : error
  }
}

function unreadable(path: string, error: unknown): InputError {
  return new InputError(`cannot read ${path}: ${systemReason(error)}`, { cause: error })
}

function isBodyThere({ file }: EarlierRecord): boolean {
  return file !== null && existsSync(file)
}
