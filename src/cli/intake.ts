// What is read: the lists, in their order or shuffled, with repetitions or without.

import type { Dedupe } from '../core/dedupe.js'
import type { Outcome } from '../core/outcome.js'
import { recalled } from '../core/recalled.js'
import { type ListedSource, openSource, type SourceOptions } from '../sources/index.js'
import type { ShuffleOptions } from '../sources/shuffle.js'
import type { RequestSpec, Source, TaskStore } from '../types.js'
import type { Options } from './options.js'

export interface Intake {
  readonly source: Source
  /** Reads the lists before they are read for good: see `ListedSource`. */
  readonly preview: ListedSource['preview']
  /** See `ListedSource`. */
  readonly metaNames: ListedSource['metaNames']
  /** Where tasks are kept that memory has no room for. */
  readonly store: TaskStore
  readonly dedupe: Dedupe | null
}

export interface IntakeOptions extends Omit<SourceOptions, 'isSkipped'> {
  /** What earlier runs made of a URL, which is not fetched then; null where it is to be fetched. Asked when the lists are read. */
  readonly earlierOutcome: (id: number) => Outcome | null
}

/** Rejects with InputError where a list cannot be read. Nothing is read yet. */
export async function openIntake(
  options: Options,
  lists: readonly string[],
  { earlierOutcome, ...sourceOptions }: IntakeOptions,
  signal: AbortSignal,
): Promise<Intake> {
  const { shuffle: seed, dedupe: wantsDedupe, resume } = options
  // What repeats a URL that is done has to be compared with that.
  const isRecalled = resume && wantsDedupe
  const isSkipped = (id: number) => earlierOutcome(id) !== null
  const listed = await openSource(lists, { ...sourceOptions, ...(resume && !isRecalled && { isSkipped }) }, signal)
  const { template } = sourceOptions
  const dedupe = wantsDedupe ? await createDedupe(template.request, options.buffer, seed === undefined) : null
  // Before it is shuffled: what repeats a URL that is done must not come before that.
  const rest = isRecalled && dedupe !== null ? recalled(listed, earlierOutcome, dedupe.recall.bind(dedupe)) : listed
  return {
    source: seed === undefined ? rest : await shuffledSource(rest, { seed, template }, signal),
    preview: listed.preview.bind(listed),
    metaNames: listed.metaNames.bind(listed),
    store: listed.store,
    dedupe,
  }
}

async function createDedupe(common: RequestSpec, capacity: number, isOrdered: boolean): Promise<Dedupe> {
  const [{ Dedupe }, { saltedDigest }] = await Promise.all([import('../core/dedupe.js'), import('./digest.js')])
  return new Dedupe({ digest: saltedDigest(), common, capacity, isOrdered })
}

async function shuffledSource(source: Source, options: ShuffleOptions, signal: AbortSignal): Promise<Source> {
  const { shuffled } = await import('../sources/shuffle.js')
  return shuffled(source, options, signal)
}
