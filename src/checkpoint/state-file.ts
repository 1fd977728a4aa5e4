// What a run leaves for the next one to compare with: written beside the file it was compared with itself, whose place it takes at the end.

import { closeSync, constants, fdatasyncSync, fstatSync, openSync, renameSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { likeBefore, syncFolder } from './compact.js'
import type { EarlierRecords } from './earlier-records.js'
import { type LockedFile, openLocked } from './output-file.js'
import { WholeWriter } from './whole-writer.js'

export class StateFile {
  readonly #file: LockedFile
  readonly #freshPath: string

  private constructor(file: LockedFile, freshPath: string) {
    this.#file = file
    this.#freshPath = freshPath
  }

  /**
   * Opens the file, which is made where there is none, and keeps every other run from it. Throws the system's error where that fails.
   *
   * @throws {UsageError} where another run has it, or it is no regular file
   */
  static async open(path: string, name: string): Promise<StateFile> {
    const file = await openLocked(path, name, 'made')
    // Whoever was killed before left it under the same name.
    return new StateFile(file, join(dirname(file.path), `.poolfetch-${file.stats.ino}.tmp`))
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
    rmSync(this.#freshPath, { force: true })
    const { O_RDWR, O_APPEND, O_CREAT, O_EXCL } = constants
    const fd = openSync(this.#freshPath, O_RDWR | O_APPEND | O_CREAT | O_EXCL, 0o600)
    likeBefore(fd, this.#file.fd)
    return fd
  }

  /**
   * The new file, closed by now, takes the place of the old one when it is on the disk. Throws the system's error where that fails: the
   * old one is as it was.
   *
   * @param earlier whose records stay as far as this run has no newer ones: where it did not get to the end of its list; null where it did
   */
  async commit(earlier: EarlierRecords | null): Promise<void> {
    const fd = openSync(this.#freshPath, 'a')
    try {
      if (earlier !== null) {
        const remaining = new WholeWriter(() => fd)
        await earlier.remaining((bytes, start, end) => remaining.writeLine(bytes, start, end))
        remaining.flush()
      }
      fdatasyncSync(fd)
      renameSync(this.#freshPath, this.#file.path)
    } catch (error) {
      rmSync(this.#freshPath, { force: true })
      throw error
    } finally {
      closeSync(fd)
    }
    syncFolder(dirname(this.#file.path))
  }

  /** Leaves the old one as it is. */
  discard(): void {
    rmSync(this.#freshPath, { force: true })
  }

  close(): void {
    closeSync(this.#file.fd)
    this.#file.lock?.release()
  }
}
