// What is read: the lists, in their order or shuffled, with repetitions or without.

import type { Dedupe } from '../core/dedupe.js'
import type { Deduplicator } from '../pipeline.js'
import { type ListedSource, openSource, type SourceOptions } from '../sources/index.js'
import type { RequestSpec, Source, TaskStore } from '../types.js'
import type { Options } from './options.js'

export interface Intake {
  readonly source: Source
  /** Where tasks are kept that memory has no room for. */
  readonly store: TaskStore
  readonly dedupe: Deduplicator | null
}

/** Rejects with InputError where a list cannot be read. Nothing is read yet. */
export async function openIntake(
  options: Options,
  lists: readonly string[],
  sourceOptions: SourceOptions,
  signal: AbortSignal,
): Promise<Intake> {
  const listed = await openSource(lists, sourceOptions, signal)
  const { request } = sourceOptions.template
  if (options.shuffle === undefined) {
    return {
      source: listed,
      store: listed.store,
      dedupe: options.dedupe ? await createDedupe(request, options.buffer) : null,
    }
  }
  // All is read before anything is fetched, so that a repetition cannot wait for its first to make room.
  const dedupe = options.dedupe ? await createDedupe(request, Number.POSITIVE_INFINITY) : null
  const source = await shuffledSource(listed, dedupe, sourceOptions, options.shuffle, signal)
  return { source, store: listed.store, dedupe: dedupe === null ? null : admittingAll(dedupe) }
}

async function createDedupe(common: RequestSpec, capacity: number): Promise<Dedupe> {
  const [{ Dedupe }, { saltedDigest }] = await Promise.all([import('../core/dedupe.js'), import('./digest.js')])
  return new Dedupe({ digest: saltedDigest(), common, capacity })
}

/** Repetitions are told in the order of the list: the first of them is the one that is fetched. */
async function shuffledSource(
  listed: ListedSource,
  dedupe: Dedupe | null,
  { template }: SourceOptions,
  seed: number,
  signal: AbortSignal,
): Promise<Source> {
  const [{ shuffled }, { withoutRepetitions }] = await Promise.all([
    import('../sources/shuffle.js'),
    import('../core/repetitions.js'),
  ])
  const source = dedupe === null ? listed : withoutRepetitions(listed, dedupe)
  return shuffled(source, { seed, template }, signal)
}

/** What comes was admitted before it was shuffled. */
function admittingAll(dedupe: Dedupe): Deduplicator {
  return {
    admit: () => 'first',
    onResult: (result) => dedupe.onResult(result),
    stop: () => dedupe.stop(),
  }
}
