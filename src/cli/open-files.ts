// How many connections the process may have: what the system's limit on open files leaves for them.

import { readFileSync } from 'node:fs'

/** Standard streams, event loop, lists, output, lookups under way, and whatever else a process has open. */
const reserve = 32

/** @param limit of open files; connections get what is left, one at least */
export function connectionCap(limit = openFilesLimit()): number {
  return Math.max(1, limit - reserve)
}

/**
 * How many workers there may be, and how many idle connections beside them.
 *
 * @param filesPerWorker what a worker may have open at a time: its connection, and the file that it saves a body to
 * @param idle connections that one would like to keep
 */
export function shareFiles(
  wanted: { readonly workers: number; readonly filesPerWorker: number; readonly idle: number },
  cap = connectionCap(),
): { readonly workers: number; readonly idle: number } {
  const workers = Math.max(1, Math.min(wanted.workers, Math.floor(cap / wanted.filesPerWorker)))
  const left = cap - workers * wanted.filesPerWorker
  return { workers, idle: Math.max(1, Math.min(Math.max(wanted.idle, workers), left)) }
}

/** `ulimit -n` as it holds for this process; Infinity where it cannot be known. */
export function openFilesLimit(): number {
  return linuxLimit() ?? reportedLimit() ?? Number.POSITIVE_INFINITY
}

/** A tenth of a ms, where the report takes five. */
function linuxLimit(): number | undefined {
  try {
    return parseLimit(/^Max open files +(\S+)/m.exec(readFileSync('/proc/self/limits', 'latin1'))?.[1])
  } catch {
    return undefined
  }
}

function reportedLimit(): number | undefined {
  const report: unknown = process.report?.getReport()
  const limits = property(property(report, 'userLimits'), 'open_files')
  return parseLimit(property(limits, 'soft'))
}

function parseLimit(value: unknown): number | undefined {
  if (value === 'unlimited') return Number.POSITIVE_INFINITY
  const limit = Number(value)
  return Number.isSafeInteger(limit) && limit > 0 ? limit : undefined
}

function property(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
}
