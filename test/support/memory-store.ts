// Parked tasks kept in an array: what a list file and a temporary file do, without either.

import type { FetchTask, ParkedRun, TaskStore } from '../../src/types.js'
import { settled } from './virtual-clock.js'

export interface MemoryStore extends TaskStore {
  readonly reads: number
  /** From now on there is no room. */
  fill(): void
}

/** Tasks are kept at `id`, as in a list of lines one byte long: a run is read by its ids. */
export function memoryStore(): MemoryStore {
  const kept = new Map<number, FetchTask>()
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
      return { list: 0, start: task.id, end: task.id + 1 }
    },
    async read(run: ParkedRun, most: number) {
      reads++
      await settled()
      const tasks = Array.from({ length: Math.min(most, run.count) }, (_, index) => kept.get(run.firstId + index))
      const found = tasks.filter((task) => task !== undefined)
      for (const task of found) kept.delete(task.id)
      return { tasks: found, end: run.firstId + found.length }
    },
    async close() {},
  }
}
