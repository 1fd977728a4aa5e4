// A file without a name: it is gone when the process is, however that ends, and nobody else can read it.

import { closeSync, ftruncateSync, openSync, read as readCallback, unlinkSync, writeSync } from 'node:fs'
import { promisify } from 'node:util'

/** Writes as `writeSync` does. */
export type WriteAt = (fd: number, bytes: Uint8Array, offset: number, length: number, position: number) => number

const readAt = promisify(readCallback)

/** Throws and rejects as the system does. */
export class NamelessFile {
  readonly #fd: number
  readonly #write: WriteAt
  /** Where an open file cannot be unlinked: its path, for later. */
  #path: string | null

  /** `path` is where it is made. Never a file or a link that is there already. */
  constructor(path: string, write: WriteAt = writeSync) {
    this.#fd = openSync(path, 'wx+', 0o600)
    this.#path = tryUnlink(path) ? null : path
    this.#write = write
  }

  /** All of them; where that fails midway, some are there. */
  write(bytes: Uint8Array, position: number): void {
    for (let done = 0; done < bytes.length; ) {
      done += this.#write(this.#fd, bytes, done, bytes.length - done, position + done)
    }
  }

  /** Fills the bytes with those that stand from `position` on: so many must have been written. */
  async read(bytes: Uint8Array, position: number): Promise<void> {
    for (let done = 0; done < bytes.length; ) {
      const { bytesRead } = await readAt(this.#fd, bytes, done, bytes.length - done, position + done)
      if (bytesRead === 0) throw new Error('the temporary file is shorter than what was written')
      done += bytesRead
    }
  }

  /** Gives the room back. Only when nothing is read any more, as `close`. */
  clear(): void {
    ftruncateSync(this.#fd)
  }

  close(): void {
    closeSync(this.#fd)
    if (this.#path !== null) tryUnlink(this.#path)
    this.#path = null
  }
}

function tryUnlink(path: string): boolean {
  try {
    unlinkSync(path)
    return true
  } catch {
    // Windows may not let go of an open file.
    return false
  }
}
