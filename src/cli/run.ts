// One run, from its options to its exit code: signals, crashes, the report.

import type { Ending } from '../core/ending.js'
import type { Display } from '../observers/index.js'
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
  const ignoreSignals = endOnSignals(ending, {
    graceMs: options.grace,
    clock: parts.clock,
    giveUp(name) {
      observer.restore()
      process.kill(process.pid, name)
    },
  })
  const ignoreStops = yieldTerminalOnStop(observer)
  const ignoreCrashes = endOnCrash(ending, observer)
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
    ignoreStops()
    ignoreCrashes()
  }
}

/** An exception that nobody caught ends the run: what was fetched is still written. A second one is the system's. */
function endOnCrash(ending: Ending, observer: Display): () => void {
  const listener = (error: unknown) => {
    observer.restore()
    ending.end({ kind: 'error', error }, 0)
  }
  process.once('uncaughtException', listener)
  return () => process.off('uncaughtException', listener)
}

/** Ctrl-Z: the shell gets its terminal with a cursor, and `fg` the live area back. Only where there is one. */
function yieldTerminalOnStop(observer: Display): () => void {
  if (!observer.live) return () => {}
  const stop = () => {
    observer.suspend?.()
    process.kill(process.pid, 'SIGSTOP')
  }
  const go = () => observer.resume?.()
  process.on('SIGTSTP', stop).on('SIGCONT', go)
  return () => process.off('SIGTSTP', stop).off('SIGCONT', go)
}
