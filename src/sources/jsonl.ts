// The format `jsonl`: one JSON object per line, with a URL and what is to be sent to it.

import { isUtf8 } from 'node:buffer'
import type { LineIdentity } from '../core/finished.js'
import { listedItem, listedUrl } from '../core/listed-request.js'
import { type LinePlace, noPlace, rejectLine } from '../core/task.js'
import type { Failure, SourceItem } from '../types.js'
import type { ParseContext, SourceFormat, Splitter } from './format.js'
import { type BadLine, badLine, readJsonLine } from './jsonl-line.js'
import { type Line, LineSplitter } from './text.js'

/** Lines have bodies in them. */
const maxLineBytes = 1_048_576

export const jsonl: SourceFormat = {
  help: 'one JSON object per line: url, method, headers, body, meta (see schema input)',
  extensions: ['.jsonl', '.ndjson'],
  isRereadable: true,
  matches: (firstLine) => firstLine.startsWith('{'),
  parse: (context, list) => new LineParser(context, list),
  identities: () => new Identities(),
  entries: () => new LineSplitter(maxLineBytes),
}

const tooLong: Failure = { type: 'invalid_request', code: 'LINE_TOO_LONG', message: 'the line is longer than 1 MiB' }
const invalidUtf8: Failure = { type: 'invalid_request', code: 'INVALID_UTF8', message: 'the line is not valid UTF-8' }

class LineParser implements Splitter<SourceItem> {
  readonly #splitter = new LineSplitter(maxLineBytes)
  readonly #context: ParseContext
  readonly #list: number

  constructor(context: ParseContext, list: number) {
    this.#context = context
    this.#list = list
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
    const read = readLine(line)
    if (!('failure' in read)) return listedItem(id, read, template, wallNow(), this.#placeOf(line))
    return rejectLine(id, listedUrl(read.url), read.failure, template, wallNow(), read.meta)
  }

  #placeOf({ offset, start, end }: Line): LinePlace {
    return this.#list < 0 ? noPlace : { list: this.#list, start: offset + start, end: offset + end }
  }
}

class Identities implements Splitter<LineIdentity> {
  readonly #splitter = new LineSplitter(maxLineBytes);

  *push(bytes: Buffer, offset: number): Generator<LineIdentity, void, undefined> {
    for (const line of this.#splitter.push(bytes, offset)) yield identityOf(line)
  }

  *end(): Generator<LineIdentity, void, undefined> {
    for (const line of this.#splitter.end()) yield identityOf(line)
  }
}

function identityOf(line: Line): LineIdentity {
  const { url, meta } = readLine(line)
  return { url: listedUrl(url), meta }
}

function readLine({ bytes, start, end, isTooLong }: Line): ReturnType<typeof readJsonLine> | BadLine {
  const text = bytes.toString('utf8', start, end)
  if (isTooLong) return badLine(text, tooLong)
  // The character itself may stand in a list, so the bytes have the last word.
  if (text.includes('\ufffd') && !isUtf8(bytes.subarray(start, end))) return badLine(text, invalidUtf8)
  return readJsonLine(text)
}
