// JSON lines: one record, one line.

import { type FieldName, isPathText, partReader } from '../core/field-path.js'
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
function lineOf(fields: readonly FieldName[]): (result: FetchResult) => string {
  const pairs = [...new Set(fields)].map(pairOf)
  return (result) => `{${pairs.map((pair) => pair(result)).join(',')}}\n`
}

function lineWith(optIns: readonly Field[]): (result: FetchResult) => string {
  const pairs = optIns.map(pairOf)
  return (result) => `${jsonLine(result).slice(0, -2)}${pairs.map((pair) => `,${pair(result)}`).join('')}}\n`
}

/** Control and invisible characters become `\uXXXX` escapes: outside of strings there are none. */
function pairOf(key: FieldName): (result: FetchResult) => string {
  const read = isPathText(key) ? partReader(key) : (result: FetchResult) => fieldJson(key, result)
  const name = escapeControls(JSON.stringify(key))
  return (result) => `${name}:${escapeControls(read(result) ?? 'null')}`
}

function fieldJson(key: Field, result: FetchResult): string | null {
  return key === 'meta' ? (result.meta?.json ?? null) : JSON.stringify(result[key] ?? null)
}
