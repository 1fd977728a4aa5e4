// JSON lines: one record, one line.

import { escapeControls } from '../core/printable.js'
import { optInFields } from '../core/record.js'
import type { FetchResult } from '../types.js'
import type { Field, SinkFormat } from './format.js'
import { jsonLine } from './jsonl-line.js'

export const jsonl: SinkFormat = {
  help: 'one JSON object per line',
  create: async ({ output, fields }) => {
    const format = fields === null ? jsonLine : lineOf([...fields])
    return {
      write: (result) => output.write(format(result)),
      close: () => output.close(),
    }
  },
}

/** Control and invisible characters become `\uXXXX` escapes: outside of strings JSON.stringify writes none. */
function lineOf(keys: Field[]): (result: FetchResult) => string {
  // Every line has what was asked for, also where the record has no such field.
  const absent = Object.fromEntries(optInFields.filter((field) => keys.includes(field)).map((field) => [field, null]))
  const complete = Object.keys(absent).length === 0 ? same : (result: FetchResult) => ({ ...absent, ...result })
  return (result) => `${escapeControls(JSON.stringify(complete(result), keys))}\n`
}

function same(result: FetchResult): FetchResult {
  return result
}
