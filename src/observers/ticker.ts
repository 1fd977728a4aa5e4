// Something that is done again and again until it is cancelled.

import type { Clock, TimerHandle } from '../types.js'

export function startTicker(clock: Clock, intervalMs: number, tick: () => void): TimerHandle {
  let timer = clock.schedule(next, intervalMs)
  function next(): void {
    timer = clock.schedule(next, intervalMs)
    tick()
  }
  return { cancel: () => timer.cancel() }
}
