// --receipt: what was asked of each host, as a file of JSON that is there whole or not at all.

import { open } from 'node:fs/promises'
import { UsageError } from '../core/errors.js'
import { escapeControls } from '../core/printable.js'
import { replaceFile, statIfThere, tryReplacing } from '../files/replace-file.js'
import type { HostReceipt, ReceiptReport } from '../types.js'
import { sinkError } from '../sinks/descriptor.js'

export interface ReceiptRun {
  /** Wall clock, ms since the epoch. */
  readonly startedAt: number
  readonly elapsedMs: number
}

/** Hosts that are written at a time. */
const hostsPerPiece = 500
/** By these a file is known to be a receipt. */
const opening = '{"v":1,"started_at":"'

/**
 * To be asked before the run, for the receipt of hours not to be lost at its end.
 *
 * @throws {UsageError} where nothing can be written, or something stands that is no receipt and may not be overwritten
 */
export async function checkReceiptPath(path: string, { overwrite }: { readonly overwrite: boolean }): Promise<void> {
  try {
    const stats = await statIfThere(path)
    if (stats !== null && !stats.isFile()) throw new UsageError(`--receipt ${path} must be a regular file`)
    if (stats !== null && stats.size > 0 && !overwrite && !(await isReceipt(path)))
      throw new UsageError(`--receipt ${path} exists and is no receipt: give --overwrite to replace it`)
    await tryReplacing(path)
  } catch (error) {
    throw error instanceof UsageError ? error : new UsageError(sinkError(nameOf(path), error).message, { cause: error })
  }
}

/** Replaces what stands there. Throws SinkError where it cannot be written; then nothing is changed. */
export async function writeReceipt(path: string, report: ReceiptReport, run: ReceiptRun): Promise<void> {
  try {
    await replaceFile(path, pieces(report, run), 0o666)
  } catch (error) {
    throw sinkError(nameOf(path), error)
  }
}

/** A host on a line, so that the file can be searched; not one string, which a million hosts would be too long for. */
function* pieces({ requests, status429, hosts, violations }: ReceiptReport, run: ReceiptRun): Generator<string> {
  const startedAt = new Date(run.startedAt).toISOString()
  const totals = `"elapsed_ms":${Math.round(run.elapsedMs)},"requests":${requests},"status_429":${status429}`
  let piece = `${opening}${startedAt}",${totals},"hosts":[`
  let count = 0
  for (const host of hosts) {
    piece += `${count === 0 ? '' : ','}\n${hostLine(host)}`
    count++
    if (count % hostsPerPiece !== 0) continue
    yield piece
    piece = ''
  }
  const texts = violations.first.map((text) => `\n${json(text)}`).join(',')
  yield `${piece}\n],"violation_count":${violations.count},"violations":[${texts}]}\n`
}

function hostLine(receipt: HostReceipt): string {
  return json({
    host: receipt.host,
    requests: receipt.requests,
    peak_in_flight: receipt.peakInFlight,
    per_host_limit: receipt.perHost === Number.POSITIVE_INFINITY ? null : receipt.perHost,
    smallest_gap_ms: receipt.smallestGapMs === null ? null : Number(receipt.smallestGapMs.toFixed(2)),
    rate_limit_per_s: receipt.intervalMs === null ? null : Number((1000 / receipt.intervalMs).toPrecision(6)),
    interval_ms: receipt.intervalMs,
    most_per_second: receipt.mostPerSecond,
    status_429: receipt.status429,
    kept: receipt.isKept,
  })
}

function json(value: unknown): string {
  return escapeControls(JSON.stringify(value))
}

async function isReceipt(path: string): Promise<boolean> {
  const file = await open(path)
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(opening.length), 0, opening.length, 0)
    return buffer.toString('latin1', 0, bytesRead) === opening
  } finally {
    await file.close()
  }
}

function nameOf(path: string): string {
  return `--receipt ${path}`
}
