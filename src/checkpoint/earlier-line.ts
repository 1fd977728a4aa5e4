// A line of an earlier output: what was asked, and what is compared with.

import { compactJson, memberText } from '../core/json-text.js'
import { isErrorType } from '../core/outcome.js'
import type { EarlierRecord } from '../types.js'

/** What a record is found by: the request as its record shows it, and the caller's data, which may tell two of the same URL apart. */
export interface Asked {
  readonly method: string
  readonly url: string
  /** As JSON; null where there is none. */
  readonly meta: string | null
  /** What tells it from others where it has a body of its own and no data. */
  readonly lineCheck?: string | null
}

export interface EarlierLine {
  readonly key: string
  readonly record: EarlierRecord
}

/** Of a record of a URL that the run's end cut off: it says nothing. */
export const noKey = ''

type Fields = Partial<Record<string, unknown>>

const text = String.raw`"[^"\\\x00-\x1f\x80-\xff]*"`
const plain = String.raw`"([^"\\\x00-\x1f\x80-\xff]*)"`
/** The beginning of a record of plain ASCII, as it is written: most are, and need not be parsed to be put into the index. */
const plainBeginning = new RegExp(
  String.raw`^\{"v":1,"id":\d+,"url":${plain},"final_url":(?:null|${text}),"method":${plain},"host":(?:null|${text}),` +
    String.raw`"ok":(?:true|false),"status_code":(?:null|\d+),"error_type":(?:null|"([a-z_]+)"),`,
)

export function keyOf({ method, url, meta, lineCheck = null }: Asked): string {
  if (meta !== null && meta !== 'null') return `${method} ${url}\n${normalized(meta)}`
  return lineCheck === null ? `${method} ${url}` : `${method} ${url}\n#${lineCheck}`
}

/**
 * The key of a line that looks like a record to be compared with; null where it does not, `noKey` where it says nothing. It need not be one: whoever looks it up reads
 * all of it.
 */
export function readKey(bytes: Buffer, start: number, end: number): string | null {
  const line = bytes.toString('latin1', start, end)
  const match = plainBeginning.exec(line)
  if (match === null || !line.endsWith('}') || /"(?:meta|line_check)":/.test(line))
    return keyOfParsed(bytes, start, end)
  const [, url = '', method = '', errorType] = match
  return errorType === 'aborted' ? noKey : keyOf({ method, url, meta: null })
}

/** Null where it is no whole record, or of a URL that the run's end cut off: nothing is known of that. */
export function readEarlierLine(bytes: Buffer, start: number, end: number): EarlierLine | null {
  const json = bytes.toString('utf8', start, end)
  const fields = parsed(json)
  if (fields === null) return null
  const { ok, method, url, status_code: status, error_type: errorType = null } = fields
  if (typeof url !== 'string' || typeof method !== 'string' || typeof ok !== 'boolean') return null
  if (errorType === 'aborted' || (errorType !== null && !isErrorTypeName(errorType))) return null
  return {
    key: keyOf({
      method,
      url,
      lineCheck: textOrNull(fields['line_check']),
      meta: 'meta' in fields ? (memberText(json, 'meta') ?? null) : null,
    }),
    record: {
      ok,
      status_code: numberOrNull(status),
      error_type: errorType,
      final_url: textOrNull(fields['final_url']),
      content_length: numberOrNull(fields['content_length']),
      body_bytes: numberOrNull(fields['body_bytes']),
      etag: textOrNull(fields['etag']),
      last_modified: textOrNull(fields['last_modified']),
      sha256: textOrNull(fields['sha256']),
      file: textOrNull(fields['file']),
      isDuplicate: fields['duplicate_of'] !== undefined && fields['duplicate_of'] !== null,
    },
  }
}

function keyOfParsed(bytes: Buffer, start: number, end: number): string | null {
  const line = readEarlierLine(bytes, start, end)
  if (line !== null) return line.key
  return parsed(bytes.toString('utf8', start, end))?.['error_type'] === 'aborted' ? noKey : null
}

function parsed(json: string): Fields | null {
  try {
    const value: unknown = JSON.parse(json)
    if (typeof value !== 'object' || value === null) return null
    const fields: Fields = value
    return fields['v'] === undefined || fields['v'] === 1 ? fields : null
  } catch {
    return null
  }
}

/** A string, or a number. */
const scalar = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g

/** The list and the output may write the same with other blanks and escapes, and numbers otherwise. */
function normalized(json: string): string {
  return compactJson(json).replace(scalar, (found) => (found.startsWith('"') ? sameString(found) : sameNumber(found)))
}

function sameString(quoted: string): string {
  return quoted.includes('\\') ? JSON.stringify(JSON.parse(quoted)) : quoted
}

/** Two keys of 17 digits may be one in floating point: those of up to 15 are not, where there is neither overflow nor underflow. */
function sameNumber(written: string): string {
  const value = Number(written)
  const digits = written.replace(/e.*$/i, '').replace(/\D/g, '').replace(/^0+/, '')
  const isInRange = digits === '' || (Math.abs(value) > 1e-290 && Math.abs(value) < 1e290)
  return digits.length <= 15 && isInRange ? JSON.stringify(value) : written
}

function isErrorTypeName(value: unknown): value is NonNullable<EarlierRecord['error_type']> {
  return typeof value === 'string' && isErrorType(value)
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}

function numberOrNull(value: unknown): number | null {
  return typeof value === 'number' ? value : null
}
