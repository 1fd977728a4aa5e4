// Brings the names in a folder to the disk, for many at once: one call lasts as long as the disk takes, however many names are new.

import fs from 'node:fs'
import { promisify } from 'node:util'
import { systemCode } from '../core/errors.js'

/** Of folders that cannot be opened or synced, by their permissions or on this system: nothing that a run should fail for. */
const cannot: ReadonlySet<string | undefined> = new Set([
  'EACCES',
  'EPERM',
  'EISDIR',
  'EINVAL',
  'EBADF',
  'ENOTSUP',
  'EOPNOTSUPP',
  'ENOSYS',
])

const [open, fsync, close] = [promisify(fs.open), promisify(fs.fsync), promisify(fs.close)]

/** An open folder. */
interface Folder {
  sync(): Promise<void>
  close(): Promise<void>
}

/** One call at a time; who comes meanwhile shares the next. */
export class FolderSync {
  readonly #folder: Folder | null
  #running: Promise<void> | null = null
  #next: Promise<void> | null = null

  /** @param folder null where it cannot be synced */
  constructor(folder: Folder | null) {
    this.#folder = folder
  }

  /** It stays open: there may be no room for another file when it is needed. Throws the system's error. */
  static async open(path: string): Promise<FolderSync> {
    try {
      const fd = await open(path, 'r')
      return new FolderSync({ sync: () => fsync(fd), close: () => close(fd) })
    } catch (error) {
      if (cannot.has(systemCode(error))) return new FolderSync(null)
      throw error
    }
  }

  /** Resolves when every name that is in the folder now is there for good. Rejects as the system does. */
  settle(): Promise<void> {
    if (this.#running === null) return this.#begin()
    return (this.#next ??= this.#beginAfter(this.#running))
  }

  async close(): Promise<void> {
    await this.#folder?.close()
  }

  async #beginAfter(running: Promise<void>): Promise<void> {
    await running.catch(() => {})
    this.#next = null
    await this.#begin()
  }

  #begin(): Promise<void> {
    this.#running = this.#sync()
    return this.#running
  }

  async #sync(): Promise<void> {
    try {
      await this.#folder?.sync()
    } catch (error) {
      if (!cannot.has(systemCode(error))) throw error
    } finally {
      this.#running = null
    }
  }
}
