// What a task waits for: its host (limited) or a worker (queued).

import type { FetchTask } from '../types.js'
import type { Lane } from './lane.js'

/** @param gateMs the gate's clock of held-back time */
export function startWaiting(task: FetchTask, lane: Lane, now: number, gateMs: number): void {
  task.since = now
  task.limitedMark = lane.limitedMs(now, gateMs)
}

/**
 * Books the wait: until it was due the task was held back, after that for as long as its lane was (which was so before, too).
 *
 * @param dueAt when a retry or a hop was due, in monotonic ms; of others, when the wait began
 */
export function stopWaiting(task: FetchTask, lane: Lane, dueAt: number, now: number, gateMs: number): void {
  const waitedMs = now - task.since
  const backoffMs = Math.min(waitedMs, Math.max(0, dueAt - task.since))
  const heldBackMs = lane.limitedMs(now, gateMs) - task.limitedMark
  const limitedMs = backoffMs + Math.min(waitedMs - backoffMs, Math.max(0, heldBackMs - backoffMs))
  task.limitedMs += limitedMs
  task.queuedMs += waitedMs - limitedMs
}
