// Progress as lines of text, for logs and for terminals that cannot draw.

import { formatSeconds } from '../core/units.js'
import type { EndCause, RunReport, RunStatus, TimerHandle } from '../types.js'
import type { DisplayOptions, TextDisplay } from './display.js'
import { endingLine } from './ending-line.js'
import { loadFit } from './fit.js'
import { doneOf, Pace } from './pace.js'
import { noColor } from './palette.js'
import { Pen } from './pen.js'
import { summaryText } from './summary-text.js'
import { startTicker } from './ticker.js'

const intervalMs = 10_000
const summaryColumns = 79

export async function openPlain(options: DisplayOptions): Promise<TextDisplay> {
  const pen = new Pen(options.stderr)
  const pace = new Pace()
  const fit = await loadFit()
  let ticker: TimerHandle | null = null

  return {
    onStart(status: () => RunStatus) {
      ticker = startTicker(options.clock, intervalMs, () => pen.line(progressLine(status(), pace)))
    },
    onEnding(cause: EndCause, status: RunStatus) {
      const line = endingLine(cause, status)
      if (line !== null) pen.line(line)
    },
    onEnd(report: RunReport) {
      ticker?.cancel()
      const lines = summaryText(report, { columns: summaryColumns, fit, palette: noColor })
      if (lines.length > 0) pen.line(lines.join('\n'))
    },
    print: (line) => pen.line(line),
    restore: () => ticker?.cancel(),
  }
}

function progressLine(status: RunStatus, pace: Pace): string {
  pace.sample(status)
  const done = doneOf(status)
  const etaMs = pace.etaMs(status)
  const total = status.total
  const share = total === undefined ? `${done} done ${status.read} read` : `${done}/${total} ${percent(done, total)}%`
  return [
    `poolfetch: ${formatSeconds(status.elapsedMs)} ${share}`,
    `ok=${status.ok} http=${status.failedHttp} net=${status.failedOther}`,
    `rate=${Number(pace.perSecond.toPrecision(3))}/s eta=${etaMs === null ? '?' : formatSeconds(etaMs)}`,
  ].join(' ')
}

function percent(done: number, total: number): number {
  return total === 0 ? 100 : Math.min(100, Math.floor((done / total) * 100))
}
