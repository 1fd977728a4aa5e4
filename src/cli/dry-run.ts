// --dry-run: what a list holds and how long it will take at least, said without a request.

import { Census, type CensusLimits, type CensusOptions, type CensusReport } from '../core/census.js'
import { createFitter } from '../core/fit.js'
import { escapeControls } from '../core/printable.js'
import { formatCount, formatDuration, formatRate } from '../core/units.js'
import type { Source } from '../types.js'

export interface DryRunParts extends CensusOptions, CensusLimits {
  readonly source: Source
  /** The one that ends the source early: what is written then says so. */
  readonly signal: AbortSignal
  readonly format: 'text' | 'json'
  /** Of the terminal that it is read on; Infinity elsewhere. */
  readonly columns: number
  readonly write: (text: string) => Promise<void> | void
}

/** Reads the list and writes what it holds: what the exit code is made of. Rejects with InputError where the list cannot be read. */
export async function dryRun(parts: DryRunParts): Promise<{ readonly read: number; readonly failed: number }> {
  const { source, signal, format, columns, dedupe, write } = parts
  const census = new Census(parts)
  for await (const batch of source) for (const item of batch) census.add(item)
  const report = census.report(parts)
  const facts = { report, dedupe, isComplete: !signal.aborted }
  await write(format === 'json' ? json(facts) : text(facts, columns))
  return { read: report.urls, failed: report.invalid }
}

interface Facts {
  readonly report: CensusReport
  readonly dedupe: boolean
  readonly isComplete: boolean
}

type Row = readonly [label: string, value: string, note?: string]

const gap = '  '
/** A narrower terminal has to wrap. */
const minNoteColumns = 12

function text({ report, dedupe, isComplete }: Facts, columns: number): string {
  const { urls, invalid, invalidCodes, duplicates, hosts, largestHosts } = report
  const codes = invalidCodes.map(({ code, count }) => `${code} ${formatCount(count)}`).join(', ')
  const repeated = dedupe ? '(fetched once)' : '(fetched again; --dedupe fetches each once)'
  const rows: Row[] = [
    ['URLs', formatCount(urls), isComplete ? '' : '(so far: ended early)'],
    ['invalid', formatCount(invalid), codes],
    ['duplicates', formatCount(duplicates), duplicates === 0 ? '' : repeated],
    ['hosts', formatCount(hosts)],
    ...largestHosts.map(
      ({ host, requests }, index): Row => [index === 0 ? 'largest' : '', formatCount(requests), host],
    ),
    ['at least', ...atLeast(report)],
  ]
  const labelWidth = Math.max(...rows.map(([label]) => label.length))
  const valueWidth = Math.max(...rows.map(([, value]) => value.length))
  const noteColumns = Math.max(minNoteColumns, columns - labelWidth - valueWidth - 2 * gap.length)
  return rows
    .map(([label, value, note = '']) => {
      const left = label.padEnd(labelWidth) + gap + value.padStart(valueWidth)
      return `${(left + gap + fitter.cutEnd(escapeControls(note), noteColumns)).trimEnd()}\n`
    })
    .join('')
}

/** Hosts are ASCII (URL standard, "domain to ASCII"), and so is all else. */
const fitter = createFitter((shown) => shown.length)

function atLeast({ atLeast: bound }: CensusReport): [value: string, note: string] {
  if (bound === null) return ['?', 'without a rate, it depends on how fast the hosts answer']
  const requests = bound.requests === 1 ? '1 request' : `${formatCount(bound.requests)} requests`
  const why = `${requests} at ${formatRate(1000 / bound.intervalMs)}`
  return [formatDuration(bound.ms), `${bound.host ?? '--global-rate'} (${why})`]
}

function json({ report, dedupe, isComplete }: Facts): string {
  const { atLeast: bound } = report
  const object = {
    type: 'dry_run',
    complete: isComplete,
    urls: report.urls,
    invalid: report.invalid,
    invalid_codes: Object.fromEntries(report.invalidCodes.map(({ code, count }) => [code, count])),
    duplicates: report.duplicates,
    dedupe,
    requests: report.requests,
    hosts: report.hosts,
    largest_hosts: report.largestHosts,
    at_least_ms: bound === null ? null : Math.round(bound.ms),
    at_least: bound === null ? null : { host: bound.host, requests: bound.requests, interval_ms: bound.intervalMs },
  }
  return `${escapeControls(JSON.stringify(object))}\n`
}
