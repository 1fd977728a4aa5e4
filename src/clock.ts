// The real clock: monotonic time and the event loop's timers.

import { longestTimerMs } from './core/units.js'
import type { Clock, TimerHandle } from './types.js'

/** Timers of the event loop count whole ms, and come up to one later: too coarse for 1000 requests a second. */
const finestTimerMs = 2

export const systemClock: Clock = {
  now: () => performance.now(),
  schedule(callback, ms) {
    if (ms < finestTimerMs) return scheduleSoon(callback, performance.now() + ms)
    const timer = setTimeout(callback, Math.min(Math.ceil(ms), longestTimerMs))
    return { cancel: () => clearTimeout(timer) }
  },
}

/** Goes round the event loop until it is time. */
function scheduleSoon(callback: () => void, at: number): TimerHandle {
  const look = (): void => {
    if (performance.now() >= at) callback()
    else turn = setImmediate(look)
  }
  let turn = setImmediate(look)
  return { cancel: () => clearImmediate(turn) }
}
