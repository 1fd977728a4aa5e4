// A table becomes rows behind a header row. Their cells are not looked at.

import { InputError } from '../core/errors.js'
import type { TaskTemplate } from '../core/task.js'
import type { Failure } from '../types.js'
import { readHeader, type Table } from './csv-header.js'
import { RowSplitter, type TableRow } from './csv-rows.js'
import type { Splitter } from './format.js'

const tooLong: Failure = { type: 'invalid_request', code: 'ROW_TOO_LONG', message: 'the row is longer than 1 MiB' }

export const badQuotes: Failure = {
  type: 'invalid_request',
  code: 'ROW_QUOTES',
  message: 'text follows a closing quote: a quote within quotes is doubled',
}

export const faults = { 'too-long': tooLong, quotes: badQuotes, unclosed: badQuotes, late: badQuotes }

/** The rows behind the header row. Fails with InputError where that is none, or a quote is open at the end of the list. */
export class TableSplitter implements Splitter<TableRow> {
  readonly #splitter = new RowSplitter()
  readonly #template: TaskTemplate
  readonly #name: string
  readonly #isPart: boolean
  #table: Table | null
  #rows = 0

  /** `table` is given where rows of a list are read again: there is no header row among them then, and any end may be that of the part. */
  constructor(template: TaskTemplate, name: string, table: Table | null = null) {
    this.#template = template
    this.#name = name
    this.#isPart = table !== null
    this.#table = table
    if (table !== null) this.#splitter.setDelimiter(table.delimiter)
  }

  /** Null before the first row. */
  get table(): Table | null {
    return this.#table
  }

  push(bytes: Buffer, offset: number): Generator<TableRow, void, undefined> {
    return this.#behindHeader(this.#splitter.push(bytes, offset))
  }

  end(): Generator<TableRow, void, undefined> {
    return this.#behindHeader(this.#splitter.end())
  }

  *#behindHeader(rows: Iterable<TableRow>): Generator<TableRow, void, undefined> {
    for (const row of rows) {
      this.#rows++
      if ((row.fault === 'unclosed' || row.fault === 'late') && !this.#isPart) {
        const what = row.fault === 'late' ? 'has its end more than 1 MiB later, and text behind it' : 'is never closed'
        throw new InputError(`${this.#name}: a quote that opens in row ${this.#rows} (the header row is 1) ${what}`)
      }
      if (this.#table === null) this.#table = this.#readHeader(row)
      else yield row
    }
  }

  #readHeader({ bytes, start, end, fault }: TableRow): Table {
    if (fault !== null) throw new InputError(`${this.#name}: the first row is no header row: ${faults[fault].message}`)
    const table = readHeader(bytes.toString('utf8', start, end), this.#template.row, this.#name)
    this.#splitter.setDelimiter(table.delimiter)
    return table
  }
}

/** The names of the columns that are the caller's data, as soon as they are known. */
export class MetaNames implements Splitter<readonly string[]> {
  readonly #splitter: TableSplitter

  constructor(template: TaskTemplate, name: string) {
    this.#splitter = new TableSplitter(template, name)
  }

  push(bytes: Buffer, offset: number): Iterable<readonly string[]> {
    return this.#names(this.#splitter.push(bytes, offset))
  }

  end(): Iterable<readonly string[]> {
    return this.#names(this.#splitter.end())
  }

  #names(rows: Iterable<TableRow>): (readonly string[])[] {
    for (const _ of rows) break
    const { table } = this.#splitter
    return table === null ? [] : [table.metaColumns.map(({ name }) => name)]
  }
}
