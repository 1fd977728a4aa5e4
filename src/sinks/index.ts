// The registry of output formats: the choices of --format and their help.

import { UsageError } from '../core/errors.js'
import type { FetchResult, Sink } from '../types.js'
import { csv } from './csv.js'
import type { Only, SinkFormat, SinkOptions } from './format.js'
import { jsonl } from './jsonl.js'
import { table } from './table.js'

/** A format is one file and one entry here. */
export const sinkFormats = { jsonl, table, csv } as const satisfies Readonly<Record<string, SinkFormat>>

/** Makes the sink of a format, one of `sinkFormats`. With `only`, records of the other kind do not reach it. */
export async function createSink(format: string, options: SinkOptions): Promise<Sink> {
  const sink = await formatOf(format).create(options)
  const { only } = options
  if (only === null) return sink
  return {
    write: (result) => (isShown(result, only) ? sink.write(result) : undefined),
    recorded: () => sink.recorded?.(),
    close: () => sink.close(),
  }
}

function isShown({ ok, change }: FetchResult, only: Only): boolean {
  if (only === 'changed') return change !== undefined && change !== null && change !== 'same'
  return ok === (only === 'ok')
}

function formatOf(name: string): SinkFormat {
  const found = Object.entries(sinkFormats).find(([registered]) => registered === name)?.[1]
  if (found) return found
  throw new UsageError(`--format must be ${Object.keys(sinkFormats).join(', ')}, got "${name}"`)
}
