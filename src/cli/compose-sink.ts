// Where the records of a run go, and in what form.

import { statSync } from 'node:fs'
import type { Checkpoint } from '../checkpoint/checkpoint.js'
import { formatBytes } from '../core/units.js'
import { createSink } from '../sinks/index.js'
import type { LiveArea, Sink } from '../types.js'
import { wantsColor } from './color.js'
import type { Environment } from './environment.js'
import type { Intake } from './intake.js'
import { keptFields } from './keep.js'
import { type OpenOutput, openOutput, resumeOutput } from './open-output.js'
import type { Options } from './options.js'
import type { Telling } from './telling.js'

export interface SinkParts {
  readonly environment: Environment
  readonly telling: Telling
  readonly live: LiveArea | undefined
  /** The output that the run goes on with; null where it begins one. */
  readonly checkpoint: Checkpoint | null
  readonly metaNames: Intake['metaNames']
  /** Something else that takes long, for the time that another process takes to lock the output. */
  readonly meanwhile: () => Promise<unknown>
}

/** Throws UsageError or SinkError, and what `meanwhile` throws; nothing was overwritten then. */
export async function composeSink(options: Options, lists: readonly string[], parts: SinkParts): Promise<Sink> {
  const { environment, checkpoint, metaNames } = parts
  const { output, isStandard, isTerminal } =
    checkpoint === null ? await openOutput(options, lists, parts) : await putInOrder(checkpoint, options, parts.telling)
  return createSink(options.format ?? (isTerminal ? 'table' : 'jsonl'), {
    output,
    fields: options.fields ?? null,
    optIns: keptFields(options),
    metaNames,
    only: options.only ?? null,
    terminal: isTerminal ? { columns: () => environment.stdout.columns ?? 80 } : null,
    color: isStandard && wantsColor(options.color, environment.env, isTerminal),
    guardFormulas: options.csvSafe,
  })
}

/** An output, and how long it will take to read it. */
export function withSize(path: string): string {
  return `${path} (${formatBytes(statSync(path).size)})`
}

async function putInOrder(checkpoint: Checkpoint, options: Options, telling: Telling): Promise<OpenOutput> {
  const { prepareOutput } = await import('./checkpoint.js')
  const { output: path = '' } = options
  const fd = await telling.unlessSlow(
    () => `rewriting ${withSize(path)} without its damaged lines`,
    () => prepareOutput(checkpoint, path, telling.notify),
  )
  return resumeOutput(fd, options)
}
