// One run, from its options to its exit code: signals, crashes, the report.

import type { Checkpoint } from '../checkpoint/checkpoint.js'
import { SinkError } from '../core/errors.js'
import type { Display } from '../observers/index.js'
import { type RunCounts, runPipeline } from '../pipeline.js'
import type { EndCause, ReceiptReport } from '../types.js'
import { complaint } from './complaint.js'
import { saveCookies } from './cookie-jar.js'
import { compose, type Run } from './compose.js'
import type { Environment } from './environment.js'
import { endOnCrash } from './crash.js'
import { exitCode } from './exit-code.js'
import type { RunCommand } from './command-line.js'
import { type Options, parseOptions } from './options.js'
import { areShort } from './short-lists.js'
import { setV8Flags } from './v8-flags.js'
import type { ReceiptRun } from './receipt-file.js'
import { endOnSignals } from './signals.js'

/** Throws UsageError, InputError or SinkError where nothing was fetched; whatever comes later is in the exit code. */
export async function run({ lists, values, variables }: RunCommand, environment: Environment): Promise<number> {
  const crash = endOnCrash({ say: (text) => void environment.stderr.write(text) })
  const options = parseOptions(values, variables)
  if (options.dryRun && !options.resume) {
    const { rehearse } = await import('./rehearse.js')
    return rehearse(options, lists, environment)
  }
  setV8Flags(areShort(lists))
  const startedAt = Date.now()
  const parts = await compose(options, lists, environment)
  const { changes, checkpoint, cookies, ending, observer, politeness, store, summary } = parts
  const ignoreSignals = endOnSignals(ending, {
    graceMs: options.grace,
    clock: parts.clock,
    giveUp(name) {
      observer.restore()
      process.kill(process.pid, name)
    },
  })
  const ignoreStops = yieldTerminalOnStop(observer)
  crash.begin(parts)
  try {
    const counts = await runPipeline(parts)
    const unsaved = await saveCookies(cookies)
    // What comes later, such as a signal while the output is compacted, ends a run no more that came to its end.
    const ended = ending.cause
    const uncompacted = ended === null && checkpoint !== null ? await compacted(checkpoint, options) : null
    const receipt = politeness.receipt()
    const { elapsedMs } = counts
    const unwritten = await saveReceipt(options.receipt, receipt, { startedAt, elapsedMs })
    const unkept = await keepState(changes, ended, counts)
    const unsavedFiles = [unwritten, unsaved, unkept].filter((error) => error !== null)
    const cause = causeOf(counts.bug ?? violation(receipt), [ended, ending.cause], unsavedFiles)
    const { read } = summary.counts()
    const code = exitCode({ read, failed: summary.failed, maxFailures: options.maxFailures, cause })
    const report = summary.report({ ...counts, receipt, outages: politeness.outages(), cause, exitCode: code })
    if (cause?.kind !== 'reader-gone') await observer.onEnd?.(report)
    observer.restore()
    if (uncompacted !== null && !options.quiet) environment.stderr.write(uncompacted)
    if (cause?.kind === 'error') {
      for (const error of new Set([cause.error, ...unsavedFiles])) {
        environment.stderr.write(complaint(error, lostOf(counts, options)))
      }
    }
    return code
  } finally {
    observer.restore()
    ignoreSignals()
    ignoreStops()
    await store.close()
    crash.over()
  }
}

/** An error of our own counts whenever it comes, one of a file at the end where there was none before: a disk that is full fails them all. */
function causeOf(
  bug: Error | null,
  [ended, later]: readonly [EndCause | null, EndCause | null],
  [unsaved]: readonly Error[],
): EndCause | null {
  if (bug !== null) return { kind: 'error', error: bug }
  if (later?.kind === 'error') return later
  return unsaved === undefined ? ended : { kind: 'error', error: unsaved }
}

async function compacted(checkpoint: Checkpoint, { output = '' }: Options): Promise<string | null> {
  const { compactAtEnd } = await import('./checkpoint.js')
  return compactAtEnd(checkpoint, output)
}

/** A limit that did not hold is a bug, however well the rest went. */
function violation({ violations }: ReceiptReport): Error | null {
  if (violations.count === 0) return null
  return new Error(`${violations.count} times a limit was exceeded, first ${violations.first[0] ?? ''}`)
}

async function saveReceipt(path: string | undefined, receipt: ReceiptReport, times: ReceiptRun): Promise<Error | null> {
  if (path === undefined) return null
  const { writeReceipt } = await import('./receipt-file.js')
  try {
    await writeReceipt(path, receipt, times)
    return null
  } catch (error) {
    if (error instanceof SinkError) return error
    throw error
  }
}

async function keepState(changes: Run['changes'], ended: EndCause | null, { bug }: RunCounts): Promise<Error | null> {
  try {
    await changes?.settle(ended, bug === null)
    return null
  } catch (error) {
    if (error instanceof SinkError) return error
    throw error
  }
}

/** Of what came after the output had failed: what it would have been given. */
function lostOf({ unwritten }: RunCounts, { only }: Pick<Options, 'only'>): number {
  return (only === 'failed' ? 0 : unwritten.ok) + (only === 'ok' ? 0 : unwritten.failed)
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
