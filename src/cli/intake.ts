// What is read: the lists, in their order or shuffled, with repetitions or without.

import { hash, randomBytes } from 'node:crypto'
import { Dedupe } from '../core/dedupe.js'
import { withoutRepetitions } from '../core/repetitions.js'
import type { Digest } from '../core/seen.js'
import type { Deduplicator } from '../pipeline.js'
import { type ListedSource, openSource, type SourceOptions } from '../sources/index.js'
import { shuffled } from '../sources/shuffle.js'
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
      dedupe: options.dedupe ? createDedupe(request, options.buffer) : null,
    }
  }
  // All is read before anything is fetched, so that a repetition cannot wait for its first to make room.
  const dedupe = options.dedupe ? createDedupe(request, Number.POSITIVE_INFINITY) : null
  const source = shuffledSource(listed, dedupe, sourceOptions, options.shuffle, signal)
  return { source, store: listed.store, dedupe: dedupe === null ? null : admittingAll(dedupe) }
}

/** With a secret of the run, so that no list can be made whose URLs are taken for each other. */
export function saltedDigest(): Digest {
  const salt = randomBytes(16).toString('base64')
  return (text) => hash('sha256', salt + text, 'binary')
}

function createDedupe(common: RequestSpec, capacity: number): Dedupe {
  return new Dedupe({ digest: saltedDigest(), common, capacity })
}

/** Repetitions are told in the order of the list: the first of them is the one that is fetched. */
function shuffledSource(
  listed: ListedSource,
  dedupe: Dedupe | null,
  { template }: SourceOptions,
  seed: number,
  signal: AbortSignal,
): Source {
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
