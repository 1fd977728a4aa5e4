// What a person is told about an error that ended the program.

import { OutputError } from '../core/errors.js'
import { escapeControls } from '../core/printable.js'
import { maskText } from '../core/secrets.js'
import { formatCount } from '../core/units.js'
import { isExpected } from './exit-code.js'
import { packageVersion } from './version.js'

/** Where a bug is to be reported: whoever packages the program for others puts an address here. */
const reportTo = 'whoever gave you poolfetch'

/**
 * One line for what a person can mend; the stack, and what to do with it, for a bug of ours.
 *
 * @param lost records that came after the output had failed, beside those that it knows of itself
 */
export function complaint(error: unknown, lost = 0): string {
  if (isExpected(error)) return `poolfetch: ${shown(error.message)}${fate(error, lost)}\n`
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error)
  const lines = stack.split('\n').map(shown).join('\n')
  return `poolfetch: internal error, a bug in poolfetch: please report it, with these lines, to ${reportTo}
${lines}
poolfetch ${packageVersion()}, Node ${process.version}, ${process.platform} ${process.arch}
`
}

function shown(text: string): string {
  return escapeControls(maskText(text))
}

/** What became of the records, where the output failed in the middle of a run. */
function fate(error: Error, lostLater: number): string {
  if (!(error instanceof OutputError)) return ''
  const { safe, lost, isFile } = error.records
  const were = safe === 1 ? 'record of this run' : 'records of this run'
  const kept = `; ${formatCount(safe)} ${were} ${safe === 1 ? 'is' : 'are'} ${isFile ? 'safe in it' : 'written'}`
  const gone = lost + lostLater
  return gone === 0 ? kept : `${kept}, ${formatCount(gone)} more ${gone === 1 ? 'was' : 'were'} fetched and lost`
}
