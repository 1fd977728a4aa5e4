// A new file beside the one that it replaces when all is written: whenever this is interrupted, one or the other is there whole.

import {
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fdatasyncSync,
  fstatSync,
  fsyncSync,
  openSync,
  renameSync,
  rmSync,
} from 'node:fs'
import { dirname, join } from 'node:path'

/** The file that is to be replaced: of this process alone, for as long as a new one is made. */
export interface ReplacedFile {
  readonly fd: number
  /** Of the file itself: by a link's, the link would be replaced. */
  readonly path: string
}

/**
 * For what is written by and by, maybe for hours, and stays like the file that it replaces: `replaceFile` is for content that is there
 * already. Throws as the system does.
 */
export class FreshFile {
  readonly #replaced: ReplacedFile
  readonly #path: string

  constructor(replaced: ReplacedFile) {
    this.#replaced = replaced
    // Whoever was killed before left as much as a whole file, and under the same name: the next one cleans up.
    this.#path = join(dirname(replaced.path), `.poolfetch-${fstatSync(replaced.fd).ino}.tmp`)
  }

  /** Makes it anew: never what another has put there. Open for reading, and for writing at its end; the descriptor is the caller's. */
  open(): number {
    this.remove()
    const { O_RDWR, O_APPEND, O_CREAT, O_EXCL } = constants
    const fd = openSync(this.#path, O_RDWR | O_APPEND | O_CREAT | O_EXCL, 0o600)
    try {
      likeBefore(fd, this.#replaced.fd)
      return fd
    } catch (error) {
      closeSync(fd)
      this.remove()
      throw error
    }
  }

  /** For writing at the end of what was written so far. Never makes one: that would take the place of the other, and have nothing. */
  reopen(): number {
    const { O_WRONLY, O_APPEND, O_NOFOLLOW } = constants
    return openSync(this.#path, O_WRONLY | O_APPEND | O_NOFOLLOW)
  }

  /** Takes the place of the other. `fd` is a descriptor of it, any that can write. */
  commit(fd: number): void {
    fdatasyncSync(fd)
    renameSync(this.#path, this.#replaced.path)
    syncFolder(dirname(this.#path))
  }

  /** Without effect where there is none, or it is in place. */
  remove(): void {
    rmSync(this.#path, { force: true })
  }
}

/** Gives a new file owner and mode of the one that it replaces. Of another owner's file only root can make one that is the same. */
function likeBefore(fresh: number, fd: number): void {
  const { mode, uid, gid } = fstatSync(fd)
  try {
    fchownSync(fresh, uid, gid)
  } catch {
    // It is ours then, as every new file.
  }
  fchmodSync(fresh, mode & 0o7777)
}

/** The new name is there for good only then; Windows has no such thing. */
function syncFolder(path: string): void {
  try {
    const folder = openSync(path, 'r')
    try {
      fsyncSync(folder)
    } finally {
      closeSync(folder)
    }
  } catch {
    // Both files are whole: at worst the old one has the name after a loss of power.
  }
}
