// The tasks of a source in random order, which a seed repeats.

import { freeze, thaw } from '../core/frozen-task.js'
import { type RandomStream, seededRandom, shuffle } from '../core/random.js'
import type { TaskTemplate } from '../core/task.js'
import type { FetchTask, Source, SourceItem } from '../types.js'
import { bucketCount, Buckets } from './buckets.js'
import type { TempFileOptions } from './temp-file.js'

export interface ShuffleOptions extends TempFileOptions {
  /** Integer, 0 .. 2^32 - 1: the same list comes in the same order for the same seed, whatever its size. */
  readonly seed: number
  readonly template: TaskTemplate
  /** Tasks that take more, frozen, are kept in a temporary file; 16 MiB where it is not given. */
  readonly memoryBytes?: number
}

const defaultMemoryBytes = 2 ** 24

/**
 * Reads the source to its end before the first task comes. Rejected lines come at once, as each has its record whatever its order.
 * What is in memory at a time is `memoryBytes` and a 64th of the frozen list (10 million tasks of 150 bytes: 24 MB). Fails with
 * InputError where the system has no room for the rest. Can be iterated once, and gives nothing more once the signal aborts.
 */
export function shuffled(source: Source, options: ShuffleOptions, signal?: AbortSignal): Source {
  return new ShuffledSource(source, options, signal)
}

/**
 * Each task is put into a bucket of its own choice, the buckets come one after the other, each shuffled. Every order is as likely
 * as any other: it is the order of sorting by a random key per task, of which the bucket is the first digit, where the tasks with
 * the same first digit stand in any order with the same probability, as they would by further digits.
 */
class ShuffledSource implements Source {
  readonly #source: Source
  readonly #options: ShuffleOptions
  readonly #signal: AbortSignal | undefined

  constructor(source: Source, options: ShuffleOptions, signal: AbortSignal | undefined) {
    this.#source = source
    this.#options = options
    this.#signal = signal
  }

  get total(): number | undefined {
    return this.#source.total
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Iterable<SourceItem>, void, undefined> {
    const { seed, template, memoryBytes = defaultMemoryBytes, ...tempFile } = this.#options
    const random = seededRandom(seed)
    const buckets = new Buckets(memoryBytes, tempFile)
    try {
      for await (const batch of this.#source) yield dealt(batch, buckets, random, template)
      for (let index = 0; index < bucketCount; index++) {
        // A source that was ended early is no list to begin with.
        if (this.#signal?.aborted === true) return
        const lines = await buckets.take(index)
        if (lines.length > 0) yield thawed(shuffle(lines, random), template)
      }
    } finally {
      buckets.close()
    }
  }
}

/** Gives what is rejected, and puts the tasks into buckets. */
function* dealt(
  batch: Iterable<SourceItem>,
  buckets: Buckets,
  random: RandomStream,
  template: TaskTemplate,
): Generator<SourceItem, void, undefined> {
  for (const item of batch) {
    if (item.kind === 'task') buckets.add(random.below(bucketCount), freeze(item, template))
    else yield item
  }
}

/** Each line is given up with its task. */
function* thawed(lines: string[], template: TaskTemplate): Generator<FetchTask, void, undefined> {
  for (let line = lines.pop(); line !== undefined; line = lines.pop()) yield thaw(line, template)
}
