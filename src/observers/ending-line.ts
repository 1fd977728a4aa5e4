// What is said when a signal was taken and requests are still under way: otherwise the wait would look like a hang.

import type { EndCause, RunStatus } from '../types.js'

/** Null where the run ends without a wait. */
export function endingLine(cause: EndCause, { inFlight }: RunStatus): string | null {
  if (cause.kind !== 'signal' || inFlight === 0) return null
  const requests = inFlight === 1 ? 'the request' : `the ${inFlight} requests`
  return `poolfetch: ${cause.name}: waiting for ${requests} under way; a second signal aborts`
}
