// The attempt of a task that an error of our own ended: its record says so.

import type { Attempt } from '../types.js'
import { emptyAttempt } from './attempt.js'

export function internalError(error: unknown, now: number, wallTime: number): Attempt {
  const said = error instanceof Error ? error.message : String(error)
  const message = `internal error: ${said.replace(/\s+/g, ' ').trim()}`
  return { ...emptyAttempt(now, wallTime), failure: { type: 'aborted', code: 'INTERNAL', message } }
}
