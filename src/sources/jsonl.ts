// The format `jsonl`: one JSON object per line, with a URL and what is to be sent to it.

import type { LineIdentity } from '../core/finished.js'
import { compactJson } from '../core/json-text.js'
import { lineCheckOf } from '../core/line-check.js'
import { listedItem, type ListedRequest, listedUrl } from '../core/listed-request.js'
import { filledTemplate, type ListedRow, rowIdentity, rowItem } from '../core/listed-row.js'
import { methodName } from '../core/request-syntax.js'
import { memberValues } from '../core/row-values.js'
import { type LinePlace, rejectLine, type TaskTemplate } from '../core/task.js'
import type { Failure, SourceItem } from '../types.js'
import { EachLine, itemOfEach } from './each-line.js'
import type { ParseContext, SourceFormat } from './format.js'
import { type BadLine, badLine, readJsonLine, readObject } from './jsonl-line.js'
import { isMangled, type Line, LineSplitter } from './text.js'

/** Lines have bodies in them. */
const maxLineBytes = 1_048_576

export const jsonl: SourceFormat = {
  help: 'one JSON object per line: url, method, headers, body, meta (see schema input)',
  extensions: ['.jsonl', '.ndjson'],
  hasRows: true,
  matches: (firstLine) => firstLine.startsWith('{'),
  parse: (context, list) => new EachLine(new LineSplitter(maxLineBytes), itemOfEach(itemOf, context, list)),
  identities: (template) => new EachLine(new LineSplitter(maxLineBytes), (line) => identityOf(line, template)),
  entries: () => new LineSplitter(maxLineBytes),
}

const tooLong: Failure = { type: 'invalid_request', code: 'LINE_TOO_LONG', message: 'the line is longer than 1 MiB' }
const invalidUtf8: Failure = { type: 'invalid_request', code: 'INVALID_UTF8', message: 'the line is not valid UTF-8' }

function itemOf(id: number, line: Line, place: LinePlace, { template, wallNow }: ParseContext): SourceItem {
  const read = readLine(line, template)
  if ('values' in read) return rowItem(id, read, template, wallNow(), place)
  const values = memberValues(read.meta ?? '')
  const filled = 'failure' in read ? read.failure : filledTemplate(template, values, read.body !== undefined)
  if ('type' in filled) return rejectLine(id, listedUrl(read.url), filled, template, wallNow(), read.meta)
  return listedItem(id, read, filled, wallNow(), place, template.request)
}

function identityOf(line: Line, template: TaskTemplate): LineIdentity {
  const read = readLine(line, template)
  if ('values' in read) return rowIdentity(read, template)
  const { meta } = read
  const url = listedUrl(read.url)
  if ('failure' in read) return { url, meta, lineCheck: null, method: null }
  return { url, meta, lineCheck: lineCheckOf(read), method: methodName(read.method ?? '') ?? null }
}

/** With a template for the URL, a line is a row: any object. */
function readLine(line: Line, { row }: TaskTemplate): ListedRequest | ListedRow | BadLine {
  const text = line.bytes.toString('utf8', line.start, line.end)
  const isRow = row !== undefined && row.url !== null
  const failure = line.isTooLong ? tooLong : isMangled(text, line) ? invalidUtf8 : null
  if (!isRow) return failure === null ? readJsonLine(text) : badLine(text, failure)
  const read = failure === null ? readObject(text) : { failure }
  if ('failure' in read) return { url: row.url.text, meta: null, failure: read.failure }
  const meta = compactJson(text)
  return { values: memberValues(meta), url: '', meta }
}
