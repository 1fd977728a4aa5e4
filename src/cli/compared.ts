// Whether a run is compared with an earlier one, and whether that goes together with the other options.

import { statSync } from 'node:fs'
import { UsageError } from '../core/errors.js'
import type { Options } from './options.js'

type Compared = Pick<Options, 'since' | 'state'>

/** What records have in such a run. */
export const comparedFields = ['change', 'etag', 'last_modified', 'sha256'] as const

export function isCompared({ since, state }: Compared): boolean {
  return since !== undefined || state !== undefined
}

/** @throws {UsageError} where the options contradict each other */
export function checkCompared(options: Compared & Pick<Options, 'only' | 'output' | 'resume'>): void {
  const { since, state, only, output, resume } = options
  if (only === 'changed' && !isCompared(options)) {
    throw new UsageError('--only changed needs an earlier run: give --since FILE or --state FILE')
  }
  if (since !== undefined && state !== undefined) {
    throw new UsageError('--state FILE is what the run is compared with, and so is --since FILE: give one of them')
  }
  const option = state === undefined ? '--since' : '--state'
  const path = state ?? since
  if (path === undefined) return
  if (path === '-') throw new UsageError(`${option} must be a file, got "-"`)
  if (state !== undefined && resume) {
    throw new UsageError('--state takes the records of a whole run: with --resume, give --since FILE instead')
  }
  if (output === undefined || !isSameFile(path, output)) return
  const advice = state === undefined ? ': name another one for --output' : ', and has all records: leave --output out'
  throw new UsageError(
    `${option} ${path} and --output ${output} are one file; the first is read while the run goes on${advice}`,
  )
}

function isSameFile(path: string, other: string): boolean {
  if (path === other) return true
  const [a, b] = [path, other].map((name) => statSync(name, { throwIfNoEntry: false }))
  return a !== undefined && b !== undefined && a.dev === b.dev && a.ino === b.ino
}
