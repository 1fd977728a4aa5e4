// The three lines as cli-progress draws them, made into one string per frame.

import { Writable } from 'node:stream'
import type { LiveLines } from './live-lines.js'
import type { Palette } from './palette.js'

export interface BarRows {
  /**
   * The frame of these lines: it is to be written where the cursor stands at the beginning of the area's first line, and
   * leaves it there.
   */
  frame(lines: LiveLines): string
}

const empty: LiveLines = { bar: { before: '', done: 0, total: 0, columns: 0, after: '' }, counts: '', waiting: '' }

/** One MultiBar with exactly three elements, a bar and two lines of text. It draws when asked and has no timer of its own. */
export async function loadBarRows(palette: Palette): Promise<BarRows> {
  const { default: progress } = await import('cli-progress')

  class Rows extends progress.MultiBar {
    declare timer: NodeJS.Timeout | null
    declare terminal: { cursorRelativeReset(): void }

    /** Draws once. The cursor goes back to the first line: it stays there when the terminal, resized, breaks the lines anew. */
    draw(): void {
      this.update()
      this.terminal.cursorRelativeReset()
      this.rest()
    }

    rest(): void {
      if (this.timer) clearTimeout(this.timer)
      this.timer = null
    }
  }

  let lines = empty
  const screen = new FrameStream()
  const rows = new Rows({
    stream: screen,
    hideCursor: true,
    gracefulExit: false,
    forceRedraw: true,
    // cli-progress would switch wrapping off for the whole run; the live area does it per frame.
    linewrap: true,
    barCompleteChar: '█',
    barIncompleteChar: '░',
  })
  const bar = rows.create(0, 0, undefined, {
    format: (options, { progress: share }) => {
      const { before, columns, after } = lines.bar
      if (columns === 0) return before
      return before + palette.bar(progress.Format.BarFormat(share, { ...options, barsize: columns })) + after
    },
  })
  rows.create(0, 0, undefined, { format: () => lines.counts })
  rows.create(0, 0, undefined, { format: () => lines.waiting })
  rows.rest()

  return {
    frame(next) {
      lines = next
      bar.setTotal(next.bar.total)
      bar.update(next.bar.done)
      rows.draw()
      return screen.take()
    },
  }
}

/** A terminal of any width that keeps what is written to it. */
class FrameStream extends Writable {
  readonly isTTY = true
  readonly columns = 10_000
  #text = ''

  constructor() {
    super({ decodeStrings: false })
  }

  override _write(chunk: Buffer | string, _encoding: BufferEncoding, callback: () => void): void {
    this.#text += chunk.toString()
    callback()
  }

  take(): string {
    const text = this.#text
    this.#text = ''
    return text
  }
}
