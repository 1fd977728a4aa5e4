// --resume and --retry-failed: whether they can be done, and what they make of the output of an earlier run.

import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { Checkpoint, compactFile } from '../checkpoint/checkpoint.js'
import { pickParts } from '../core/body-parts.js'
import { bodyText } from '../core/body-text.js'
import { SinkError, systemCode, UsageError } from '../core/errors.js'
import { pathsInto } from '../core/field-path.js'
import { escapeControls } from '../core/printable.js'
import { mostReadBytes, receivedBody } from '../core/received-body.js'
import { savedRecord } from '../core/record.js'
import { sinkError } from '../sinks/descriptor.js'
import type { FetchResult, FetchTask, OptIns } from '../types.js'
import type { Options } from './options.js'
import { refuseToWriteList } from './open-output.js'

/** Without these a record does not say which URL is done. */
const neededFields = ['id', 'url', 'error_type'] as const

/**
 * Opens the output to go on from. Nothing of it is changed yet.
 *
 * @throws {UsageError} where the options do not go together, or another run has the file
 * @throws {InputError} where the file is no output
 * @throws {SinkError} where it cannot be opened
 */
export async function openCheckpoint(options: Options, lists: readonly string[]): Promise<Checkpoint> {
  const path = checkedPath(options)
  refuseToWriteList('--output', path, lists)
  const { retryFailed = [] } = options
  const isRepeated = new Set<string | null>(['aborted', ...retryFailed])
  try {
    return await Checkpoint.open({ path, name: path, isRepeated: ({ errorType }) => isRepeated.has(errorType) })
  } catch (error) {
    throw systemCode(error) === undefined ? error : sinkError(path, error)
  }
}

/**
 * Puts the file in order; from here on it is changed.
 *
 * @returns it, open for appending
 * @throws {SinkError} where that fails: the file is as good as it was
 */
export async function prepareOutput(
  checkpoint: Checkpoint,
  path: string,
  notify: (line: string) => void,
): Promise<number> {
  try {
    return await checkpoint.prepare(notify)
  } catch (error) {
    throw systemCode(error) === undefined ? error : rewritingError(path, error)
  }
}

/** What one can do about. */
const rewritingCodes: ReadonlySet<string | undefined> = new Set([
  'ENOSPC',
  'EDQUOT',
  'EFBIG',
  'EACCES',
  'EPERM',
  'EROFS',
])

/** What keeps an output from being written anew; it is as it was then. */
export function rewritingError(path: string, error: unknown): SinkError {
  const failure = sinkError(path, error)
  if (!rewritingCodes.has(systemCode(error))) return failure
  const needs = 'a new one is written beside it, which takes a folder that can be written to, and as much room again'
  return new SinkError(`${failure.message}; it is as it was: ${needs}`, { cause: error })
}

/**
 * Bodies that an earlier run had saved when it was killed before it wrote their records. Asked for the record of a task, it gives it
 * where the body is there; what of the response is in no file is null there. What the run left unfinished in the folder is removed.
 *
 * @throws {UsageError} where the folder cannot be read
 */
export async function findSaved(
  checkpoint: Checkpoint,
  options: Options,
): Promise<(task: FetchTask) => FetchResult | null> {
  const { fileName, fileSha256, leftBehind } = await import('../bodies/index.js')
  const { save = '', hash } = options
  const hashes = new Map<string, string>()
  try {
    const isWanted = (id: number) => checkpoint.outcome(id) === null
    const files = await leftBehind(save, { isWanted, since: checkpoint.begunAt })
    if (hash !== undefined) for (const [name, { file }] of files) hashes.set(name, await fileSha256(file))
    return (task) => {
      const name = files.size === 0 ? '' : fileName(task.id, task.url)
      const saved = files.get(name)
      if (saved === undefined) return null
      const kept = keptOf(saved.file, options)
      return kept && savedRecord(task, { ...saved, ...kept, sha256: hashes.get(name) ?? null })
    }
  } catch (error) {
    const { message } = sinkError(`--save ${save}`, error)
    throw systemCode(error) === undefined ? error : new UsageError(message, { cause: error })
  }
}

/** What a record has of a saved body; null where the file is gone. How it was sent is in no file: its text is UTF-8, or has a mark. */
function keptOf(
  file: string,
  { include, includeLimit, fields }: Options,
): Pick<OptIns, 'body' | 'body_encoding' | 'body_truncated' | 'picked'> | null {
  const paths = pathsInto('body', fields ?? [])
  if (!include?.body && paths.length === 0) return {}
  const bytes = beginningOf(file, 1 + Math.max(include?.body ? includeLimit : 0, paths.length > 0 ? mostReadBytes : 0))
  if (bytes === null) return null
  return {
    ...(include?.body && bodyText(bytes.subarray(0, includeLimit + 1), includeLimit, true)),
    ...(paths.length > 0 && { picked: pickParts(receivedBody(bytes, null), paths) }),
  }
}

/** Null where the file is gone, or cannot be read. */
function beginningOf(path: string, bytes: number): Buffer | null {
  try {
    const fd = openSync(path, 'r')
    try {
      const buffer = Buffer.alloc(Math.min(bytes, fstatSync(fd).size))
      return buffer.subarray(0, readSync(fd, buffer, 0, buffer.length, 0))
    } finally {
      closeSync(fd)
    }
  } catch {
    return null
  }
}

/** What is left of a run that went to its end: one record of each id. That it fails takes nothing away: a line says so. */
export async function compactAtEnd(checkpoint: Checkpoint, path: string): Promise<string | null> {
  const { willHaveSuperseded } = checkpoint
  checkpoint.release()
  if (!willHaveSuperseded) return null
  try {
    await compactFile(path, path)
    return null
  } catch (error) {
    const reason = systemCode(error) === undefined ? error : sinkError(path, error)
    if (!(reason instanceof SinkError || reason instanceof UsageError)) throw error
    const what = 'it has records that later ones replace (see poolfetch compact)'
    return `poolfetch: ${escapeControls(`${reason.message}: ${what}`)}\n`
  }
}

function checkedPath({ output, format, fields, only, overwrite, save, dryRun }: Options): string {
  if (output === undefined || output === '-') {
    throw new UsageError('--resume needs --output FILE: the output is what a run goes on from')
  }
  // With --save it is about bodies of URLs that are fetched again.
  if (overwrite && save === undefined) {
    throw new UsageError('--resume goes on with the output, --overwrite replaces it: give one of them')
  }
  if (dryRun) throw new UsageError('--resume cannot be tried out: --dry-run reads no output')
  if (format !== undefined && format !== 'jsonl') throw new UsageError(`--resume needs --format jsonl, got "${format}"`)
  if (only !== undefined) throw new UsageError('--resume needs a record of every URL: leave --only out')
  const missing = fields === undefined ? [] : neededFields.filter((field) => !fields.includes(field))
  if (missing.length > 0)
    throw new UsageError(`--resume needs the fields ${neededFields.join(', ')}: add ${missing.join(', ')}`)
  return output
}
