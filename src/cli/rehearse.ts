// --dry-run as a whole: from options to exit code, with lists and limits but without a network.

import { systemClock } from '../clock.js'
import { Ending } from '../core/ending.js'
import { UsageError } from '../core/errors.js'
import { openSource } from '../sources/index.js'
import { authorizedTemplate } from './authorized-template.js'
import type { Environment } from './environment.js'
import { saltedDigest } from './digest.js'
import { dryRun } from './dry-run.js'
import { exitCode } from './exit-code.js'
import { openOutput } from './open-output.js'
import type { Options } from './options.js'
import { composePoliteness } from './politeness.js'
import { withRows } from './row-options.js'
import { endOnSignals } from './signals.js'

/** Throws UsageError, InputError or SinkError. */
export async function rehearse(options: Options, lists: readonly string[], environment: Environment): Promise<number> {
  const { format, maxFailures } = options
  if (format === 'csv') throw new UsageError('--dry-run has no csv: --format must be jsonl, or table')
  const ending = new Ending(systemClock)
  const common = { ...authorizedTemplate(options, environment.variables), defaultScheme: options.defaultScheme }
  const template = withRows(common, options, environment.variables)
  const sourceOptions = {
    format: options.inputFormat,
    template,
    stdin: () => environment.stdin,
    wallNow: Date.now,
    countTotal: false,
  }
  const source = await openSource(lists, sourceOptions, ending.intake)
  const { output, isTerminal } = await openOutput(options, lists, { environment })
  const ignoreSignals = endOnSignals(ending, {
    graceMs: 0,
    clock: systemClock,
    giveUp: (name) => void process.kill(process.pid, name),
  })
  try {
    const counts = await dryRun({
      source,
      signal: ending.intake,
      digest: saltedDigest(),
      common: template.request,
      dedupe: options.dedupe,
      limitsOf: composePoliteness(options, options.workers).limitsOf,
      globalIntervalMs: options.globalRate?.intervalMs ?? null,
      format: format === 'jsonl' ? 'json' : 'text',
      columns: isTerminal ? (environment.stdout.columns ?? 80) : Number.POSITIVE_INFINITY,
      write: (text) => output.write(text),
    })
    await output.close()
    return exitCode({ ...counts, maxFailures, cause: ending.cause })
  } finally {
    ignoreSignals()
    ending.dispose()
    await source.store.close()
  }
}
