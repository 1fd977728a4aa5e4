// A field's value as the text of one cell.

import { type FieldName, isPathText, partReader } from '../core/field-path.js'
import { escapeControls } from '../core/printable.js'
import type { FetchResult } from '../types.js'
import type { Field } from './format.js'

/** Reads the cell of a field, or of a part of one. */
export function cellReader(field: FieldName): (result: FetchResult) => string {
  if (!isPathText(field)) return (result) => cellText(result, field)
  const read = partReader(field)
  const joins = field.startsWith('headers.')
  return (result) => partText(read(result), joins)
}

/** One line of visible characters; empty for null. What has parts is shown as JSON. */
export function cellText(result: FetchResult, field: Field): string {
  const value = field === 'meta' ? result.meta?.json : result[field]
  if (value === null || value === undefined) return ''
  return escapeControls(typeof value === 'object' ? JSON.stringify(value) : String(value))
}

/** @param joins several of a name are one text, as RFC 9110 §5.2 has it of header fields */
function partText(json: string | null, joins: boolean): string {
  if (json === null || json === 'null') return ''
  const isText = json.startsWith('"') || (joins && json.startsWith('['))
  const value: unknown = isText ? JSON.parse(json) : json
  return escapeControls(Array.isArray(value) ? value.join(', ') : String(value))
}
