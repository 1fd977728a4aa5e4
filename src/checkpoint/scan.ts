// What an output file holds: which URLs are finished, which lines are damaged, and where it was cut off.

import { Finished, metaCheck, urlCheck } from '../core/finished.js'
import { InputError } from '../core/errors.js'
import { pathRoots } from '../core/field-path.js'
import { selectableFields } from '../core/record.js'
import { readOutputLines } from './output-lines.js'
import { readRecordLine, type RecordLine } from './record-line.js'

export interface Scan {
  readonly finished: Finished
  /** Lines that are records. */
  readonly records: number
  /** Whole lines that are none. */
  readonly damaged: number
  /** What follows the last line end; null where nothing does. */
  readonly tail: { readonly offset: number; readonly length: number; readonly isRecord: boolean } | null
}

/** More would be no output of ours. */
const mostDamaged = 100_000

/**
 * Reads the file once, and changes nothing.
 *
 * @param name what messages call it
 * @throws {InputError} where it is no output that a run could go on from
 */
export async function scanOutput(fd: number, name: string): Promise<Scan> {
  const finished = new Finished()
  let damaged = 0
  let records = 0
  const rest = await readOutputLines(fd, {
    onLine(bytes, start, end) {
      if (!take(bytes, start, end)) countDamaged()
    },
    onLongLine: countDamaged,
  })
  const tail =
    rest.length === 0
      ? null
      : { offset: rest.offset, length: rest.length, isRecord: take(rest.bytes, 0, rest.bytes.length) }
  if (records === 0 && (damaged > 0 || (tail !== null && !isBegunRecord(rest.bytes)))) {
    throw new InputError(`${name} is no output to go on from: JSON lines with id, url and error_type are`)
  }
  return { finished, records, damaged, tail }

  function take(line: Buffer, start: number, end: number): boolean {
    const record = readRecordLine(line, start, end)
    if (record === null) return false
    if (!finished.set(record.id, urlCheck(record.url), record.outcome, metaCheck(record.meta, record.lineCheck))) {
      throw new InputError(`${name} is of more than one list: it has two lines with the id ${record.id}`)
    }
    finished.setMethod(record.id, listedMethod(record))
    records++
    return true
  }

  function countDamaged(): void {
    if (damaged === mostDamaged) throw new InputError(`${name} has more than ${mostDamaged} lines that are no records`)
    damaged++
  }
}

/** The record of a line that cannot be sent has the method of the run, whatever the line says. */
function listedMethod({ method, outcome: { errorType } }: RecordLine): string | null {
  return errorType === 'invalid_request' || errorType === 'invalid_url' ? null : method
}

/**
 * What a run leaves that was killed while it wrote its first record, or a machine that lost power: the beginning of a record, or
 * nothing but NUL. Anything else is somebody's file: all of it would be cut off.
 */
function isBegunRecord(bytes: Buffer): boolean {
  if (bytes.length === 0) return false
  if (bytes.every((byte) => byte === 0)) return true
  const [whole, name = '', end] = /^\{(?:"((?:[^"\\]|\\.)*)("?))?/.exec(bytes.toString('latin1', 0, 1024)) ?? []
  if (whole === undefined || isJson(bytes)) return false
  if (end === undefined) return bytes.length === 1
  if (pathRoots.some((root) => name.startsWith(`${root}.`))) return true
  if (end === '"') return selectableFields.some((field) => field === name)
  return bytes.length === whole.length && selectableFields.some((field) => field.startsWith(name))
}

function isJson(bytes: Buffer): boolean {
  try {
    JSON.parse(bytes.toString())
    return true
  } catch {
    return false
  }
}
