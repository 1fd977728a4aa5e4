// A task that was begun and goes on: a retry after its backoff, a redirect's next hop.

import type { FetchTask, Next, RetryCause } from '../types.js'

export interface Resumption {
  readonly task: FetchTask
  /** Monotonic ms. */
  readonly dueAt: number
  /** What it is a retry for; null for a hop. */
  readonly cause: RetryCause | null
}

/** Makes the task what it is to be next. */
export function resumptionOf(task: FetchTask, next: Exclude<Next, { kind: 'done' }>, now: number): Resumption {
  if (next.kind === 'redirect') {
    task.redirects++
    task.target = next.target
    task.request = next.request
    return { task, dueAt: now, cause: null }
  }
  task.freeRetryUsed ||= next.cause === 'stale'
  if (next.cause === 'exhausted') task.exhaustions++
  if (next.cause === 'declined') task.declines++
  return { task, dueAt: now + next.delayMs, cause: next.cause }
}

/** Books a request that is about to be made. True where it is a retry that counts. */
export function beginRequest(task: FetchTask, cause: RetryCause | null, now: number): boolean {
  task.since = now
  task.isStarted = false
  task.lastUrl = task.target.href
  if (cause === 'pushback') task.pushbacks++
  if (cause !== 'failure') return false
  task.retries++
  return true
}
