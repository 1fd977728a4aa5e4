// How many bytes are read at a time of tasks that wait somewhere, one per line: lines are of similar lengths, more or less.

import type { ParkedRun } from '../types.js'

const mostWindowBytes = 65_536
const leastWindowBytes = 2048

/** For so many tasks, where they are as long as those of the run are. A single task may take more than that. */
export function windowFor({ start, end, count }: ParkedRun, wanted: number): number {
  const likelyBytes = Math.ceil(((end - start) / count) * wanted * 1.25)
  return Math.min(mostWindowBytes, Math.max(leastWindowBytes, likelyBytes))
}
