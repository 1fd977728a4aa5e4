// Whether the first line of a list is the header row of a table: seen by the names in it, before anything that reads tables is loaded.

import { defaultUrlColumn, type RowTemplate } from '../core/row-template.js'
import { delimiters } from './csv-rows.js'

/** It names the column of the URL, or all that a template wants. */
export function isHeader(line: string, row: RowTemplate | undefined): boolean {
  const wanted = wantedNames(row)
  // A URL may have a delimiter in it, and any word.
  if (wanted.length === 0 || line.includes('/')) return false
  return delimiters.some((delimiter) => wanted.every((name) => isCell(name, line, delimiter)))
}

/** The columns that a table must have. */
export function wantedNames(row: RowTemplate | undefined): readonly string[] {
  return row !== undefined && row.url !== null ? row.names : [row?.urlColumn ?? defaultUrlColumn]
}

/** Between delimiters, in quotes or without. */
function isCell(name: string, line: string, delimiter: string): boolean {
  const quoted = `" *${literal(name.replaceAll('"', '""'))} *"`
  return new RegExp(`(?:^|${delimiter}) *(?:${literal(name)}|${quoted}) *(?:$|${delimiter})`).test(line)
}

function literal(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')
}
