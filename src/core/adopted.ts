// A source whose tasks need not be fetched where an earlier run had saved their bodies, and was killed before it said so.

import type { FetchResult, FetchTask, Source, SourceItem } from '../types.js'
import { changedSource } from './changed-source.js'
import type { Recall } from './recalled.js'

/**
 * @param resultOf the record of a task whose body is there; null where it is to be fetched
 * @param recall is told of these; null where nothing can repeat them
 */
export function adopted(
  source: Source,
  resultOf: (task: FetchTask) => FetchResult | null,
  recall: Recall | null,
): Source {
  return changedSource(source, function* (batch): Generator<SourceItem, void, undefined> {
    for (const item of batch) {
      const result = item.kind === 'task' ? resultOf(item) : null
      if (item.kind !== 'task' || result === null) {
        yield item
        continue
      }
      recall?.(item, { statusCode: result.status_code, errorType: result.error_type })
      yield { kind: 'known', id: item.id, url: item.url, result }
    }
  })
}
