// `poolfetch compact FILE`: one record of each id, the last, stays in an output.

import { compactFile, cutOffText, damagedText } from '../checkpoint/checkpoint.js'
import { InputError, systemCode } from '../core/errors.js'
import { escapeControls } from '../core/printable.js'
import { formatCount } from '../core/units.js'
import { rewritingError } from './checkpoint.js'

/**
 * Says on standard error what was done.
 *
 * @throws {UsageError} where a run has a file, or it is no regular file
 * @throws {InputError} where one is not there, or no output
 * @throws {SinkError} where one cannot be written
 */
export async function compact(paths: readonly string[], stderr: { write(text: string): unknown }): Promise<number> {
  for (const path of paths) {
    const { records, superseded, damaged, cutOff } = await compactFile(path, path).catch((error: unknown) => {
      throw explained(path, error)
    })
    const done = [
      `${formatCount(records)} ${records === 1 ? 'record' : 'records'}`,
      `${formatCount(superseded)} that later ones replace ${superseded === 1 ? 'was' : 'were'} removed`,
    ]
    if (damaged > 0) done.push(`${damagedText(damaged)} set aside in ${path}.bad`)
    if (cutOff > 0) done.push(cutOffText(cutOff))
    stderr.write(`poolfetch: ${escapeControls(`${path}: ${done.join('; ')}`)}\n`)
  }
  return 0
}

function explained(path: string, error: unknown): unknown {
  const code = systemCode(error)
  if (code === 'ENOENT') return new InputError(`cannot read ${path}: no such file`, { cause: error })
  return code === undefined ? error : rewritingError(path, error)
}
