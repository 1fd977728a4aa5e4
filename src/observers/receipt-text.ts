// How politely the hosts were asked, for people to read: lines of the summary.

import type { HostReceipt, ReceiptReport } from '../types.js'
import { formatCount, formatDuration, formatRate } from '../core/units.js'
import type { Fit } from './fit.js'
import type { Palette } from './palette.js'

export interface ReceiptLook {
  readonly columns: number
  readonly fit: Fit
  readonly palette: Palette
}

const hostsShown = 5
/** Leaves room for what is said of a host. */
const mostHostColumns = 32

/**
 * The hosts with the most requests, of those that had a limit or answered 429: without either there is nothing to be polite
 * about. A limit that was not kept is always told.
 */
export function receiptText({ hosts, violations }: ReceiptReport, look: ReceiptLook): string[] {
  const { columns, fit, palette } = look
  const shown = firstOf(hosts, hostsShown, isWorthALine)
  const names = shown.map(({ host }) => fit(host, mostHostColumns))
  const width = Math.max(0, ...names.map((name) => name.length))
  const lines = shown.map((receipt, index) => {
    const before = `${label(index === 0 ? 'polite' : '')}${(names[index] ?? '').padEnd(width)}  `
    return before + asManyAsFit(facts(receipt), columns - before.length)
  })
  if (violations.count === 0) return lines
  const count = `${formatCount(violations.count)} ${violations.count === 1 ? 'violation' : 'violations'}`
  const what = `${count} of a limit, a bug: ${violations.first[0] ?? ''}`
  return [...lines, label('impolite') + palette.bad(fit(what, columns - label('').length))]
}

function isWorthALine({ intervalMs, perHost, status429 }: HostReceipt): boolean {
  return intervalMs !== null || perHost !== Number.POSITIVE_INFINITY || status429 > 0
}

/** What matters more comes first: the rest is left out where columns are few. */
function facts(receipt: HostReceipt): string[] {
  const { requests, status429, intervalMs, perHost, peakInFlight, smallestGapMs, mostPerSecond } = receipt
  const rate = intervalMs === null ? '' : ` (${formatRate(1000 / intervalMs)})`
  const limit = perHost === Number.POSITIVE_INFINITY ? '' : ` (limit ${formatCount(perHost)})`
  return [
    `${formatCount(requests)} ${requests === 1 ? 'request' : 'requests'}`,
    ...(status429 > 0 ? [`429: ${formatCount(status429)}`] : []),
    ...(intervalMs === null || smallestGapMs === null ? [] : [`gap >= ${formatGap(smallestGapMs)}${rate}`]),
    `peak ${formatCount(peakInFlight)} in flight${limit}`,
    ...(mostPerSecond === 0 ? [] : [`<= ${formatCount(mostPerSecond)} in any second`]),
  ]
}

/** Rounded down: it is said that no gap was shorter. */
function formatGap(ms: number): string {
  if (ms < 1000) return `${(Math.floor(ms * 10) / 10).toFixed(1)}ms`
  return ms < 60_000 ? `${(Math.floor(ms / 10) / 100).toFixed(2)}s` : formatDuration(Math.floor(ms / 1000) * 1000)
}

/** One at least: a narrower terminal has to wrap. */
function asManyAsFit(parts: readonly string[], columns: number): string {
  return parts.reduce((text, part) => (text.length + 2 + part.length <= columns ? `${text}, ${part}` : text))
}

function firstOf<T>(items: Iterable<T>, most: number, isWanted: (item: T) => boolean): T[] {
  const found: T[] = []
  for (const item of items) {
    if (found.length === most) break
    if (isWanted(item)) found.push(item)
  }
  return found
}

function label(word: string): string {
  return word.padEnd(9)
}
