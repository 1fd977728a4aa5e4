// The output of an earlier run as the place to go on from: read, compared, put in order.

import { closeSync, fdatasyncSync, ftruncateSync, readSync, writeSync } from 'node:fs'
import { InputError } from '../core/errors.js'
import { type EarlierCounts, countEarlier } from '../core/earlier.js'
import { Finished, type LineIdentity, metaCheck, urlCheck } from '../core/finished.js'
import type { Outcome } from '../core/outcome.js'
import { formatCount } from '../core/units.js'
import { type Compacted, compactOutput } from './compact.js'
import type { Lock } from './lock.js'
import { claim, type LockedFile, openLocked } from './output-file.js'
import { readOutputLines } from './output-lines.js'
import { readRecordLine } from './record-line.js'
import { type Scan, scanOutput } from './scan.js'

/** Calls back with the id of each record to come and what tells it from others, in the order of the list, as long as that says true. */
export type Preview = (visit: (id: number, line: LineIdentity) => boolean) => Promise<void>

export interface CheckpointOptions {
  readonly path: string
  /** What messages call the file. */
  readonly name: string
  /** Of what is in the file: whether it is to be fetched again. */
  readonly isRepeated: (outcome: Outcome) => boolean
}

/** Enough for a record that includes a body. */
const beginningBytes = 65_536

/** Names of members that have members: in a string the quotes would be escaped. */
const insideParts = /"(?:meta|headers|[a-z]+\.(?:[^"\\]|\\.)*)":/

/** File systems have a clock of their own, which is behind by a tick, or by what a server's differs. */
const clockSlackMs = 1000

export class Checkpoint {
  readonly #options: CheckpointOptions
  readonly #output: LockedFile
  #scan: Scan
  readonly #locks: (Lock | null)[]
  readonly earlier: EarlierCounts

  private constructor(options: CheckpointOptions, output: LockedFile, scan: Scan) {
    this.#options = options
    this.#output = output
    this.#scan = scan
    this.#locks = [output.lock]
    this.earlier = countEarlier(scan.finished.outcomes(), (outcome) => !options.isRepeated(outcome))
  }

  /**
   * Opens the file, which is made where there is none, keeps every other run from it, and reads it. Throws the system's error where it
   * cannot be read.
   *
   * @throws {UsageError} where another run has it, or it is no regular file
   * @throws {InputError} where it is no output that a run could go on from
   */
  static async open(options: CheckpointOptions): Promise<Checkpoint> {
    const output = await openLocked(options.path, options.name, 'made')
    try {
      return new Checkpoint(options, output, await scanOutput(output.fd, options.name))
    } catch (error) {
      closeSync(output.fd)
      throw error
    }
  }

  /** When the first run began to write what is in it, about and not later, in ms since the epoch. Ask before it is put in order. */
  get begunAt(): number {
    const { fd, stats } = this.#output
    // Not when the file was made: --overwrite keeps the file, and bodies that were saved for what it held are of another run.
    return (firstTimestamp(fd) ?? stats.mtimeMs) - clockSlackMs
  }

  /** What became of the URL with this id; null where it is yet to be fetched, or again. */
  outcome(id: number): Outcome | null {
    const outcome = this.#scan.finished.outcome(id)
    return outcome === null || this.#options.isRepeated(outcome) ? null : outcome
  }

  /** @throws {InputError} where the file is of another list: nothing was changed then */
  async compare(preview: Preview): Promise<void> {
    const { finished } = this.#scan
    const { lastId } = finished
    if (lastId === 0) return
    const name = this.#options.name
    let read = 0
    const others: string[] = []
    let difference = 'other data (meta)'
    await preview((id, { url, meta, lineCheck = null, method = null }) => {
      read = id
      const checks = [urlCheck(url), metaCheck(meta, lineCheck)] as const
      if (!finished.agrees(id, ...checks)) {
        const hasOtherBody = finished.differsInBody(id, ...checks)
        // What is fetched again may have been mended.
        if (hasOtherBody && this.outcome(id) === null) return id < lastId
        if (hasOtherBody) difference = 'another body'
        others.push(url)
      } else if (method !== null && this.outcome(id) !== null && (finished.method(id) ?? method) !== method) {
        difference = `the method ${finished.method(id)} instead of ${method}`
        others.push(url)
      }
      return others.length === 0 && id < lastId
    })
    const [other] = others
    if (other !== undefined) {
      const known = await this.#urlOf(read)
      const what = known === other ? `${known} with ${difference}` : `${known} there, and ${other} in this list`
      throw new InputError(`${name} is of another list: id ${read} is ${what}`)
    }
    if (read < lastId) {
      throw new InputError(
        `${name} is of another list: it has a record with the id ${lastId}, this list ends at ${read}`,
      )
    }
  }

  /**
   * Puts the file in order: a last line that was cut off is removed, damaged lines are set aside. Throws the system's error where that
   * fails; the file is as good as it was then.
   *
   * @param notify is told what was done, a line each
   * @returns the file, open for appending: it is the caller's from here on
   */
  async prepare(notify: (line: string) => void): Promise<number> {
    const { fd, path } = this.#output
    const { damaged, tail } = this.#scan
    const { name } = this.#options
    if (tail !== null && !tail.isRecord) notify(`${name}: ${cutOffText(tail.length)}`)
    if (damaged > 0) {
      const badPath = `${this.#options.path}.bad`
      const claimFresh = async (fresh: number) => this.#locks.push(await claim(fresh, name))
      const compacted = await compactOutput({ fd, path, badPath, claim: claimFresh })
      closeSync(fd)
      notify(`${name}: ${damagedText(damaged)} set aside in ${name}.bad, to be fetched again`)
      return compacted.fd
    }
    if (tail?.isRecord) writeSync(fd, '\n')
    else if (tail !== null) ftruncateSync(fd, tail.offset)
    if (tail !== null) fdatasyncSync(fd)
    return fd
  }

  /** Lets others have the file, once its descriptor is closed, and forgets what was in it: that may be most of the memory. */
  release(): void {
    for (const lock of this.#locks) lock?.release()
    this.#scan = { finished: new Finished(), records: 0, damaged: 0, tail: null }
  }

  /** A run to the list's end leaves records that later ones took the place of. */
  get willHaveSuperseded(): boolean {
    const { records, finished } = this.#scan
    return records > finished.size || this.earlier.done < finished.size
  }

  async #urlOf(id: number): Promise<string> {
    let url = ''
    const visit = (bytes: Buffer, start: number, end: number): void => {
      const record = readRecordLine(bytes, start, end)
      if (record?.id === id) url = record.url
    }
    const { bytes } = await readOutputLines(this.#output.fd, { onLine: visit, onLongLine() {} })
    visit(bytes, 0, bytes.length)
    return url
  }
}

function firstTimestamp(fd: number): number | null {
  const bytes = Buffer.alloc(beginningBytes)
  const text = bytes.toString('latin1', 0, readSync(fd, bytes, 0, beginningBytes, 0))
  const found = /"timestamp":"([0-9TZ:.-]+)"/.exec(text)
  // Data may have a time of its own, and stand first by --fields.
  if (found !== null && insideParts.test(text.slice(0, found.index))) return null
  const time = Date.parse(found?.[1] ?? '')
  return Number.isNaN(time) ? null : time
}

/**
 * Leaves one record of each id, the last. Throws the system's error where that fails; the file is as it was then.
 *
 * @throws {UsageError} where a run has the file, or it is no regular file
 * @throws {InputError} where it is no output
 */
export async function compactFile(path: string, name: string): Promise<Compacted> {
  const output = await openLocked(path, name, 'found')
  try {
    const { records, isCompact } = await look(output.fd, name)
    if (isCompact) return { records, superseded: 0, damaged: 0, cutOff: 0 }
    const { fd, ...counts } = await compactOutput({
      fd: output.fd,
      path: output.path,
      badPath: `${path}.bad`,
      claim: (fresh) => claim(fresh, name),
    })
    closeSync(fd)
    return counts
  } finally {
    closeSync(output.fd)
    output.lock?.release()
  }
}

/** A function of its own, so that the ids are forgotten before others are gathered. */
async function look(fd: number, name: string): Promise<{ readonly records: number; readonly isCompact: boolean }> {
  const { records, finished, damaged, tail } = await scanOutput(fd, name)
  return { records, isCompact: records === finished.size && damaged === 0 && tail === null }
}

export function cutOffText(bytes: number): string {
  return `an unfinished last line of ${formatCount(bytes)} bytes was cut off`
}

export function damagedText(count: number): string {
  return count === 1 ? 'a damaged line was' : `${formatCount(count)} damaged lines were`
}
