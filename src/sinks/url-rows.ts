// Table rows for people: what became of a URL at a glance, in 80 columns.

import type { ChalkInstance } from 'chalk'
import { escapeControls } from '../core/printable.js'
import { formatBytes, formatDuration } from '../core/units.js'
import type { FetchResult } from '../types.js'
import type { Fitter } from '../core/fit.js'
import type { RowFormat } from './format.js'

const statusColumns = 8
const timeColumns = 6
const sizeColumns = 7
const gap = '  '
/** Where the time ends, after the status. */
const timeEnd = statusColumns + gap.length + timeColumns
/** Status, time and size, and a gap after each. */
const urlStart = statusColumns + timeColumns + sizeColumns + 3 * gap.length
/** A narrower terminal has to wrap. */
const minUrlColumns = 12
/** A redirect's target is not shown in less. */
const minTargetColumns = 16
const detailIndent = '  └ '

/** The rows that a table has where nothing else was asked for: status, time, size, URL, and why it failed. */
export function createUrlRows(fitter: Fitter, paint: ChalkInstance): RowFormat {
  return {
    header: () => paint.dim(`${leftCells('STATUS', 'TIME', 'SIZE')}URL`),
    row: (result, columns) => {
      const status = statusOf(result)
      const time = result.attempts > 0 ? formatDuration(result.fetch_ms) : status.length < timeEnd - 1 ? '-' : ''
      const size =
        result.status_code === null || result.duplicate_of !== undefined ? '-' : formatBytes(result.body_bytes)
      const left = paintStatus(result)(status) + leftCells(status, time, size).slice(status.length)
      return left + urlAndDetail(result, columns)
    },
  }

  function paintStatus({ ok, redirects, status_code: status }: FetchResult): ChalkInstance {
    if (!ok) return paint.red
    return redirects > 0 || (status !== null && status >= 300) ? paint.yellow : paint.green
  }

  function urlAndDetail(result: FetchResult, columns: number): string {
    const url = escapeControls(result.url)
    const urlColumns = Math.max(columns - urlStart, minUrlColumns)
    const shown = fitter.cutUrl(url, urlColumns)
    const room = shown === url ? urlColumns - fitter.width(url) - gap.length : 0
    const change = changeNote(result)
    const note = (change + noteOf(result, room - change.length)).trimEnd()
    if (note !== '' && fitter.width(note) <= room) return shown + gap + paint.dim(note)
    // Why a URL has no response must be readable; anything else is left out where there is no room.
    if (result.ok || result.error_type === 'http_status' || note === '') return shown
    const detail = fitter.cutEnd(note, columns - detailIndent.length)
    return `${shown}\n${paint.dim(detailIndent + detail)}`
  }

  function noteOf(result: FetchResult, room: number): string {
    const attempts = result.attempts > 1 ? `(${result.attempts} attempts)` : ''
    if (!result.ok) return `${reasonOf(result)} ${attempts}`.trim()
    if (result.duplicate_of !== undefined) return `as URL ${result.duplicate_of}`
    const target = otherHostTarget(result)
    if (target === null || room < minTargetColumns) return attempts
    return `→ ${fitter.cutUrl(target, room - 2)}`
  }
}

// The columns before the URL. A status wider than its column takes from the next one's blanks: none has a long time as well.
function leftCells(status: string, time: string, size: string): string {
  return `${status}${time.padStart(timeEnd - status.length)}${gap}${size.padStart(sizeColumns)}${gap}`
}

function statusOf({ error_type: errorType, status_code: statusCode }: FetchResult): string {
  return errorType === null || errorType === 'http_status' ? String(statusCode ?? '-') : errorType
}

// The message, but for what the status column says already.
function reasonOf({ status_code: status, error_code: code, error_message: message }: FetchResult): string {
  const text = escapeControls(message ?? code ?? '')
  return text.startsWith(`status ${status}`) ? text.replace(/^status \d+:? ?/, '') : text
}

/** What is as it was needs no word. */
function changeNote({ change }: FetchResult): string {
  return change === undefined || change === null || change === 'same' ? '' : `${change} `
}

/** Where redirects led, if to another host. */
function otherHostTarget({ final_url: finalUrl, host, redirects }: FetchResult): string | null {
  if (redirects === 0 || finalUrl === null || !URL.canParse(finalUrl)) return null
  return new URL(finalUrl).host === host ? null : escapeControls(finalUrl)
}
