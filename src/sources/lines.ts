// The format `lines`: one URL per line.

import { isUtf8 } from 'node:buffer'
import { maskPassword } from '../core/target.js'
import { createTask, cutLine, type LinePlace, noPlace, rejectLine } from '../core/task.js'
import type { Failure, SourceItem } from '../types.js'
import type { ParseContext, SourceFormat, Splitter } from './format.js'
import { type Line, LineSplitter } from './text.js'

export const lines: SourceFormat = {
  help: 'one URL per line; blank lines and lines that begin with # are skipped',
  extensions: ['.txt', '.lst', '.list', '.urls'],
  isRereadable: true,
  parse: (context, list) => new LineParser(context, list),
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

  *push(bytes: Buffer, offset: number): Generator<SourceItem, void, undefined> {
    for (const line of this.#splitter.push(bytes, offset)) yield this.#item(line)
  }

  *end(): Generator<SourceItem, void, undefined> {
    for (const line of this.#splitter.end()) yield this.#item(line)
  }

  #item(line: Line): SourceItem {
    const { template, takeId, wallNow } = this.#context
    // A string of its own, not a slice of the chunk's text: a task that waits for long must not hold all its neighbours.
    const text = line.bytes.toString('utf8', line.start, line.end)
    const failure = line.isTooLong ? tooLong : isMangled(text, line) ? invalidUtf8 : undefined
    if (failure === undefined) return createTask(takeId(), text, template, wallNow(), this.#placeOf(line))
    // The cut may take the @ that tells what is a password.
    return rejectLine(takeId(), cutLine(maskPassword(text)), failure, template, wallNow())
  }

  #placeOf({ offset, start, end }: Line): LinePlace {
    if (this.#place.list < 0) return noPlace
    this.#place.start = offset + start
    this.#place.end = offset + end
    return this.#place
  }
}

/** Whether decoding replaced something. The character itself may stand in a list, so the bytes have the last word. */
function isMangled(text: string, { bytes, start, end }: Line): boolean {
  return text.includes('\ufffd') && !isUtf8(bytes.subarray(start, end))
}
