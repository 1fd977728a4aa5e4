// The registry of list formats, and the source that reads lists one after the other.

import type { Readable } from 'node:stream'
import { UsageError } from '../core/errors.js'
import type { LineIdentity } from '../core/finished.js'
import type { TaskTemplate } from '../core/task.js'
import type { Source, TaskStore } from '../types.js'
import type { FormatChoice } from './choose.js'
import { csv } from './csv.js'
import type { LazyFormat, SourceFormat } from './format.js'
import { jsonl } from './jsonl.js'
import { ListSource } from './list-source.js'
import { lines } from './lines.js'
import { checkLists } from './open.js'

/** A format is one file and one entry here. */
export const sourceFormats = { lines, jsonl, csv } as const satisfies Readonly<
  Record<string, SourceFormat | LazyFormat>
>

/** What the option accepts. */
export const sourceFormatNames: readonly string[] = ['auto', ...Object.keys(sourceFormats)]

export interface SourceOptions {
  /** One of `sourceFormatNames`. */
  readonly format: string
  readonly template: TaskTemplate
  /** Or what opens it, when its turn comes. */
  readonly stdin: Readable | (() => Readable)
  /** Ms since the epoch. */
  readonly wallNow: () => number
  /** Count the URLs while they are read, where every list is a regular file: `total` is known sooner. */
  readonly countTotal: boolean
  /** Entries with these ids are passed over, from the beginning or once it is known which: asked when the list is read. */
  readonly isSkipped?: (id: number) => boolean
  /** The most that tasks may take in the temporary file of the store; 1 GiB where it is not given. */
  readonly maxSpillBytes?: number
}

/** A source, and where its tasks can be kept outside memory. The store is closed by whoever uses it. */
export interface ListedSource extends Source {
  readonly store: TaskStore
  /** The members that the `meta` of every record has, where all lists say so at their beginning; null where it may be anything. */
  metaNames(): readonly string[] | null
  /**
   * Reads the lists before they are iterated, as far as `visit` says true: it is told the id of each record to come, and what tells it from others. What
   * cannot be read twice is kept in a temporary file. Rejects with InputError where a list cannot be read, or kept.
   */
  preview(visit: (id: number, line: LineIdentity) => boolean): Promise<void>
}

/**
 * Opens the lists that the operands name: files, or `-` for standard input, which is also read where there is no operand.
 * Rejects with an InputError where one cannot be read. The source can be iterated once; it ends early, and without an error,
 * when the signal aborts. Nothing is held open before the iteration begins or after it ends, but by the store.
 */
export async function openSource(
  operands: readonly string[],
  options: SourceOptions,
  signal?: AbortSignal,
): Promise<ListedSource> {
  const choice = formatChoice(options.format, options.template)
  const source = new ListSource(await checkLists(operands), choice, options, signal)
  await source.check()
  return source
}

function formatChoice(name: string, template: TaskTemplate): FormatChoice {
  const formats: readonly (SourceFormat | LazyFormat)[] = Object.values(sourceFormats)
  if (name === 'auto') return { formats, fallback: lines, template }
  const format = Object.entries(sourceFormats).find(([registered]) => registered === name)?.[1]
  if (format === undefined)
    throw new UsageError(`--input-format must be ${sourceFormatNames.join(', ')}, got "${name}"`)
  return { formats: [], fallback: format, template }
}
