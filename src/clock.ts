// The real clock: monotonic time and the event loop's timers.

import type { Clock } from './types.js'

export const systemClock: Clock = {
  now: () => performance.now(),
  schedule(callback, ms) {
    // Rounded up: a timer of the event loop counts whole ms and must not be early.
    const timer = setTimeout(callback, Math.min(Math.ceil(ms), 2 ** 31 - 1))
    return { cancel: () => clearTimeout(timer) }
  },
}
