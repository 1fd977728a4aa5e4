// One run, from its options to its exit code: signals, crashes, the report.

import type { Ending } from '../core/ending.js'
import { runPipeline } from '../pipeline.js'
import { complaint } from './complaint.js'
import { compose, type Environment } from './compose.js'
import { exitCode } from './exit-code.js'
import { parseOptions } from './options.js'
import { endOnSignals } from './signals.js'

/** Throws UsageError, InputError or SinkError where nothing was fetched; whatever comes later is in the exit code. */
export async function run(
  lists: readonly string[],
  values: Readonly<Record<string, unknown>>,
  environment: Environment,
): Promise<number> {
  const options = parseOptions(values)
  const parts = await compose(options, lists, environment)
  const { ending, observer, summary } = parts
  const ignoreSignals = endOnSignals(ending, options.grace)
  const ignoreCrashes = endOnCrash(ending)
  try {
    const { bug, ...counts } = await runPipeline(parts)
    const cause = bug === null ? ending.cause : { kind: 'error' as const, error: bug }
    const { read } = summary.counts()
    const code = exitCode({ read, failed: summary.failed, maxFailures: options.maxFailures, cause })
    if (cause?.kind !== 'reader-gone') await observer.onEnd?.(summary.report({ ...counts, cause, exitCode: code }))
    observer.restore()
    if (cause?.kind === 'error') environment.stderr.write(complaint(cause.error))
    return code
  } finally {
    observer.restore()
    ignoreSignals()
    ignoreCrashes()
  }
}

/** An exception that nobody caught ends the run: what was fetched is still written. A second one is the system's. */
function endOnCrash(ending: Ending): () => void {
  const listener = (error: unknown) => ending.end({ kind: 'error', error }, 0)
  process.once('uncaughtException', listener)
  return () => process.off('uncaughtException', listener)
}
