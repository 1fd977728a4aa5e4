// Timers of any length.

import { longestTimerMs } from '../core/units.js'

export type Timer = NodeJS.Timeout

export function startTimer<T>(callback: (argument: T) => void, ms: number, argument: T): Timer {
  return setTimeout(callback, Math.min(ms, longestTimerMs), argument)
}
