// CSV, RFC 4180: a header row, then one row per record.

import { type FieldName, isPathText } from '../core/field-path.js'
import { recordFields } from '../core/record.js'
import type { FetchResult } from '../types.js'
import { cellReader } from './cell.js'
import type { SinkFormat, SinkOptions } from './format.js'
import { guarded } from './formula-guard.js'
import { asListed, metaCells, metaReader } from './meta-cells.js'

interface Columns {
  readonly names: readonly string[]
  readonly cells: (result: FetchResult) => readonly string[]
}

export const csv: SinkFormat = {
  help: 'comma-separated values with a header row',
  create: async (options) => {
    const { stringify } = await import('csv-stringify/sync')
    const { output, fields, metaNames, guardFormulas = false } = options
    // RFC 4180 §2 ends lines with CRLF. LF, since grep, awk and wc take a CR for data, and csvkit, Miller, xsv and
    // spreadsheets read both.
    // Nothing a server sent reaches a terminal through `cat`; so no such cell has a line break either.
    const formatRow = (cells: readonly string[]): string =>
      stringify([guardFormulas ? cells.map(guarded) : cells], { record_delimiter: 'unix' })
    let columns: Columns | null = null
    const begin = async (): Promise<Columns> => {
      columns = columnsOf(options)
      await output.writeHeader(formatRow(columns.names))
      return columns
    }
    const write = (result: FetchResult, { cells }: Columns) => output.write(formatRow(cells(result)))
    // What else a list has is known when it is read, and it is before its first record.
    if (fields !== null || metaNames === undefined) await begin()
    return {
      write: (result) => (columns === null ? begin().then((begun) => write(result, begun)) : write(result, columns)),
      recorded: () => output.recorded(),
      close: async () => {
        if (columns === null) await begin()
        await output.close()
      },
    }
  },
}

function columnsOf({ fields, optIns = [], metaNames }: SinkOptions): Columns {
  const names = fields === null ? metaNames?.() : []
  const fixed: readonly FieldName[] = fields ?? [
    ...recordFields,
    ...optIns,
    ...(names === null ? ['meta' as const] : []),
  ]
  const readers = fixed.map(readerOf)
  const fixedCells = (result: FetchResult): string[] => readers.map((read) => read(result))
  if (names === undefined || names === null || names.length === 0) return { names: fixed, cells: fixedCells }
  return {
    names: [...fixed, ...names.map((name) => asListed(`meta.${name}`))],
    cells: (result) => [...fixedCells(result), ...metaCells(result.meta, names)],
  }
}

/** What the caller's list had stands as it was there. */
function readerOf(field: FieldName): (result: FetchResult) => string {
  return isPathText(field) && field.startsWith('meta.') ? metaReader(field) : cellReader(field)
}
