// Progress for programs: a JSON object per line.

import { escapeControls } from '../core/printable.js'
import type { ChangeCounts, EndCause, RunReport, RunStatus, TimerHandle } from '../types.js'
import type { DisplayOptions, TextDisplay } from './display.js'
import { endingLine } from './ending-line.js'
import { doneOf, Pace } from './pace.js'
import { Pen } from './pen.js'
import { endedBy } from './summary-text.js'
import { startTicker } from './ticker.js'

const intervalMs = 1000

export function openJson(options: DisplayOptions): TextDisplay {
  const pen = new Pen(options.stderr)
  const pace = new Pace()
  const emit = (message: object): void => pen.line(escapeControls(JSON.stringify(message)))
  let ticker: TimerHandle | null = null

  return {
    onStart(status: () => RunStatus) {
      ticker = startTicker(options.clock, intervalMs, () => emit(progressMessage(status(), pace)))
    },
    onEnding(cause: EndCause, status: RunStatus) {
      const line = endingLine(cause, status)
      if (line !== null) emit({ type: 'log', text: line })
    },
    onEnd(report: RunReport) {
      ticker?.cancel()
      emit(summaryMessage(report))
    },
    print: (text) => emit({ type: 'log', text }),
    restore: () => ticker?.cancel(),
  }
}

function progressMessage(status: RunStatus, pace: Pace): object {
  pace.sample(status)
  const etaMs = pace.etaMs(status)
  return {
    type: 'progress',
    done: doneOf(status),
    total: status.total ?? null,
    ok: status.ok,
    failed: status.failedHttp + status.failedOther,
    in_flight: status.inFlight,
    rate_per_s: tenths(pace.perSecond),
    eta_s: etaMs === null ? null : tenths(etaMs / 1000),
  }
}

function summaryMessage(report: RunReport): object {
  return {
    type: 'summary',
    read: report.read,
    earlier: report.earlier,
    ok: report.ok,
    failed: report.failed,
    not_attempted: report.notAttempted,
    elapsed_ms: Math.round(report.elapsedMs),
    retries: report.retries,
    wire_bytes: report.wireBytes,
    body_bytes: report.bodyBytes,
    fetch_ms: report.fetchMs,
    failures: report.failures,
    ...(report.changes && { changes: changesMessage(report.changes) }),
    status_429: report.receipt.status429,
    hosts_given_up: report.outages.count,
    limit_violations: report.receipt.violations.count,
    exit_code: report.exitCode,
    ended_by: report.cause === null ? null : endedBy(report.cause),
  }
}

function changesMessage({ stillFailing, ...changes }: ChangeCounts): object {
  return { ...changes, still_failing: stillFailing }
}

function tenths(value: number): number {
  return Math.round(value * 10) / 10
}
