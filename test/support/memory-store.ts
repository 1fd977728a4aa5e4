// Parked tasks kept in an array: what a list file and a temporary file do, without either.

import type { FetchTask, ParkedRun, TaskStore } from '../../src/types.js'
import { settled } from './virtual-clock.js'

export interface MemoryStore extends TaskStore {
  readonly reads: number
  /** From now on there is no room. */
  fill(): void
}

/** Tasks are kept as in a list whose lines are as long as what is their own, one byte at least: a run is read by its ids. */
export function memoryStore(): MemoryStore {
  const kept = new Map<number, FetchTask>()
  let length = 0
  let isFull = false
  let reads = 0
  return {
    get reads() {
      return reads
    },
    fill() {
      isFull = true
    },
    put(task) {
      if (isFull) return null
      kept.set(task.id, task)
      const start = length
      length += Math.max(1, task.bytes)
      return { list: 0, start, end: length }
    },
    async read(run: ParkedRun, most: number) {
      reads++
      await settled()
      const tasks = Array.from({ length: Math.min(most, run.count) }, (_, index) => kept.get(run.firstId + index))
      const found = tasks.filter((task) => task !== undefined)
      for (const task of found) kept.delete(task.id)
      const bytes = found.reduce((sum, task) => sum + Math.max(1, task.bytes), 0)
      return { tasks: found, end: run.start + bytes }
    },
    async close() {},
  }
}
