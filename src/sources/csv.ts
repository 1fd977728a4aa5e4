// The format `csv`: a table with a header row (RFC 4180), a URL per row.

import { isUtf8 } from 'node:buffer'
import { InputError } from '../core/errors.js'
import type { LineIdentity } from '../core/finished.js'
import { type ListedRow, rowIdentity, rowItem } from '../core/listed-row.js'
import { escapeControls } from '../core/printable.js'
import { cellValues } from '../core/row-values.js'
import { maskPassword } from '../core/target.js'
import { cutLine, rejectLine, type TaskTemplate } from '../core/task.js'
import type { Failure, SourceItem } from '../types.js'
import { cellsOf } from './csv-cells.js'
import { isHeader, readHeader, type Table } from './csv-header.js'
import { RowSplitter, type TableRow } from './csv-rows.js'
import type { ParseContext, SourceFormat, Splitter } from './format.js'

export const csv: SourceFormat = {
  help: 'a table with a header row: a column with the URL, the others are meta',
  extensions: ['.csv', '.tsv'],
  // A row says nothing without its header row.
  isRereadable: false,
  hasRows: true,
  matches: (firstLine, { row }) => isHeader(firstLine, row),
  metaNames: (template, name) => new MetaNames(template, name),
  parse: (context, _list, name) => new RowParser(context, name),
  identities: (template, name) => new Identities(template, name),
  entries: (template, name) => new TableSplitter(template, name),
}

const tooLong: Failure = { type: 'invalid_request', code: 'ROW_TOO_LONG', message: 'the row is longer than 1 MiB' }
const badQuotes: Failure = {
  type: 'invalid_request',
  code: 'ROW_QUOTES',
  message: 'text follows a closing quote: a quote within quotes is doubled',
}
const invalidUtf8: Failure = { type: 'invalid_request', code: 'INVALID_UTF8', message: 'the row is not valid UTF-8' }

interface Entry extends TableRow {
  readonly table: Table
}

interface BadRow {
  /** What can be shown in place of a URL. */
  readonly shown: string
  readonly failure: Failure
}

/** The rows behind the header row. Fails with InputError where that is none, or a quote is open at the end of the list. */
class TableSplitter implements Splitter<Entry> {
  readonly #splitter = new RowSplitter()
  readonly #template: TaskTemplate
  readonly #name: string
  table: Table | null = null
  #rows = 0

  constructor(template: TaskTemplate, name: string) {
    this.#template = template
    this.#name = name
  }

  push(bytes: Buffer): Generator<Entry, void, undefined> {
    return this.#entries(this.#splitter.push(bytes))
  }

  end(): Generator<Entry, void, undefined> {
    return this.#entries(this.#splitter.end())
  }

  *#entries(rows: Iterable<TableRow>): Generator<Entry, void, undefined> {
    for (const row of rows) {
      this.#rows++
      if (row.fault === 'unclosed') {
        throw new InputError(
          `${this.#name}: a quote that opens in row ${this.#rows} (the header row is 1) is never closed`,
        )
      }
      if (this.table === null) this.#readHeader(row)
      else yield { ...row, table: this.table }
    }
  }

  #readHeader({ bytes, start, end, fault }: TableRow): void {
    if (fault !== null) throw new InputError(`${this.#name}: the first row is no header row: ${faults[fault].message}`)
    this.table = readHeader(bytes.toString('utf8', start, end), this.#template.row, this.#name)
    this.#splitter.setDelimiter(this.table.delimiter)
  }
}

class MetaNames implements Splitter<readonly string[]> {
  readonly #splitter: TableSplitter

  constructor(template: TaskTemplate, name: string) {
    this.#splitter = new TableSplitter(template, name)
  }

  push(bytes: Buffer): Iterable<readonly string[]> {
    return this.#names(this.#splitter.push(bytes))
  }

  end(): Iterable<readonly string[]> {
    return this.#names(this.#splitter.end())
  }

  #names(entries: Iterable<Entry>): (readonly string[])[] {
    for (const _ of entries) break
    const { table } = this.#splitter
    return table === null ? [] : [table.metaColumns.map(({ name }) => name)]
  }
}

const faults = { 'too-long': tooLong, quotes: badQuotes, unclosed: badQuotes }

class RowParser implements Splitter<SourceItem> {
  readonly #splitter: TableSplitter
  readonly #context: ParseContext

  constructor(context: ParseContext, name: string) {
    this.#splitter = new TableSplitter(context.template, name)
    this.#context = context
  }

  push(bytes: Buffer): Generator<SourceItem, void, undefined> {
    return this.#items(this.#splitter.push(bytes))
  }

  end(): Generator<SourceItem, void, undefined> {
    return this.#items(this.#splitter.end())
  }

  *#items(entries: Iterable<Entry>): Generator<SourceItem, void, undefined> {
    const { takeId, isSkipped } = this.#context
    for (const entry of entries) {
      const id = takeId()
      if (!isSkipped(id)) yield this.#item(id, entry)
    }
  }

  #item(id: number, entry: Entry): SourceItem {
    const { template, wallNow } = this.#context
    const row = readRow(entry, template)
    if ('failure' in row) return rejectLine(id, row.shown, row.failure, template, wallNow())
    return rowItem(id, row, template, wallNow())
  }
}

class Identities implements Splitter<LineIdentity> {
  readonly #splitter: TableSplitter
  readonly #template: TaskTemplate

  constructor(template: TaskTemplate, name: string) {
    this.#splitter = new TableSplitter(template, name)
    this.#template = template
  }

  *push(bytes: Buffer): Generator<LineIdentity, void, undefined> {
    for (const entry of this.#splitter.push(bytes)) yield this.#identity(entry)
  }

  *end(): Generator<LineIdentity, void, undefined> {
    for (const entry of this.#splitter.end()) yield this.#identity(entry)
  }

  #identity(entry: Entry): LineIdentity {
    const row = readRow(entry, this.#template)
    return 'failure' in row ? { url: row.shown, meta: null } : rowIdentity(row, this.#template)
  }
}

function readRow({ bytes, start, end, fault, table }: Entry, template: TaskTemplate): ListedRow | BadRow {
  const text = bytes.toString('utf8', start, end)
  if (fault !== null) return badRow(text, template, faults[fault])
  // The character itself may stand in a list, so the bytes have the last word.
  if (text.includes('\ufffd') && !isUtf8(bytes.subarray(start, end))) return badRow(text, template, invalidUtf8)
  const cells = cellsOf(text, table.delimiter)
  const { columns, names, urlColumn, metaColumns } = table
  if (cells.length !== names.length) return badRow(text, template, wrongCount(cells.length, names.length))
  return {
    values: cellValues(columns, cells),
    // V8 keeps a whole row alive for a part cut out of it: a string of its own.
    url: Buffer.from((cells[urlColumn] ?? '').trim()).toString(),
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
