// Rows of a table become tasks, with their other cells as data. All rows of a piece are read at once.

import type { LineIdentity } from '../core/finished.js'
import { type ListedRow, rowIdentity, rowItem } from '../core/listed-row.js'
import { escapeControls } from '../core/printable.js'
import { cellValues } from '../core/row-values.js'
import { maskPassword } from '../core/target.js'
import { cutLine, type LinePlace, noPlace, rejectLine, type TaskTemplate } from '../core/task.js'
import type { Failure, SourceItem } from '../types.js'
import { cellsOf } from './csv-cells.js'
import type { Table } from './csv-header.js'
import type { TableRow } from './csv-rows.js'
import { badQuotes, faults, MetaNames, TableSplitter } from './csv-table.js'
import type { ItemSplitter, ListFormat, ParseContext, Splitter } from './format.js'
import { isMangled } from './text.js'

export const csvItems: ListFormat = {
  hasRows: true,
  metaNames: (template, name) => new MetaNames(template, name),
  parse: (context, list, name) => new RowParser(context, list, name, null),
  identities: (template, name) => new Identities(template, name),
  entries: (template, name) => new TableSplitter(template, name),
}

const invalidUtf8: Failure = { type: 'invalid_request', code: 'INVALID_UTF8', message: 'the row is not valid UTF-8' }

/** A row as text: of one that cannot be read, what there is of it. */
interface TextRow {
  readonly text: string
  readonly failure: Failure | null
}

interface BadRow {
  /** What can be shown in place of a URL. */
  readonly shown: string
  readonly failure: Failure
}

class RowParser implements ItemSplitter {
  readonly #splitter: TableSplitter
  readonly #context: ParseContext
  readonly #list: number

  constructor(context: ParseContext, list: number, name: string, table: Table | null) {
    this.#splitter = new TableSplitter(context.template, name, table)
    this.#context = context
    this.#list = list
  }

  readonly again: ListFormat['parse'] = (context, list, name) =>
    new RowParser(context, list, name, this.#splitter.table)

  push(bytes: Buffer, offset: number): Generator<SourceItem, void, undefined> {
    return this.#items(this.#splitter.push(bytes, offset))
  }

  end(): Generator<SourceItem, void, undefined> {
    return this.#items(this.#splitter.end())
  }

  *#items(found: Iterable<TableRow>): Generator<SourceItem, void, undefined> {
    const { takeId, isSkipped, template, wallNow } = this.#context
    const rows: (TextRow & { readonly id: number; readonly place: LinePlace })[] = []
    for (const row of found) {
      const id = takeId()
      if (!isSkipped(id)) rows.push({ id, place: this.#placeOf(row), ...textRow(row) })
    }
    for (const [{ id, place }, row] of readRows(rows, this.#splitter.table, template)) {
      if ('failure' in row) yield rejectLine(id, row.shown, row.failure, template, wallNow())
      else yield rowItem(id, row, template, wallNow(), place)
    }
  }

  #placeOf({ offset, start, end }: TableRow): LinePlace {
    return this.#list < 0 ? noPlace : { list: this.#list, start: offset + start, end: offset + end }
  }
}

class Identities implements Splitter<LineIdentity> {
  readonly #splitter: TableSplitter
  readonly #template: TaskTemplate

  constructor(template: TaskTemplate, name: string) {
    this.#splitter = new TableSplitter(template, name)
    this.#template = template
  }

  push(bytes: Buffer, offset: number): Generator<LineIdentity, void, undefined> {
    return this.#identities(this.#splitter.push(bytes, offset))
  }

  end(): Generator<LineIdentity, void, undefined> {
    return this.#identities(this.#splitter.end())
  }

  *#identities(found: Iterable<TableRow>): Generator<LineIdentity, void, undefined> {
    const rows = Array.from(found, textRow)
    for (const [, row] of readRows(rows, this.#splitter.table, this.#template)) {
      yield 'failure' in row ? { url: row.shown, meta: null } : rowIdentity(row, this.#template)
    }
  }
}

function textRow(row: TableRow): TextRow {
  const text = row.bytes.toString('utf8', row.start, row.end)
  if (row.fault !== null) return { text, failure: faults[row.fault] }
  return { text, failure: isMangled(text, row) ? invalidUtf8 : null }
}

/** One after the other; `table` is null where there is no row. */
function* readRows<Row extends TextRow>(
  rows: readonly Row[],
  table: Table | null,
  template: TaskTemplate,
): Generator<readonly [Row, ListedRow | BadRow], void, undefined> {
  if (table === null) return
  const texts = rows.map(({ text, failure }) => (failure === null ? text : null))
  const cells = cellsOf(texts, table.delimiter)
  for (const [index, row] of rows.entries()) yield [row, readRow(row, cells[index] ?? null, table, template)]
}

function readRow(
  { text, failure }: TextRow,
  cells: readonly string[] | null,
  table: Table,
  template: TaskTemplate,
): ListedRow | BadRow {
  if (cells === null) return badRow(text, template, failure ?? badQuotes)
  const { columns, names, urlColumn, metaColumns } = table
  if (cells.length !== names.length) return badRow(text, template, wrongCount(cells.length, names.length))
  return {
    values: cellValues(columns, cells),
    url: (cells[urlColumn] ?? '').trim(),
    meta: metaColumns.length === 0 ? null : metaOf(table, cells),
  }
}

/** In the order of the columns; cells are text, whatever they look like: `007` stays. */
function metaOf({ metaColumns }: Table, cells: readonly string[]): string {
  const members = metaColumns.map(({ index, json }) => `${json}:${JSON.stringify(cells[index])}`)
  const json = `{${members.join(',')}}`
  return /^[\x20-\x7e]*$/.test(json) ? json : escapeControls(json)
}

function wrongCount(cells: number, columns: number): Failure {
  const message = `the row has ${cells} ${cells === 1 ? 'cell' : 'cells'}, the header row ${columns}`
  return { type: 'invalid_request', code: 'ROW_CELLS', message }
}

/** Its cells may stand anywhere, and be anything: nothing is shown of it but what is a URL. */
function badRow(text: string, { row }: TaskTemplate, failure: Failure): BadRow {
  if (row !== undefined && row.url !== null) return { shown: row.url.text, failure }
  const [url = ''] = /https?:\/\/[^\s",;]*/i.exec(text) ?? []
  return { shown: cutLine(maskPassword(url)), failure }
}
