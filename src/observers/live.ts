// Progress on a terminal: a live area while the run goes on, the summary at its end.

import type { EndCause, RunReport, RunStatus, TimerHandle } from '../types.js'
import { type BarRows, loadBarRows } from './bar-rows.js'
import type { DisplayOptions, ErrorStream, TextDisplay } from './display.js'
import { endingLine } from './ending-line.js'
import { type Fit, loadFit } from './fit.js'
import { BarArea } from './live-area.js'
import { liveLines } from './live-lines.js'
import { Pace } from './pace.js'
import { loadPalette, type Palette } from './palette.js'
import { Pen } from './pen.js'
import { summaryText } from './summary-text.js'
import { startTicker } from './ticker.js'

const fewestColumns = 40
/** Three lines, and one to write above them. */
const fewestRows = 4
const mostColumns = 79
const intervalMs = 100

/** Whether a live area can be drawn there. */
export function isLiveTerminal(options: DisplayOptions): boolean {
  const { stderr, env } = options
  return stderr.isTTY === true && env['TERM'] !== 'dumb' && columnsOf(stderr) >= fewestColumns && hasRows(stderr)
}

export async function openLive(options: DisplayOptions): Promise<TextDisplay> {
  const palette = await loadPalette(options.color)
  return new LiveDisplay(options, { rows: await loadBarRows(palette), fit: await loadFit(), palette })
}

interface LiveParts {
  readonly rows: BarRows
  readonly fit: Fit
  readonly palette: Palette
}

class LiveDisplay implements TextDisplay {
  readonly live: BarArea
  readonly #options: DisplayOptions
  readonly #parts: LiveParts
  readonly #pen: Pen
  readonly #pace = new Pace()
  #status: (() => RunStatus) | null = null
  #ticker: TimerHandle | null = null

  constructor(options: DisplayOptions, parts: LiveParts) {
    this.#options = options
    this.#parts = parts
    this.#pen = new Pen(options.stderr)
    this.live = new BarArea(this.#pen)
  }

  onStart(status: () => RunStatus): void {
    this.#status = status
    this.#options.stderr.on('resize', this.#resize)
    this.#ticker = startTicker(this.#options.clock, intervalMs, () => this.live.draw(this.#frame(status())))
    this.live.draw(this.#frame(status()))
  }

  onEnding(cause: EndCause, status: RunStatus): void {
    const line = endingLine(cause, status)
    if (line !== null) this.print(line)
  }

  onEnd(report: RunReport): void {
    this.restore()
    const columns = Math.max(fewestColumns, this.#columns())
    const lines = summaryText(report, { columns, fit: this.#parts.fit, palette: this.#parts.palette })
    if (lines.length > 0) this.#pen.line(['', ...lines].join('\n'))
  }

  suspend(): void {
    this.live.suspend()
  }

  resume(): void {
    this.live.show()
  }

  print(line: string): void {
    this.live.print(line)
  }

  restore(): void {
    this.#ticker?.cancel()
    this.#ticker = null
    this.#options.stderr.off('resize', this.#resize)
    this.live.restore()
  }

  readonly #resize = (): void => {
    if (this.#status) this.live.redraw(this.#frame(this.#status()))
  }

  #frame(status: RunStatus): string {
    this.#pace.sample(status)
    // On a terminal that was made too small for it, the area is empty: more lines than rows would scroll each other away.
    if (!hasRows(this.#options.stderr)) return ''
    const { rows, fit, palette } = this.#parts
    return rows.frame(liveLines(status, this.#pace, this.#columns(), fit, palette))
  }

  /** One column stays free, so that no terminal breaks a full line. */
  #columns(): number {
    return Math.min(mostColumns, columnsOf(this.#options.stderr) - 1)
  }
}

/** A terminal that does not know its size says 0. */
function columnsOf(stderr: ErrorStream): number {
  return stderr.columns || 80
}

function hasRows(stderr: ErrorStream): boolean {
  return (stderr.rows || 24) >= fewestRows
}
