// The header row of a table: the names of its columns, and its delimiter.

import { InputError } from '../core/errors.js'
import { defaultUrlColumn, type RowTemplate } from '../core/row-template.js'
import { formatCount } from '../core/units.js'
import { cellsOf } from './csv-cells.js'
import { wantedNames } from './csv-first-line.js'
import { type Delimiter, delimiters } from './csv-rows.js'

/** Of the names of columns, in a message. */
const mostShown = 20
const longestShown = 60

export interface Table {
  readonly delimiter: Delimiter
  readonly names: readonly string[]
  readonly columns: ReadonlyMap<string, number>
  /** Of the column with the URL; -1 where URLs are made by a template. */
  readonly urlColumn: number
  /** The columns that are the caller's data, each with its name as JSON. */
  readonly metaColumns: readonly { readonly index: number; readonly name: string; readonly json: string }[]
}

/** Throws InputError where the list cannot be read by this header row. `list` is its name, as shown. */
export function readHeader(text: string, row: RowTemplate | undefined, list: string): Table {
  const delimiter = delimiterOf(text, wantedNames(row))
  const names = namesOf(text, delimiter)
  const columns = new Map(names.map((name, index) => [name, index]))
  const has = `it has ${shownNames(names)}`
  if (columns.has('')) throw new InputError(`${list}: a column has no name in the header row: ${has}`)
  if (columns.size < names.length) {
    // The map has the last column of a name.
    const twice = names.find((name, index) => columns.get(name) !== index) ?? ''
    throw new InputError(`${list}: two columns have the name ${shownName(twice)} in the header row: ${has}`)
  }
  const urlName = row?.urlColumn ?? defaultUrlColumn
  const urlColumn = hasTemplate(row) ? -1 : columns.get(urlName)
  if (urlColumn === undefined) {
    const advice = '--url-column names the column, --url makes a URL of others'
    throw new InputError(`${list} has no column ${JSON.stringify(urlName)}: ${has} (${advice})`)
  }
  const missing = row?.names.find((name) => !columns.has(name))
  if (missing !== undefined) {
    throw new InputError(
      `${list} has no column ${JSON.stringify(missing)} for {${missing}}: ${has} ({{${missing}}} is for the text in braces)`,
    )
  }
  const metaColumns = names
    .map((name, index) => ({ index, name, json: JSON.stringify(name) }))
    .filter(({ index }) => index !== urlColumn)
  return { delimiter, names, columns, urlColumn, metaColumns }
}

/** A first row can be anything: a line that a person reads has the beginning of it. */
function shownNames(names: readonly string[]): string {
  const shown = names.slice(0, mostShown).map(shownName).join(', ')
  return names.length > mostShown ? `${shown} and ${formatCount(names.length - mostShown)} more` : shown
}

function shownName(name: string): string {
  return JSON.stringify(name.length > longestShown ? `${name.slice(0, longestShown)}…` : name)
}

function hasTemplate(row: RowTemplate | undefined): boolean {
  return row !== undefined && row.url !== null
}

/** The one by which the header row has what is wanted, else the one that makes most of it. */
function delimiterOf(text: string, wanted: readonly string[]): Delimiter {
  const found = delimiters.map((delimiter) => ({ delimiter, names: namesOf(text, delimiter) }))
  const most = found.toSorted((a, b) => b.names.length - a.names.length)
  const fitting = most.find(({ names }) => wanted.every((name) => names.includes(name)))
  return (fitting ?? most[0])?.delimiter ?? ','
}

function namesOf(text: string, delimiter: Delimiter): string[] {
  const [names] = cellsOf([text], delimiter)
  return names?.map((name) => name.trim()) ?? []
}
