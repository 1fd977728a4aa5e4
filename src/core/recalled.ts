// A source without what earlier runs have done, where later URLs may repeat it.

import type { FetchTask, Source, SourceItem } from '../types.js'
import { changedSource } from './changed-source.js'
import type { Outcome } from './outcome.js'

/** Learns what became of a task that will not be fetched. */
export type Recall = (task: FetchTask, outcome: Outcome) => void

/** @param outcomeOf what became of a URL, by its id; null where that is to be found out */
export function recalled(source: Source, outcomeOf: (id: number) => Outcome | null, recall: Recall): Source {
  return changedSource(source, function* (batch): Generator<SourceItem, void, undefined> {
    for (const item of batch) {
      const outcome = outcomeOf(item.id)
      if (outcome === null) yield item
      else if (item.kind === 'task') recall(item, outcome)
    }
  })
}
