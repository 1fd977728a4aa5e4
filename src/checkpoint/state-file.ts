// What a run leaves for the next one to compare with: written beside the file it was compared with itself, whose place it takes at the end.

import { closeSync, fstatSync } from 'node:fs'
import type { EarlierRecords } from './earlier-records.js'
import { FreshFile } from '../files/fresh-file.js'
import { type LockedFile, openLocked } from './output-file.js'
import { WholeWriter } from './whole-writer.js'

export class StateFile {
  readonly #file: LockedFile
  readonly #fresh: FreshFile

  private constructor(file: LockedFile) {
    this.#file = file
    this.#fresh = new FreshFile(file)
  }

  /**
   * Opens the file, which is made where there is none, and keeps every other run from it. Throws the system's error where that fails.
   *
   * @throws {UsageError} where another run has it, or it is no regular file
   */
  static async open(path: string, name: string): Promise<StateFile> {
    return new StateFile(await openLocked(path, name, 'made'))
  }

  /** The earlier records, for reading. */
  get fd(): number {
    return this.#file.fd
  }

  /** It was made just now, or nothing was written to it. */
  get isEmpty(): boolean {
    return fstatSync(this.#file.fd).size === 0
  }

  /** A new file for the records of this run; the descriptor is the caller's. Throws the system's error. */
  begin(): number {
    return this.#fresh.open()
  }

  /**
   * The new file, closed by now, takes the place of the old one when it is on the disk. Throws the system's error where that fails: the
   * old one is as it was.
   *
   * @param earlier whose records stay as far as this run has no newer ones: where it did not get to the end of its list; null where it did
   */
  async commit(earlier: EarlierRecords | null): Promise<void> {
    const fd = this.#fresh.reopen()
    try {
      if (earlier !== null) {
        const remaining = new WholeWriter(() => fd)
        await earlier.remaining((bytes, start, end) => remaining.writeLine(bytes, start, end))
        remaining.flush()
      }
      this.#fresh.commit(fd)
    } catch (error) {
      this.#fresh.remove()
      throw error
    } finally {
      closeSync(fd)
    }
  }

  /** Leaves the old one as it is. */
  discard(): void {
    this.#fresh.remove()
  }

  close(): void {
    closeSync(this.#file.fd)
    this.#file.lock?.release()
  }
}
