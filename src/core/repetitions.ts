// A source in which each distinct request comes once: what repeats it is only told of.

import type { Source, SourceItem } from '../types.js'
import type { Dedupe } from './dedupe.js'

/** For lists that are read to their end before anything is fetched: the dedupe must have room for every repetition. */
export function withoutRepetitions(source: Source, dedupe: Dedupe): Source {
  return {
    get total() {
      return source.total
    },
    async *[Symbol.asyncIterator]() {
      for await (const batch of source) yield admitted(batch, dedupe)
    },
  }
}

function* admitted(batch: Iterable<SourceItem>, dedupe: Dedupe): Generator<SourceItem, void, undefined> {
  for (const item of batch) {
    const isFirst = item.kind !== 'task' || dedupe.admit(item) === 'first'
    yield isFirst ? item : { kind: 'repeated', id: item.id }
  }
}
