// Silent when all is well; a line and the first failures when not, so that cron mails only what matters.

import { escapeControls } from '../core/printable.js'
import { formatCount, formatDuration } from '../core/units.js'
import type { FetchResult, RunReport } from '../types.js'
import type { DisplayOptions, TextDisplay } from './display.js'
import { Pen } from './pen.js'
import { changesText, endedBy, endsSilently } from './summary-text.js'

/** A URL may be 64 KiB long: a mail shows its beginning. */
const shownCharacters = 500

export function openCron(options: DisplayOptions): TextDisplay {
  const pen = new Pen(options.stderr)
  return {
    onEnd(report: RunReport) {
      if (report.exitCode === 0 || endsSilently(report)) return
      const still = report.changes?.stillFailing ?? 0
      const more = report.failed - report.firstFailures.length - still
      const lines = [verdict(report), ...report.firstFailures.map(failureLine)]
      if (more > 0) lines.push(moreLine(more, report))
      if (still > 0) lines.push(`  and ${formatCount(still)} that failed like that in the run before`)
      pen.line(lines.join('\n'))
    },
    print: (line) => pen.line(line),
    restore() {},
  }
}

function verdict(report: RunReport): string {
  const types = report.failures.map(({ type, count }) => `${formatCount(count)} ${type}`).join(', ')
  const counts = [
    `${formatCount(report.ok)} ok`,
    `${formatCount(report.failed)} failed`,
    `${formatCount(report.notAttempted)} not attempted`,
  ].join(', ')
  const earlier = report.earlier === 0 ? '' : `, ${formatCount(report.earlier)} of them before`
  const changes = report.changes === null ? '' : `; ${changesText(report.changes)}`
  const ended = report.cause === null ? '' : `; ended early: ${endedBy(report.cause)}`
  const read = `read ${formatCount(report.read)} ${report.read === 1 ? 'URL' : 'URLs'} in ${formatDuration(report.elapsedMs)}${earlier}`
  return `poolfetch: ${read}: ${counts}${types === '' ? '' : ` (${types})`}${changes}${ended}; exit ${report.exitCode}`
}

function moreLine(more: number, { firstFailures, earlier }: RunReport): string {
  if (firstFailures.length === 0 && earlier > 0) return '  all of them failed before this run'
  return `  and ${formatCount(more)} more`
}

function failureLine(result: FetchResult): string {
  const message = result.error_message === null ? '' : `: ${shown(result.error_message)}`
  return `  ${result.error_type} ${shown(result.error_code ?? '')} ${shown(result.url)}${message}`
}

function shown(text: string): string {
  return escapeControls(text.length > shownCharacters ? `${text.slice(0, shownCharacters)}…` : text)
}
