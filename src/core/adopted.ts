// A source whose tasks need not be fetched where an earlier run had saved their bodies, and was killed before it said so.

import type { Outcome } from './outcome.js'
import type { FetchResult, FetchTask, Source, SourceItem } from '../types.js'

/** Learns what became of a task that will not be fetched. */
export interface Recaller {
  recall(task: FetchTask, outcome: Outcome): void
}

/**
 * @param resultOf the record of a task whose body is there; null where it is to be fetched
 * @param recaller is told of these; null where nothing can repeat them
 */
export function adopted(
  source: Source,
  resultOf: (task: FetchTask) => FetchResult | null,
  recaller: Recaller | null,
): Source {
  return {
    get total() {
      return source.total
    },
    async *[Symbol.asyncIterator]() {
      for await (const batch of source) yield withKnown(batch, resultOf, recaller)
    },
  }
}

function* withKnown(
  batch: Iterable<SourceItem>,
  resultOf: (task: FetchTask) => FetchResult | null,
  recaller: Recaller | null,
): Generator<SourceItem, void, undefined> {
  for (const item of batch) {
    const result = item.kind === 'task' ? resultOf(item) : null
    if (item.kind !== 'task' || result === null) {
      yield item
      continue
    }
    recaller?.recall(item, { statusCode: result.status_code, errorType: result.error_type })
    yield { kind: 'known', id: item.id, url: item.url, result }
  }
}
