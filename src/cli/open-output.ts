// Where the results go: standard output, or a file that is no list of the run.

import { fstatSync, type Stats, statSync } from 'node:fs'
import { claimByName } from '../checkpoint/output-file.js'
import { UsageError } from '../core/errors.js'
import { openDescriptorOutput, openFileOutput, openOwnedOutput, type Output } from '../sinks/output.js'
import type { LiveArea } from '../types.js'
import type { Options } from './options.js'

export interface OpenOutput {
  readonly output: Output
  readonly isStandard: boolean
  readonly isTerminal: boolean
}

interface OutputSurroundings {
  readonly environment: { readonly stdout: { readonly isTTY?: boolean } }
  readonly live?: LiveArea | undefined
  /** Something else that takes long, for the time that another process takes to lock the file. */
  readonly meanwhile?: () => Promise<unknown>
}

/** Throws UsageError or SinkError, and what `meanwhile` throws; nothing was overwritten then. */
export async function openOutput(
  { output: name, overwrite, fsync }: Pick<Options, 'output' | 'overwrite' | 'fsync'>,
  lists: readonly string[],
  { environment, live, meanwhile }: OutputSurroundings,
): Promise<OpenOutput> {
  const path = name === '-' ? undefined : name
  refuseToWriteList('--output', path ?? 1, lists)
  if (path !== undefined) {
    const claim = (fd: number) => Promise.all([claimByName(fd, path), meanwhile?.()])
    const output = await openFileOutput(path, { overwrite, fsync, claim })
    return { output, isStandard: false, isTerminal: false }
  }
  const isTerminal = environment.stdout.isTTY === true
  const output = await openDescriptorOutput(1, 'standard output', isTerminal ? live : undefined)
  return { output, isStandard: true, isTerminal }
}

/** Goes on at the end of a file that is open, checked, and nobody else's. */
export async function resumeOutput(
  fd: number,
  { output: name = '', fsync }: Pick<Options, 'output' | 'fsync'>,
): Promise<OpenOutput> {
  return { output: await openOwnedOutput(fd, name, { fsync }), isStandard: false, isTerminal: false }
}

/** A list that grows while it is read would never end; one that is replaced would be lost. */
export function refuseToWriteList(option: string, output: string | 1, lists: readonly string[]): void {
  const written = fileAt(output)
  if (written === undefined) return
  for (const list of lists.length === 0 ? ['-'] : lists) {
    const read = fileAt(list === '-' ? 0 : list)
    if (read === undefined || read.dev !== written.dev || read.ino !== written.ino) continue
    const name = output === 1 ? 'standard output' : `${option} ${output}`
    throw new UsageError(`${name} is a list that is read: name another file`)
  }
}

/** Undefined for what is no regular file, or cannot be looked at: whoever opens it says why. */
function fileAt(path: string | 0 | 1): Stats | undefined {
  try {
    const stats = typeof path === 'number' ? fstatSync(path) : statSync(path)
    return stats.isFile() ? stats : undefined
  } catch {
    return undefined
  }
}
