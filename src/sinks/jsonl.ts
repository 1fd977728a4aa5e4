// JSON lines: one record, one line.

import { escapeControls } from '../core/printable.js'
import type { FetchResult } from '../types.js'
import type { SinkFormat } from './format.js'

export const jsonl: SinkFormat = {
  help: 'one JSON object per line',
  create: async ({ output, fields }) => {
    const keys = fields && [...fields]
    return {
      write: (result) => output.write(formatLine(result, keys)),
      close: () => output.close(),
    }
  },
}

/**
 * A record as one line of JSON, its control and invisible characters as `\uXXXX` escapes: outside of strings JSON.stringify
 * writes none. Putting the line together from prepared `"key":` parts was measured and is slower than JSON.stringify.
 */
function formatLine(result: FetchResult, keys: string[] | null): string {
  return `${escapeControls(JSON.stringify(result, keys))}\n`
}
