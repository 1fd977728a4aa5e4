// Table rows of chosen fields: plain columns, each as wide as its field usually is.

import type { ChalkInstance } from 'chalk'
import { type FieldName, isPathText } from '../core/field-path.js'
import type { Fitter } from '../core/fit.js'
import { cellReader } from './cell.js'
import type { RowFormat } from './format.js'

/** Columns of the fields that hold text, which stands at the left. All others are numbers and stand at the right. */
const textColumns: Partial<Record<FieldName, number>> = {
  url: 40,
  final_url: 40,
  method: 6,
  host: 24,
  ok: 5,
  error_type: 11,
  error_code: 15,
  error_message: 40,
  timestamp: 24,
  http_version: 12,
  remote_ip: 15,
  content_type: 24,
  change: 9,
  etag: 24,
  last_modified: 29,
  sha256: 64,
  file: 40,
  headers: 40,
  body: 40,
  body_encoding: 13,
  body_truncated: 14,
  meta: 40,
}

/** Fields whose columns share what a terminal has left; the others' are fixed. */
const elasticFields: ReadonlySet<FieldName> = new Set([
  'url',
  'final_url',
  'error_message',
  'file',
  'headers',
  'body',
  'meta',
])
const minElasticColumns = 12
/** More would pull a short URL and what follows it apart. */
const maxElasticColumns = 80
const minNumberColumns = 7
/** Of a part of a field nobody knows what it is. */
const partColumns = 12
const gap = '  '

interface Column {
  readonly isText: boolean
  readonly isElastic: boolean
  readonly width: number
}

/** The rows of a table with `--fields`: a header and one line per record. */
export function createFieldRows(fields: readonly FieldName[], fitter: Fitter, paint: ChalkInstance): RowFormat {
  const layout = fields.map(columnOf)
  const readers = fields.map(cellReader)
  return {
    header: (columns) => paint.dim(formatLine(fields, columns)),
    row: (result, columns) =>
      formatLine(
        // A dash, so that every line has as many cells as the header.
        readers.map((read) => read(result) || '-'),
        columns,
      ),
  }

  // A terminal shows what fits on its line, as ps does; elsewhere nothing is left out.
  function formatLine(cells: readonly string[], columns: number): string {
    const elasticWidth = elasticWidthOf(layout, columns)
    const padded = layout.map(({ isText, isElastic, width }, index) => {
      const cell = cells[index] ?? ''
      if (!isText) return cell.padStart(width)
      if (!isElastic || elasticWidth === null) return fitter.pad(cell, width)
      return fitter.pad(fitter.cutUrl(cell, elasticWidth), elasticWidth)
    })
    return fitter.cutEnd(padded.join(gap).trimEnd(), columns)
  }
}

function columnOf(field: FieldName): Column {
  if (isPathText(field)) return { isText: true, isElastic: true, width: Math.max(partColumns, field.length) }
  const width = textColumns[field]
  return {
    isText: width !== undefined,
    isElastic: elasticFields.has(field),
    width: Math.max(width ?? minNumberColumns, field.length),
  }
}

/** What the others leave to each elastic column; null where there is no limit. */
function elasticWidthOf(layout: readonly Column[], columns: number): number | null {
  if (columns === Infinity) return null
  const fixed = layout.reduce((sum, { isElastic, width }) => sum + (isElastic ? 0 : width), 0)
  const left = columns - fixed - gap.length * (layout.length - 1)
  const elastic = layout.filter(({ isElastic }) => isElastic).length
  return Math.min(Math.max(minElasticColumns, Math.floor(left / elastic)), maxElasticColumns)
}
