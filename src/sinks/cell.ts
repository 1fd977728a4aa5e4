// A field's value as the text of one cell.

import { escapeControls } from '../core/printable.js'
import type { FetchResult } from '../types.js'
import type { Field } from './format.js'

/** One line of visible characters; empty for null. What has parts is shown as JSON. */
export function cellText(result: FetchResult, field: Field): string {
  const value = field === 'meta' ? result.meta?.json : result[field]
  if (value === null || value === undefined) return ''
  return escapeControls(typeof value === 'object' ? JSON.stringify(value) : String(value))
}
