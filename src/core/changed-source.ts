// A source whose items are changed on their way, a batch at a time.

import type { Source, SourceItem } from '../types.js'

/** @param change is used up batch by batch, as they are asked for */
export function changedSource(source: Source, change: (batch: Iterable<SourceItem>) => Iterable<SourceItem>): Source {
  return {
    get total() {
      return source.total
    },
    async *[Symbol.asyncIterator]() {
      for await (const batch of source) yield change(batch)
    },
  }
}
