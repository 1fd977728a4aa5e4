// SIGINT, SIGTERM and SIGHUP end the run: the first lets what is under way finish, the second does not wait, a third is the system's.

import type { Ending } from '../core/ending.js'

const names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** Listens until the returned function is called. */
export function endOnSignals(ending: Ending, graceMs: number): () => void {
  let count = 0
  const listeners = names.map((name) => {
    const listener = () => {
      count++
      ending.end({ kind: 'signal', name }, count === 1 ? graceMs : 0)
      if (count >= 2) stop()
    }
    process.on(name, listener)
    return [name, listener] as const
  })
  function stop(): void {
    for (const [name, listener] of listeners) process.off(name, listener)
  }
  return stop
}
