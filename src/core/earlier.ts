// What earlier runs did of a list, for the sum of this one to be that of the whole list.

import type { ErrorType } from '../types.js'
import type { Outcome } from './outcome.js'

export interface EarlierCounts {
  /** URLs that are done. */
  readonly done: number
  /** Of these, those that failed. */
  readonly failures: ReadonlyMap<ErrorType, number>
}

export const nothingEarlier: EarlierCounts = { done: 0, failures: new Map() }

/** Counts outcomes that stay as they are. */
export function countEarlier(outcomes: Iterable<Outcome>, stays: (outcome: Outcome) => boolean): EarlierCounts {
  let done = 0
  const failures = new Map<ErrorType, number>()
  for (const outcome of outcomes) {
    if (!stays(outcome)) continue
    done++
    const { errorType } = outcome
    if (errorType !== null) failures.set(errorType, (failures.get(errorType) ?? 0) + 1)
  }
  return { done, failures }
}
