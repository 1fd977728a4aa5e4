// --dedupe: each distinct request is made once, and those that repeat it get a record of what became of the first.

import type { FetchResult, FetchTask, RequestSpec } from '../types.js'
import type { Outcome } from './outcome.js'
import { duplicateRecord } from './record.js'
import { createRequestKey } from './request-key.js'
import { type Digest, Seen } from './seen.js'

export interface DedupeOptions {
  readonly digest: Digest
  /** What the requests of the run have in common. */
  readonly common: RequestSpec
  /** Repetitions that may wait for their first; with more, the feeder waits. */
  readonly capacity: number
  /** Whether tasks come in the order of their ids. */
  readonly isOrdered: boolean
}

/**
 * What becomes of a task: `first` is to be fetched; `later` has its record, if it gets one, when its first has; a record is
 * that of a repetition whose first is done; `ended` is nothing any more, since the run stops.
 */
export type Admission = 'first' | 'later' | 'ended' | FetchResult

/** What is kept of a repetition that waits; method and host are those of its first. */
type Repetition = Pick<FetchTask, 'id' | 'url' | 'readAt' | 'own'>

const none: readonly FetchResult[] = []

/**
 * A repetition waits only for its first, and a first for nothing here: it was handed to the frontier before, and is finished
 * without the feeder. A first that is aborted leaves no record to those that wait, nor to those that come: they were not attempted.
 */
export class Dedupe {
  readonly #seen: Seen
  readonly #key: (task: FetchTask) => string
  readonly #capacity: number
  /** By the id of their first. */
  readonly #waiting = new Map<number, Repetition[]>()
  #waitingCount = 0
  #wakeFeeder: (() => void) | null = null
  #isStopped = false

  constructor({ digest, common, capacity, isOrdered }: DedupeOptions) {
    this.#seen = new Seen(digest, isOrdered)
    this.#key = createRequestKey(common)
    this.#capacity = capacity
  }

  /** Repetitions that wait for their first. */
  get waiting(): number {
    return this.#waitingCount
  }

  /** Of tasks none of which is begun: the first that comes is the first. One feeder at a time; a promise is to be waited for. */
  admit(task: FetchTask): Promise<Admission> | Admission {
    if (this.#isStopped) return 'ended'
    const firstId = this.#seen.add(this.#key(task), task.id)
    return firstId === task.id ? 'first' : this.#repeat(task, firstId)
  }

  /** A task that an earlier run has done: those that repeat it and come later share its outcome. */
  recall(task: FetchTask, outcome: Outcome): void {
    if (this.#seen.add(this.#key(task), task.id) === task.id) this.#seen.settle(task.id, outcome)
  }

  /**
   * Is told of the record of every task that was a first, before anything is waited for; others are let pass. The records of
   * those that waited for it are to be sent behind it, by whoever sent it: not by those who receive records.
   */
  onResult(result: FetchResult): readonly FetchResult[] {
    const { status_code: statusCode, error_type: errorType, change = null } = result
    const outcome = { statusCode, errorType, change }
    if (!this.#seen.settle(result.id, outcome)) return none
    const repetitions = this.#waiting.get(result.id) ?? []
    this.#waiting.delete(result.id)
    this.#waitingCount -= repetitions.length
    this.#wake()
    if (outcome.errorType === 'aborted') return none
    const { method, host } = result
    return repetitions.map((line) => duplicateRecord({ ...line, method, host }, result.id, outcome))
  }

  /** The run takes no more in: a feeder that waits is told so. What is under way may still be finished. */
  stop(): void {
    this.#isStopped = true
    this.#wake()
  }

  #repeat(task: FetchTask, firstId: number): Promise<Admission> | Admission {
    const outcome = this.#seen.outcome(firstId)
    if (outcome?.errorType === 'aborted') return 'later'
    if (outcome !== null) return duplicateRecord(task, firstId, outcome)
    if (this.#waitingCount >= this.#capacity) return this.#repeatLater(task)
    const { id, url, readAt, own } = task
    const repetitions = this.#waiting.get(firstId)
    if (repetitions) repetitions.push({ id, url, readAt, own })
    else this.#waiting.set(firstId, [{ id, url, readAt, own }])
    this.#waitingCount++
    return 'later'
  }

  async #repeatLater(task: FetchTask): Promise<Admission> {
    await new Promise<void>((resolve) => {
      this.#wakeFeeder = resolve
    })
    return this.admit(task)
  }

  #wake(): void {
    const wake = this.#wakeFeeder
    this.#wakeFeeder = null
    wake?.()
  }
}
