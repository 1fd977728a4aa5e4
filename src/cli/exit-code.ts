// The exit code of a run, and of what keeps one from starting.

import { InputError, ReaderGoneError, SinkError, UsageError } from '../core/errors.js'
import type { EndCause } from '../types.js'

export type MaxFailures = { readonly count: number } | { readonly percent: number }

export interface Verdict {
  readonly read: number
  readonly failed: number
  readonly maxFailures: MaxFailures
  readonly cause: EndCause | null
}

const signalCodes = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const

export function exitCode({ read, failed, maxFailures, cause }: Verdict): number {
  switch (cause?.kind) {
    case 'error':
      // A list that turns out unreadable before anything was fetched is a bad list; later it is a run that could not go on.
      return cause.error instanceof InputError && read > 0 ? 3 : errorCode(cause.error)
    case 'reader-gone':
      return 141
    case 'signal':
      return signalCodes[cause.name]
    case 'deadline':
    case 'fail-fast':
      return 4
    case undefined:
      return failed > allowedFailures(maxFailures, read) ? 1 : 0
  }
}

/** Of what was thrown: usage and input 2; output, and anything that nobody expected, 3. */
export function errorCode(error: unknown): number {
  if (error instanceof UsageError || error instanceof InputError) return 2
  return error instanceof ReaderGoneError ? 141 : 3
}

/** Whether an error is one that a person is told in one line, or a bug of ours. */
export function isExpected(error: unknown): error is Error {
  return error instanceof UsageError || error instanceof InputError || error instanceof SinkError
}

function allowedFailures(maxFailures: MaxFailures, read: number): number {
  if ('count' in maxFailures) return maxFailures.count
  // A share is seldom a binary fraction: 0.7 % of 1000 would be 6.999....
  return ((maxFailures.percent * read) / 100) * (1 + 4 * Number.EPSILON)
}
