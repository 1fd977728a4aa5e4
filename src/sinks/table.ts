// A table for people: one row per record, readable at 80 columns.

import { createFieldRows } from './field-rows.js'
import { createFitter } from '../core/fit.js'
import type { SinkFormat } from './format.js'
import { createUrlRows } from './url-rows.js'

export const table: SinkFormat = {
  help: 'aligned columns for people',
  create: async ({ output, fields, terminal, color }) => {
    const [{ Chalk }, { default: stringWidth }] = await Promise.all([import('chalk'), import('string-width')])
    const fitter = createFitter(stringWidth)
    const paint = new Chalk({ level: color ? 1 : 0 })
    const rows = fields ? createFieldRows(fields, fitter, paint) : createUrlRows(fitter, paint)
    // A terminal that was never told its size says 0.
    const columns = terminal ? () => terminal.columns() || 80 : () => Infinity
    let hasHeader = false
    return {
      write: (result) => {
        const width = columns()
        const header = hasHeader ? '' : `${rows.header(width)}\n`
        hasHeader = true
        return output.write(`${header}${rows.row(result, width)}\n`)
      },
      recorded: () => output.recorded(),
      close: () => output.close(),
    }
  },
}
