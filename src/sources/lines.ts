// The format `lines`: one URL per line.

import type { LineIdentity } from '../core/finished.js'
import { maskPassword } from '../core/target.js'
import { createTask, cutLine, type LinePlace, rejectLine } from '../core/task.js'
import type { Failure, SourceItem } from '../types.js'
import { EachLine, itemOfEach } from './each-line.js'
import type { ParseContext, SourceFormat } from './format.js'
import { isMangled, type Line, LineSplitter } from './text.js'

export const lines: SourceFormat = {
  help: 'one URL per line; blank lines and lines that begin with # are skipped',
  extensions: ['.txt', '.lst', '.list', '.urls'],
  parse: (context, list) => new EachLine(new LineSplitter(), itemOfEach(itemOf, context, list)),
  identities: () => new EachLine(new LineSplitter(), identityOf),
  entries: () => new LineSplitter(),
}

const tooLong: Failure = { type: 'invalid_url', code: 'LINE_TOO_LONG', message: 'the line is longer than 64 KiB' }
const invalidUtf8: Failure = { type: 'invalid_url', code: 'INVALID_UTF8', message: 'the line is not valid UTF-8' }

function itemOf(id: number, line: Line, place: LinePlace, { template, wallNow }: ParseContext): SourceItem {
  const text = textOf(line)
  const failure = failureOf(line, text)
  if (failure === undefined) return createTask(id, text, template, wallNow(), place)
  return rejectLine(id, shownOf(text), failure, template, wallNow())
}

function identityOf(line: Line): LineIdentity {
  const text = textOf(line)
  return { url: failureOf(line, text) === undefined ? maskPassword(text) : shownOf(text), meta: null }
}

// A string of its own, not a slice of the chunk's text: a task that waits for long must not hold all its neighbours.
function textOf({ bytes, start, end }: Line): string {
  return bytes.toString('utf8', start, end)
}

function failureOf(line: Line, text: string): Failure | undefined {
  if (line.isTooLong) return tooLong
  return isMangled(text, line) ? invalidUtf8 : undefined
}

/** What a record has of a line that is no text of a URL. The cut may take the @ that tells what is a password. */
function shownOf(text: string): string {
  return cutLine(maskPassword(text))
}
