// A line of an output, read again: whose record it is, and what became of the URL.

import { isUtf8 } from 'node:buffer'
import { compactJson, memberText } from '../core/json-text.js'
import { isErrorType, type Outcome } from '../core/outcome.js'

export interface RecordLine {
  readonly id: number
  readonly url: string
  /** As JSON in one line; null where it does not stand there. */
  readonly meta: string | null
  readonly lineCheck?: string | undefined
  /** Null where it does not stand there. */
  readonly method: string | null
  readonly outcome: Outcome
}

/** Is not cut out of the line. */
const usualMethod = 'GET'
const text = String.raw`"[^"\\\x00-\x1f\x80-\xff]*"`
const number = String.raw`-?(?:0|[1-9]\d*)(?:\.\d+)?`
const others = String.raw`(?:,"(?!meta"|line_check")[a-z_0-9]+":(?:null|true|false|${number}|${text}))*`
/** A whole record of plain ASCII, as it is written: a third of the time of JSON.parse, and most lines are one. */
const plainRecord = new RegExp(
  String.raw`^\{"v":1,"id":([1-9]\d{0,14}),"url":"([^"\\\x00-\x1f\x80-\xff]*)","final_url":(?:null|${text}),"method":"(?:${usualMethod}|([^"\\\x00-\x1f\x80-\xff]*))",` +
    String.raw`"host":(?:null|${text}),"ok":(?:true|false),"status_code":(?:null|(0|[1-9]\d{0,2})),"error_type":(?:null|"([a-z_]+)")` +
    String.raw`${others}(?:,"line_check":"([0-9a-f]{16})"${others})?(?:,"meta":([\x20-\x7e]+))?\}$`,
)

/** Reads the bytes of a line, its line end left out. Null where it is no record, or no whole one. */
export function readRecordLine(bytes: Buffer, start: number, end: number): RecordLine | null {
  const match = plainRecord.exec(bytes.toString('latin1', start, end))
  if (match === null) return parsed(bytes, start, end)
  const [, id, url = '', method = usualMethod, status, errorType = null, lineCheck, meta = null] = match
  // What follows it may be more members, or what is left of another line.
  if (meta !== null && !isJson(meta)) return parsed(bytes, start, end)
  if (errorType !== null && !isErrorType(errorType)) return null
  return {
    id: Number(id),
    url,
    meta: meta && compactJson(meta),
    lineCheck,
    method,
    outcome: { statusCode: Number(status ?? 0) || null, errorType },
  }
}

function parsed(bytes: Buffer, start: number, end: number): RecordLine | null {
  let value: unknown
  const line = bytes.toString('utf8', start, end)
  try {
    if (!isUtf8(bytes.subarray(start, end))) return null
    value = JSON.parse(line)
  } catch {
    return null
  }
  if (typeof value !== 'object' || value === null) return null
  const {
    v = 1,
    id,
    url,
    status_code: statusCode = null,
    error_type: errorType,
    line_check: lineCheck,
    method,
  }: Partial<Record<string, unknown>> = value
  if (v !== 1 || typeof id !== 'number' || !Number.isSafeInteger(id) || id < 1 || typeof url !== 'string') return null
  if (errorType !== null && !(typeof errorType === 'string' && isErrorType(errorType))) return null
  const meta = 'meta' in value ? memberText(line, 'meta') : undefined
  return {
    id,
    url,
    meta: meta === undefined ? null : compactJson(meta),
    lineCheck: typeof lineCheck === 'string' ? lineCheck : undefined,
    method: typeof method === 'string' ? method : null,
    outcome: { statusCode: isStatus(statusCode) ? statusCode : null, errorType },
  }
}

function isJson(value: string): boolean {
  try {
    JSON.parse(value)
    return true
  } catch {
    return false
  }
}

/** RFC 9110 §15: three digits. What is none is of no use to anybody. */
function isStatus(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value > 0 && value < 1000
}
