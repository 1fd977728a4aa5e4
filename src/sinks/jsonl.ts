// JSON lines: one record, one line.

import { escapeControls } from '../core/printable.js'
import type { FetchResult } from '../types.js'
import type { SinkFormat } from './format.js'
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
function lineOf(keys: string[]): (result: FetchResult) => string {
  return (result) => `${escapeControls(JSON.stringify(result, keys))}\n`
}
