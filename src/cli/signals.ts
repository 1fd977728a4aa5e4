// SIGINT, SIGTERM and SIGHUP end the run: the first lets what is under way finish, the second does not wait, a third gives up.

import type { Ending } from '../core/ending.js'
import type { Clock } from '../types.js'

const names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/**
 * One key may come as two signals: the terminal sends it to the whole process group, and npx passes its own on to the program
 * that it runs (@npmcli/run-script, signal-manager.js). Nobody presses twice within this time.
 */
const echoMs = 100

export interface SignalOptions {
  readonly graceMs: number
  readonly clock: Clock
  /** At the third signal: nobody waits any longer. */
  readonly giveUp: (name: (typeof names)[number]) => void
}

/** Listens until the returned function is called. */
export function endOnSignals(ending: Ending, { graceMs, clock, giveUp }: SignalOptions): () => void {
  let count = 0
  let lastAt = Number.NEGATIVE_INFINITY
  let lastName: string | null = null
  const listeners = names.map((name) => {
    const listener = () => {
      const now = clock.now()
      if (name === lastName && now - lastAt < echoMs) return
      lastName = name
      lastAt = now
      count++
      if (count <= 2) return ending.end({ kind: 'signal', name }, count === 1 ? graceMs : 0)
      stop()
      giveUp(name)
    }
    process.on(name, listener)
    return [name, listener] as const
  })
  function stop(): void {
    for (const [name, listener] of listeners) process.off(name, listener)
  }
  return stop
}
