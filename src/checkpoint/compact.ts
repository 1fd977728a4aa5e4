// Rewrites an output: the last record of each id stays, damaged lines go into a file of their own.

import { closeSync, openSync } from 'node:fs'
import { FreshFile, type ReplacedFile } from '../files/fresh-file.js'
import { LastLines } from './last-lines.js'
import { readOutputLines } from './output-lines.js'
import { readRecordLine } from './record-line.js'
import { WholeWriter } from './whole-writer.js'

export interface Compacted {
  readonly records: number
  /** Records that a later one of the same id took the place of. */
  readonly superseded: number
  /** Lines that are no records, and stand in `badPath` now. */
  readonly damaged: number
  /** Bytes behind the last line end that are no record: nothing is left of them. */
  readonly cutOff: number
}

/** Of the output. */
export interface CompactOptions extends ReplacedFile {
  /** Damaged lines are appended there. */
  readonly badPath: string
  /** Called with the new file before it gets the name. */
  readonly claim: (fd: number) => Promise<unknown>
}

/**
 * What is to stay is written into a new file, which takes the place of the old one. Throws the system's error where that fails; the output
 * is as it was then.
 *
 * @returns the new file, open for reading and for writing at its end
 */
export async function compactOutput({
  fd,
  path,
  badPath,
  claim,
}: CompactOptions): Promise<Compacted & { readonly fd: number }> {
  const last = await findLast(fd)
  const file = new FreshFile({ fd, path })
  const fresh = file.open()
  try {
    await claim(fresh)
    const counts = await copyLast({ fd, fresh, last, badPath })
    file.commit(fresh)
    return { ...counts, fd: fresh }
  } catch (error) {
    closeSync(fresh)
    file.remove()
    throw error
  }
}

async function findLast(fd: number): Promise<LastLines> {
  const last = new LastLines()
  let line = 0
  const rest = await readOutputLines(fd, {
    onLine(bytes, start, end) {
      const record = readRecordLine(bytes, start, end)
      if (record !== null) last.set(record.id, line)
      line++
    },
    onLongLine: () => void line++,
  })
  const unended = readRecordLine(rest.bytes, 0, rest.bytes.length)
  if (unended !== null) last.set(unended.id, line)
  return last
}

interface Copying {
  readonly fd: number
  readonly fresh: number
  readonly last: LastLines
  readonly badPath: string
}

async function copyLast({ fd, fresh, last, badPath }: Copying): Promise<Compacted> {
  const kept = new WholeWriter(() => fresh)
  const bad = new WholeWriter(() => openSync(badPath, 'a', 0o666))
  let line = 0
  let superseded = 0
  let damaged = 0
  const copy = (bytes: Buffer, start: number, end: number): void => {
    const record = readRecordLine(bytes, start, end)
    if (record === null) {
      damaged++
      bad.writeLine(bytes, start, end)
    } else if (last.isLast(record.id, line)) kept.writeLine(bytes, start, end)
    else superseded++
    line++
  }
  const rest = await readOutputLines(fd, {
    onLine: copy,
    onLongLine(offset, length) {
      damaged++
      line++
      bad.copy(fd, offset, length)
    },
  })
  // Cut off, it is no line that anybody could read anything from.
  const isRecord = readRecordLine(rest.bytes, 0, rest.bytes.length) !== null
  if (isRecord) copy(rest.bytes, 0, rest.bytes.length)
  kept.flush()
  bad.close()
  return { records: last.size, superseded, damaged, cutOff: isRecord ? 0 : rest.length }
}
