// Rows of a table become cells (RFC 4180), many at once: a call of the library costs as much as ten rows.

import { parse } from 'csv-parse/sync'
import type { Delimiter } from './csv-rows.js'

/**
 * Each text is a whole row without fault and without its line end; null is passed over. Null is also what is no row, or several, to the
 * library: no cell is ever another row's. A quote within a cell that does not begin with one is text, and so is white space.
 */
export function cellsOf(texts: readonly (string | null)[], delimiter: Delimiter): (readonly string[] | null)[] {
  const rows = texts.filter((text) => text !== null)
  const read = readRows(rows, delimiter) ?? rows.map((row) => readRows([row], delimiter)?.[0] ?? null)
  let next = 0
  return texts.map((text) => (text === null ? null : (read[next++] ?? null)))
}

/** Null where the library comes to another number of them, or to none. */
function readRows(rows: readonly string[], delimiter: Delimiter): string[][] | null {
  try {
    // Where quotes may stand has been looked at: that is how rows end. A CR before the line end of a row is not among its bytes.
    const options = { delimiter, record_delimiter: '\n', relax_quotes: true, relax_column_count: true }
    const read = parse(rows.join('\n'), options)
    return read.length === rows.length ? read : null
  } catch {
    return null
  }
}
