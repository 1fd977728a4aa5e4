// A field's value as the text of one cell.

import { escapeControls } from '../core/printable.js'
import type { FetchResult } from '../types.js'
import type { Field } from './format.js'

/** One line of visible characters; empty for null. What has parts is shown as JSON. */
export function cellText(value: FetchResult[Field]): string {
  if (value === null || value === undefined) return ''
  return escapeControls(typeof value === 'object' ? JSON.stringify(value) : String(value))
}
