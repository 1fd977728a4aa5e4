// What was admitted to the run but not to memory: parks tasks of saturated hosts, and brings them back.

import type { FetchTask, ParkedRun, TaskStore } from '../types.js'
import { InputError } from './errors.js'
import type { Lane } from './lane.js'
import { ParkedRuns } from './parked-runs.js'

/**
 * Runs may take so many bytes of memory: that is 2.5 million single lines of a shuffled list, and any number of lines of a sorted one.
 * Hosts with parked tasks have a lane in the frontier, which are bounded by its capacity. What the temporary file holds is the
 * store's to bound.
 */
const mostBytes = 32 * 1024 * 1024

export class Backlog {
  readonly #store: TaskStore
  readonly #mostBytes: number
  #count = 0
  #bytes = 0

  constructor(store: TaskStore, bytes = mostBytes) {
    this.#store = store
    this.#mostBytes = bytes
  }

  /** Tasks parked, of all hosts. */
  get count(): number {
    return this.#count
  }

  /** Parks a task behind all others of its host. False where there is no room: then it is not parked. */
  park(lane: Lane, task: FetchTask): boolean {
    if (this.#bytes >= this.#mostBytes) return false
    const place = this.#store.put(task)
    if (place === null) return false
    this.#change(lane, (runs) => runs.push(place, task.id))
    return true
  }

  /**
   * Parks tasks before all others of their host. Returns those for which there was no room, which are the last.
   *
   * @param tasks in their order
   */
  parkFirst(lane: Lane, tasks: readonly FetchTask[]): readonly FetchTask[] {
    const joined = new ParkedRuns()
    let parked = 0
    for (const task of tasks) {
      const place = this.#bytes + joined.size >= this.#mostBytes ? null : this.#store.put(task)
      if (place === null) break
      joined.push(place, task.id)
      parked++
    }
    const runs: ParkedRun[] = []
    for (let run = joined.shift(); run; run = joined.shift()) runs.push(run)
    this.#change(lane, (queue) => {
      for (const run of runs.toReversed()) queue.unshift(run)
    })
    return tasks.slice(parked)
  }

  /** Reads the first parked tasks of a lane again, `most` at most. Rejects with InputError where the list is not what it was. */
  async read(lane: Lane, most: number): Promise<readonly FetchTask[]> {
    const run = this.#change(lane, (runs) => runs.shift())
    if (run === undefined) return []
    // Until it is known how far the read came, the host's backlog is what it was.
    lane.inRead = run.count
    this.#count += run.count
    const { tasks, end } = await this.#store.read(run, Math.min(most, run.count))
    lane.inRead = 0
    this.#count -= run.count
    const last = tasks.at(-1)
    if (last === undefined || tasks.some((task) => task.target.host !== lane.host)) {
      throw new InputError('a list was changed while it was read: some of its URLs are not where they were')
    }
    const left = run.count - tasks.length
    if (left > 0) {
      const rest = { ...run, firstId: last.id + 1, count: left, start: end }
      this.#change(lane, (runs) => runs.unshift(rest))
    }
    return tasks
  }

  #change<T>(lane: Lane, change: (runs: ParkedRuns) => T): T {
    const runs = lane.parked ?? new ParkedRuns()
    const count = runs.count
    const size = lane.parked === null ? 0 : runs.size
    const result = change(runs)
    lane.parked = runs.count === 0 ? null : runs
    this.#count += runs.count - count
    this.#bytes += (lane.parked === null ? 0 : runs.size) - size
    return result
  }
}
