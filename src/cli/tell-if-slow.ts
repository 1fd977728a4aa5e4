// What takes long before anything is fetched is said, to whoever waits at a terminal.

import type { Clock } from '../types.js'

/** Nobody wonders before. */
const patienceMs = 1000

/** @param say called once, where `act` takes longer than people like to look at nothing; undefined where nobody looks */
export async function tellIfSlow<T>(
  act: () => Promise<T>,
  { say, clock }: { readonly say: (() => void) | undefined; readonly clock: Clock },
): Promise<T> {
  const timer = say && clock.schedule(say, patienceMs)
  try {
    return await act()
  } finally {
    timer?.cancel()
  }
}
