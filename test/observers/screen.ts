// A terminal as far as this program uses one: it says what a person would see, scrolled-off lines included.

import { EventEmitter } from 'node:events'
import type { ErrorStream } from '../../src/observers/index.js'

interface Row {
  cells: string[]
  /** The line goes on in the next row. */
  continues: boolean
}

/** An end of it for stderr: write, size, events. `stdout` is another end that writes to the same screen. */
export class Screen extends EventEmitter implements ErrorStream {
  readonly isTTY = true
  columns: number
  rows: number
  isCursorVisible = true
  isWrapping = true
  /** Everything that was written to stderr. */
  written = ''
  readonly stdout = { write: (text: string): void => this.#interpret(text) }
  readonly #reflows: boolean
  #lines: Row[] = [{ cells: [], continues: false }]
  #row = 0
  #column = 0
  #top = 0
  #saved: [row: number, column: number] = [0, 0]

  constructor(size: { readonly columns: number; readonly rows: number; readonly reflows?: boolean }) {
    super()
    this.columns = size.columns
    this.rows = size.rows
    this.#reflows = size.reflows ?? true
  }

  write(text: string): boolean {
    this.written += text
    this.#interpret(text)
    return true
  }

  /** The lines as they were written, wrapped ones put together, without what is empty at the end. */
  lines(): string[] {
    const lines: string[] = []
    let line = ''
    for (const { cells, continues } of this.#lines) {
      line += cells.join('')
      if (continues) continue
      lines.push(line.trimEnd())
      line = ''
    }
    while (lines.at(-1) === '') lines.pop()
    return lines
  }

  /** As terminals do it: some break lines anew and keep the cursor on its character, others cut them. */
  resize(columns: number, rows: number): void {
    if (this.#reflows) this.#reflow(columns)
    else for (const { cells } of this.#lines) cells.length = Math.min(cells.length, columns)
    this.columns = columns
    this.rows = rows
    this.#column = Math.min(this.#column, columns - 1)
    this.#top = Math.max(0, Math.min(this.#row, this.#lines.length - rows))
    this.#top = Math.max(this.#top, this.#row - rows + 1)
    // What does not fit below the cursor is lost.
    this.#lines.length = Math.min(this.#lines.length, this.#top + rows)
    this.emit('resize')
  }

  #reflow(columns: number): void {
    const rows: Row[] = []
    let cells: string[] = []
    let cursor: number | null = null
    const cursorRow = this.#row
    for (const [index, row] of this.#lines.entries()) {
      if (index === cursorRow) cursor = cells.length + this.#column
      cells = [...cells, ...row.cells]
      if (row.continues) continue
      const first = rows.length
      do rows.push({ cells: cells.splice(0, columns), continues: cells.length > 0 })
      while (cells.length > 0)
      if (cursor !== null) {
        this.#row = Math.min(first + Math.floor(cursor / columns), rows.length - 1)
        this.#column = cursor % columns
      }
      cursor = null
    }
    this.#lines = rows
  }

  #interpret(text: string): void {
    // eslint-disable-next-line no-control-regex
    for (const [token, sequence] of text.matchAll(/\u001b(?:\[([?\d;]*[A-Za-z])|[78])|[^]/gu)) {
      if (sequence !== undefined) this.#control(sequence)
      else if (token === '\u001b7') this.#saved = [this.#row, this.#column]
      else if (token === '\u001b8') [this.#row, this.#column] = this.#saved
      else if (token === '\n') this.#newline(false)
      else if (token === '\r') this.#column = 0
      else this.#put(token)
    }
  }

  #control(sequence: string): void {
    while (this.#lines.length <= this.#row) this.#lines.push({ cells: [], continues: false })
    const cells = this.#lines[this.#row]?.cells ?? []
    if (sequence === '?25l' || sequence === '?25h') this.isCursorVisible = sequence === '?25h'
    else if (sequence === '?7l' || sequence === '?7h') this.isWrapping = sequence === '?7h'
    else if (sequence === '1G') this.#column = 0
    else if (/^\dA$/.test(sequence)) this.#row = Math.max(this.#top, this.#row - Number(sequence.slice(0, -1)))
    else if (sequence === '1B') this.#row = Math.min(this.#row + 1, this.#top + this.rows - 1)
    else if (sequence === '2K') this.#lines[this.#row] = { cells: [], continues: false }
    else if (sequence === '0K') this.#lines[this.#row] = { cells: cells.slice(0, this.#column), continues: false }
    else if (sequence === 'J') {
      // As tmux does it, what a whole screen showed goes into the history.
      if (this.#row === this.#top && this.#column === 0) this.#row = this.#top = this.#lines.length
      this.#lines[this.#row] = { cells: cells.slice(0, this.#column), continues: false }
      this.#lines.length = this.#row + 1
    } else if (!sequence.endsWith('m')) throw new Error(`a sequence the screen does not know: ${sequence}`)
  }

  #put(character: string): void {
    if (character < ' ' || (character >= '\u007f' && character < '\u00a0')) throw new Error('a control character')
    if (this.#column >= this.columns) {
      if (this.isWrapping) this.#newline(true)
      else this.#column = this.columns - 1
    }
    const cells = this.#lines[this.#row]?.cells ?? []
    while (cells.length < this.#column) cells.push(' ')
    cells[this.#column] = character
    this.#column += 1
  }

  #newline(continues: boolean): void {
    const row = this.#lines[this.#row]
    if (row) row.continues = continues
    this.#row += 1
    this.#column = 0
    if (this.#row >= this.#lines.length) this.#lines.push({ cells: [], continues: false })
    this.#top = Math.max(this.#top, this.#row - this.rows + 1)
  }
}
