// The format `lines`: one URL per line.

import { isUtf8 } from 'node:buffer'
import type { LineIdentity } from '../core/finished.js'
import { maskPassword } from '../core/target.js'
import { createTask, cutLine, type LinePlace, noPlace, rejectLine } from '../core/task.js'
import type { Failure, SourceItem } from '../types.js'
import type { ParseContext, SourceFormat, Splitter } from './format.js'
import { type Line, LineSplitter } from './text.js'

export const lines: SourceFormat = {
  help: 'one URL per line; blank lines and lines that begin with # are skipped',
  extensions: ['.txt', '.lst', '.list', '.urls'],
  parse: (context, list) => new LineParser(context, list),
  identities: () => new Identities(),
  entries: () => new LineSplitter(),
}

const tooLong: Failure = { type: 'invalid_url', code: 'LINE_TOO_LONG', message: 'the line is longer than 64 KiB' }
const invalidUtf8: Failure = { type: 'invalid_url', code: 'INVALID_UTF8', message: 'the line is not valid UTF-8' }

class LineParser implements Splitter<SourceItem> {
  readonly #splitter = new LineSplitter()
  readonly #context: ParseContext
  /** One for all lines: tasks copy what is in it. */
  readonly #place: { list: number; start: number; end: number }

  constructor(context: ParseContext, list: number) {
    this.#context = context
    this.#place = { ...noPlace, list }
  }

  push(bytes: Buffer, offset: number): Generator<SourceItem, void, undefined> {
    return this.#items(this.#splitter.push(bytes, offset))
  }

  end(): Generator<SourceItem, void, undefined> {
    return this.#items(this.#splitter.end())
  }

  *#items(found: Iterable<Line>): Generator<SourceItem, void, undefined> {
    const { takeId, isSkipped } = this.#context
    for (const line of found) {
      const id = takeId()
      if (!isSkipped(id)) yield this.#item(id, line)
    }
  }

  #item(id: number, line: Line): SourceItem {
    const { template, wallNow } = this.#context
    const text = textOf(line)
    const failure = failureOf(line, text)
    if (failure === undefined) return createTask(id, text, template, wallNow(), this.#placeOf(line))
    return rejectLine(id, shownOf(text), failure, template, wallNow())
  }

  #placeOf({ offset, start, end }: Line): LinePlace {
    if (this.#place.list < 0) return noPlace
    this.#place.start = offset + start
    this.#place.end = offset + end
    return this.#place
  }
}

class Identities implements Splitter<LineIdentity> {
  readonly #splitter = new LineSplitter();

  *push(bytes: Buffer, offset: number): Generator<LineIdentity, void, undefined> {
    for (const line of this.#splitter.push(bytes, offset)) yield identityOf(line)
  }

  *end(): Generator<LineIdentity, void, undefined> {
    for (const line of this.#splitter.end()) yield identityOf(line)
  }
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

/** Whether decoding replaced something. The character itself may stand in a list, so the bytes have the last word. */
function isMangled(text: string, { bytes, start, end }: Line): boolean {
  return text.includes('\ufffd') && !isUtf8(bytes.subarray(start, end))
}
