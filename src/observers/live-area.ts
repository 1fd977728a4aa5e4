// The part of the terminal that is drawn again and again, and gives way to lines that stay.

import type { LiveArea } from '../types.js'
import type { Pen } from './pen.js'

const hideCursor = '\u001b[?25l'
const showCursor = '\u001b[?25h'
const wrapOff = '\u001b[?7l'
const wrapOn = '\u001b[?7h'
/**
 * The line of the cursor, then all below it. Not in one: where the cursor is in the upper left corner, some terminals (tmux)
 * take that for a screen to be kept and put it into the history.
 */
const erase = '\u001b[1G\u001b7\u001b[2K\u001b[1B\u001b[J\u001b8'

/**
 * Between two writes the cursor always stands at the beginning of the area's first line, so that erasing it needs no counting of lines,
 * whatever a resized terminal has made of the lines. Every change is one write. Lines are never wrapped while the area is
 * drawn, and always at any other time.
 */
export class BarArea implements LiveArea {
  readonly #pen: Pen
  #frame = ''
  #state: 'new' | 'shown' | 'hidden' | 'gone' = 'new'

  constructor(pen: Pen) {
    this.#pen = pen
  }

  /** Draws a new frame, now or with the next `show`. */
  draw(frame: string): void {
    this.#frame = frame
    if (this.#state === 'new' || this.#state === 'shown') this.#show('')
  }

  /** Draws a new frame where the terminal has changed its size: what it made of the old one goes first. */
  redraw(frame: string): void {
    this.#frame = frame
    if (this.#state === 'shown') this.#show(erase)
  }

  hide(): void {
    if (this.#state !== 'shown') return
    this.#state = 'hidden'
    this.#pen.write(erase)
  }

  show(): void {
    if (this.#state === 'hidden') this.#show('')
  }

  /** Takes it off, and gives the cursor back, until `show`. */
  suspend(): void {
    if (this.#state !== 'shown' && this.#state !== 'hidden') return
    this.#pen.write((this.#state === 'shown' ? erase : '') + showCursor + wrapOn)
    this.#state = 'hidden'
  }

  /** Writes a line above the area. */
  print(line: string): void {
    if (this.#state === 'shown') this.#show(`${erase}${line}\n`)
    else this.#pen.line(line)
  }

  restore(): void {
    const state = this.#state
    this.#state = 'gone'
    if (state === 'shown') this.#pen.write(erase + showCursor + wrapOn)
    // Where it is hidden, a line that stays may be half written.
    if (state === 'hidden') this.#pen.write(showCursor + wrapOn)
  }

  #show(before: string): void {
    this.#state = 'shown'
    this.#pen.write(before + hideCursor + wrapOff + this.#frame + wrapOn)
  }
}
