// `poolfetch compact FILE`: one record of each id, the last, stays in an output.

import { compactFile, damagedText } from '../checkpoint/checkpoint.js'
import { systemCode } from '../core/errors.js'
import { escapeControls } from '../core/printable.js'
import { formatCount } from '../core/units.js'
import { sinkError } from '../sinks/descriptor.js'

/**
 * Says on standard error what was done.
 *
 * @throws {UsageError} where a run has a file, or it is no regular file
 * @throws {InputError} where one is no output
 * @throws {SinkError} where one cannot be written
 */
export async function compact(paths: readonly string[], stderr: { write(text: string): unknown }): Promise<number> {
  for (const path of paths) {
    const { records, superseded, damaged } = await compactFile(path, path).catch((error: unknown) => {
      throw systemCode(error) === undefined ? error : sinkError(path, error)
    })
    const bad = damaged === 0 ? '' : `; ${damagedText(damaged)} set aside in ${path}.bad`
    const removed = `${formatCount(superseded)} that later ones replace ${superseded === 1 ? 'was' : 'were'} removed`
    stderr.write(`poolfetch: ${escapeControls(`${path}: ${formatCount(records)} records; ${removed}${bad}`)}\n`)
  }
  return 0
}
