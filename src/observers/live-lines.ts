// The text of the live area: three lines that fit the terminal.

import { formatBytes, formatClock, formatCount, formatRate, formatSeconds } from '../core/units.js'
import type { RunStatus, WaitingHost } from '../types.js'
import type { Fit } from './fit.js'
import { doneOf, type Pace } from './pace.js'
import type { Palette } from './palette.js'

export interface LiveLines {
  readonly bar: BarLine
  readonly counts: string
  readonly waiting: string
}

export interface BarLine {
  readonly before: string
  /** What the bar itself stands for, and how many columns it takes: none where it would be too short or the total is unknown. */
  readonly done: number
  readonly total: number
  readonly columns: number
  readonly after: string
}

const longestBar = 30
const shortestBar = 5

export function liveLines(status: RunStatus, pace: Pace, columns: number, fit: Fit, palette: Palette): LiveLines {
  return {
    bar: barLine(status, pace, columns, fit),
    counts: countsLine(status, pace, columns, palette),
    waiting: status.waiting === null ? '' : palette.odd(waitingLine(status.waiting, columns, fit)),
  }
}

function barLine(status: RunStatus, pace: Pace, columns: number, fit: Fit): BarLine {
  const done = doneOf(status)
  const etaMs = pace.etaMs(status)
  const outlook = status.isEnding ? 'ending' : `ETA ${etaMs === null ? '--:--' : formatClock(etaMs)}`
  const speed = `${formatRate(pace.perSecond).padStart(7)}   ${outlook}`
  if (status.total === undefined) {
    const text = ` ${formatCount(done)} done of ${formatCount(status.read)} read  ${speed}`
    return { before: fit(text, columns), done: 0, total: 0, columns: 0, after: '' }
  }
  // Rounded down: 100% is when all is done.
  const percent = status.total === 0 ? 100 : Math.min(100, Math.floor((done / status.total) * 100))
  const before = `${String(percent).padStart(3)}% `
  const total = formatCount(status.total)
  const after = `   ${formatCount(done).padStart(total.length)}/${total} ${speed}`
  const room = Math.min(longestBar, columns - before.length - after.length)
  if (room >= shortestBar) return { before, done, total: status.total, columns: room, after }
  return { before: fit(before + after.trimStart(), columns), done, total: status.total, columns: 0, after: '' }
}

function countsLine(status: RunStatus, pace: Pace, columns: number, palette: Palette): string {
  const parts: [text: string, paint: (text: string) => string][] = [
    [`ok ${formatCount(status.ok)}`, status.ok > 0 ? palette.good : palette.calm],
    [`http ${formatCount(status.failedHttp)}`, status.failedHttp > 0 ? palette.bad : palette.calm],
    [`net ${formatCount(status.failedOther)}`, status.failedOther > 0 ? palette.bad : palette.calm],
    [`retries ${formatCount(status.retries)}`, palette.calm],
    [`in flight ${status.inFlight}/${status.workers}`, palette.calm],
    [`${formatBytes(pace.bytesPerSecond)}/s`, palette.calm],
  ]
  let line = ''
  let width = 0
  for (const [text, paint] of parts) {
    const gap = width === 0 ? ' ' : '  '
    width += gap.length + text.length
    if (width > columns) break
    line += gap + paint(text)
  }
  return line
}

function waitingLine(waiting: WaitingHost, columns: number, fit: Fit): string {
  const forHowLong = Number.isFinite(waiting.forMs)
    ? `for ${formatSeconds(Math.max(1000, waiting.forMs))}`
    : 'at its limit'
  const before = ' waiting: '
  const after = ` ${formatCount(waiting.tasks)} queued (${forHowLong})`
  const host = fit(waiting.host, Math.max(1, columns - before.length - after.length))
  return fit(before + host + after, columns)
}
