// What is read: the lists, in their order or shuffled, with repetitions or without.

import type { Dedupe } from '../core/dedupe.js'
import type { Deduplicator } from '../pipeline.js'
import { openSource, type SourceOptions } from '../sources/index.js'
import type { ShuffleOptions } from '../sources/shuffle.js'
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
  const { template } = sourceOptions
  const { shuffle: seed, dedupe } = options
  return {
    source: seed === undefined ? listed : await shuffledSource(listed, { seed, template }, signal),
    store: listed.store,
    dedupe: dedupe ? await createDedupe(template.request, options.buffer, seed === undefined) : null,
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
