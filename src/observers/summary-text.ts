// The summary of a run for people to read.

import { formatBytes, formatCount, formatDuration, formatRate } from '../core/units.js'
import type { ChangeCounts, EndCause, RunReport } from '../types.js'
import type { Fit } from './fit.js'
import { outageText } from './outage-text.js'
import type { Palette } from './palette.js'
import { receiptText } from './receipt-text.js'

export interface SummaryLook {
  readonly columns: number
  readonly fit: Fit
  readonly palette: Palette
}

/** Its lines; none where the run ends without a word. */
export function summaryText(report: RunReport, look: SummaryLook): string[] {
  if (endsSilently(report)) return []
  return [
    ...totals(report, look),
    ...speeds(report),
    ...slowestHosts(report, look),
    ...receiptText(report.receipt, look),
    ...outageText(report.outages, look),
    ...failures(report, look),
    ...(report.exitCode === 0 ? [] : [`${label('exit')}${report.exitCode}`]),
  ]
}

/** The reader of stdout went away, or nothing could be read, for which there is an error message: a summary would be noise. */
export function endsSilently(report: RunReport): boolean {
  const kind = report.cause?.kind
  return kind === 'reader-gone' || (kind === 'error' && report.read === 0)
}

/** One word for it, as `--progress json` has it. */
export function endedBy(cause: EndCause): string {
  return cause.kind === 'signal' ? cause.name : cause.kind
}

/** `changed 3, new 1, gone 2, same 994`; what there is none of is left out, but for what did not change. */
export function changesText({ changed, new: added, gone, recovered, same }: ChangeCounts): string {
  const parts = Object.entries({ changed, new: added, gone, recovered }).filter(([, count]) => count > 0)
  return [...parts, ['same', same] as const].map(([word, count]) => `${word} ${formatCount(count)}`).join(', ')
}

/** `read 3 = ok 1 + failed 1 + not attempted 1` */
function totals(report: RunReport, { palette }: SummaryLook): string[] {
  const ok = `ok ${formatCount(report.ok)}`
  const failed = `failed ${formatCount(report.failed)}`
  const notAttempted = `not attempted ${formatCount(report.notAttempted)}`
  const parts = [
    report.ok > 0 ? palette.good(ok) : ok,
    report.failed > 0 ? palette.bad(failed) : failed,
    report.notAttempted > 0 ? palette.odd(notAttempted) : notAttempted,
  ]
  return [
    `read ${formatCount(report.read)} = ${parts.join(' + ')}`,
    ...(report.earlier === 0 ? [] : [`${label('resumed')}${formatCount(report.earlier)} of them were done before`]),
    ...(report.changes === null ? [] : [`${label('changes')}${changesText(report.changes)}`]),
    ...(report.cause === null ? [] : [`${label('ended')}early: ${endedBy(report.cause)}`]),
  ]
}

function speeds(report: RunReport): string[] {
  const seconds = Math.max(report.elapsedMs, 1) / 1000
  const rate = formatRate((report.ok + report.failed - report.earlier) / seconds)
  const lines = [
    `${label('time')}${formatDuration(report.elapsedMs)}, ${rate}, ${plural(report.retries, 'retry', 'retries')}`,
    `${label('bytes')}${formatBytes(report.wireBytes)} received (${formatBytes(report.wireBytes / seconds)}/s), ` +
      `${formatBytes(report.bodyBytes)} decoded`,
  ]
  if (report.fetchMs === null) return lines
  const { p50, p90, p99 } = report.fetchMs
  const fetch = `p50 ${formatDuration(p50)}  p90 ${formatDuration(p90)}  p99 ${formatDuration(p99)}`
  return [...lines, `${label('fetch')}${fetch}`]
}

function slowestHosts({ slowestHosts: hosts }: RunReport, { columns, fit }: SummaryLook): string[] {
  const texts = hosts.map(
    ({ urls, meanFetchMs }) => `${formatDuration(meanFetchMs).padStart(7)} mean of ${plural(urls, 'URL', 'URLs')}`,
  )
  const room = columns - label('').length - Math.max(0, ...texts.map((text) => text.length))
  const rows = hosts.map(({ host }, index) => ({ host: fit(host, room), text: texts[index] ?? '' }))
  const width = Math.max(0, ...rows.map(({ host }) => host.length))
  return rows.map(({ host, text }, index) => label(index === 0 ? 'slowest' : '') + host.padEnd(width) + text)
}

/** Per type a line with its count and the first URL, and one with what happened to it. */
function failures({ failures: groups }: RunReport, { columns, fit, palette }: SummaryLook): string[] {
  const typeWidth = Math.max(0, ...groups.map(({ type }) => type.length))
  const countWidth = Math.max(0, ...groups.map(({ count }) => formatCount(count).length))
  return groups.flatMap(({ type, count, example }, index) => {
    const what = `${type.padEnd(typeWidth)} ${formatCount(count).padStart(countWidth)}  `
    const before = label(index === 0 ? 'failed' : '') + what
    const indent = ' '.repeat(before.length)
    const room = columns - before.length
    const begin = label(index === 0 ? 'failed' : '') + palette.bad(what)
    if (example === null) return [begin + palette.calm('before this run')]
    const reason = [example.code, example.message].filter((part) => part !== null).join(': ')
    return [begin + fit(example.url, room), indent + palette.calm(fit(reason, room))]
  })
}

function label(word: string): string {
  return word.padEnd(9)
}

function plural(count: number, one: string, many: string): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`
}
