// JSON lines: one record, one line.

import { escapeControls } from '../core/printable.js'
import type { FetchResult } from '../types.js'
import type { Field, SinkFormat } from './format.js'
import { jsonLine } from './jsonl-line.js'

export const jsonl: SinkFormat = {
  help: 'one JSON object per line',
  create: async ({ output, fields, optIns = [] }) => {
    const format = fields !== null ? lineOf(fields) : optIns.length > 0 ? lineWith(optIns) : jsonLine
    return {
      write: (result) => output.write(format(result)),
      recorded: () => output.recorded(),
      close: () => output.close(),
    }
  },
}

/** Every line has what was asked for, also where the record has no such field. */
function lineOf(fields: readonly Field[]): (result: FetchResult) => string {
  const keys = [...new Set(fields)]
  return (result) => `{${keys.map((key) => pair(key, result)).join(',')}}\n`
}

function lineWith(optIns: readonly Field[]): (result: FetchResult) => string {
  return (result) => `${jsonLine(result).slice(0, -2)}${optIns.map((key) => `,${pair(key, result)}`).join('')}}\n`
}

/** Control and invisible characters become `\uXXXX` escapes: outside of strings JSON.stringify writes none. */
function pair(key: Field, result: FetchResult): string {
  const json = key === 'meta' ? (result.meta?.json ?? 'null') : JSON.stringify(result[key] ?? null)
  return `"${key}":${escapeControls(json)}`
}
