// --save: a folder in which every body becomes a file of its own.

import { mkdir, open, unlink } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { SinkError, systemCode, UsageError } from '../core/errors.js'
import { escapeControls } from '../core/printable.js'
import { writeReason } from '../core/system-reason.js'
import type { BodyStore, BodyStoreListener, BodyWriter, FetchTask } from '../types.js'
import { BodyFile, isFinal } from './body-file.js'
import { fileName } from './file-name.js'
import { FolderSync } from './folder-sync.js'
import { temporaryName } from './temporary-name.js'

export interface BodyStoreOptions {
  /** Made if it is not there, but not the one that it is to be in. */
  readonly dir: string
  /** Replace files that are there. */
  readonly overwrite: boolean
  /** Make each file durable before it gets its name, and the name before its record is written. */
  readonly sync: boolean
  /** No body can be saved any more, such as on a full disk. May be called more than once. */
  readonly onFull: (error: SinkError) => void
}

/** @throws {UsageError} where there is no folder that can be written to */
export async function openBodyStore(options: BodyStoreOptions): Promise<BodyStore> {
  const { dir, sync } = options
  try {
    await tryFolder(dir)
    return new FolderStore(options, sync ? await FolderSync.open(dir) : null)
  } catch (error) {
    throw new UsageError(`--save ${escapeControls(dir)}: cannot write there: ${writeReason(error)}`, { cause: error })
  }
}

class FolderStore implements BodyStore {
  readonly #options: BodyStoreOptions
  readonly #folder: FolderSync | null
  readonly #open = new Set<BodyFile>()
  #onceEmpty: (() => void) | null = null

  constructor(options: BodyStoreOptions, folder: FolderSync | null) {
    this.#options = options
    this.#folder = folder
  }

  receive(task: FetchTask, listener: BodyStoreListener): BodyWriter {
    const { dir, overwrite } = this.#options
    const name = fileName(task.id, task.url)
    const file = new BodyFile(
      {
        path: filePath(dir, name),
        temporaryPath: join(dir, temporaryName(name)),
        overwrite,
        folder: this.#folder,
        onError: (error) => this.#onError(error),
        onEnd: (ended) => this.#onEnd(ended),
      },
      listener,
    )
    this.#open.add(file)
    return file
  }

  async close(): Promise<void> {
    for (const file of this.#open) file.abort()
    if (this.#open.size > 0) await new Promise<void>((resolve) => (this.#onceEmpty = resolve))
    await this.#folder?.close()
  }

  #onEnd(file: BodyFile): void {
    this.#open.delete(file)
    if (this.#open.size === 0) this.#onceEmpty?.()
  }

  #onError(error: unknown): void {
    if (!isFinal(error)) return
    const message = `cannot save bodies in ${this.#options.dir}: ${writeReason(error)}`
    this.#options.onFull(new SinkError(message, { cause: error }))
  }
}

/** The folder as given, and the name behind it. */
export function filePath(dir: string, name: string): string {
  return dir.endsWith('/') || dir.endsWith(sep) ? `${dir}${name}` : `${dir}${sep}${name}`
}

/** Not `recursive`: where nothing can be made, such as in /proc, Node 20 tries for ever. */
async function makeFolder(dir: string): Promise<void> {
  try {
    await mkdir(dir)
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw error
  }
}

/** Whether it can be written to is tried out: permissions do not tell it all. Throws the system's error. */
async function tryFolder(dir: string): Promise<void> {
  const trial = join(dir, temporaryName('trial'))
  await makeFolder(dir)
  await (await open(trial, 'wx')).close()
  await unlink(trial)
}
