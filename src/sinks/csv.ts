// CSV, RFC 4180: a header row, then one row per record.

import { recordFields } from '../core/record.js'
import { cellReader } from './cell.js'
import type { SinkFormat } from './format.js'
import { guarded } from './formula-guard.js'

export const csv: SinkFormat = {
  help: 'comma-separated values with a header row',
  create: async ({ output, fields, optIns = [], guardFormulas = false }) => {
    const { stringify } = await import('csv-stringify/sync')
    const columns = fields ?? [...recordFields, ...optIns]
    // RFC 4180 §2 ends lines with CRLF. LF, since grep, awk and wc take a CR for data, and csvkit, Miller, xsv and
    // spreadsheets read both.
    // Nothing a server sent reaches a terminal through `cat`; so no cell has a line break either.
    const formatRow = (cells: readonly string[]): string =>
      stringify([guardFormulas ? cells.map(guarded) : cells], { record_delimiter: 'unix' })
    const readers = columns.map(cellReader)
    await output.writeHeader(formatRow(columns))
    return {
      write: (result) => output.write(formatRow(readers.map((read) => read(result)))),
      recorded: () => output.recorded(),
      close: () => output.close(),
    }
  },
}
