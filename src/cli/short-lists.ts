// Whether a run has so few URLs that what only pays in the long run does not.

import { fstatSync, type Stats, statSync } from 'node:fs'

/** Some 5,000 URLs, where they are of the usual length. */
const mostBytes = 256 * 1024

/** False where it cannot be told: of pipes, and of what cannot be read, which is for others to say. */
export function areShort(lists: readonly string[]): boolean {
  let bytes = 0
  for (const list of lists.length === 0 ? ['-'] : lists) {
    const stats = statsOf(list)
    if (stats === null || !stats.isFile()) return false
    bytes += stats.size
  }
  return bytes <= mostBytes
}

function statsOf(list: string): Stats | null {
  try {
    return list === '-' ? fstatSync(0) : statSync(list)
  } catch {
    return null
  }
}
