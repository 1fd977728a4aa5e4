// One body on its way into a file: written under a temporary name, made durable, and put in its place as a whole.

import { type FileHandle, link, lstat, open, rename, unlink } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { systemCode } from '../core/errors.js'
import { writeReason } from '../core/system-reason.js'
import type { BodyFailure, BodyStoreListener, BodyWriter } from '../types.js'
import type { FolderSync } from './folder-sync.js'

export interface BodyFileOptions {
  readonly path: string
  /** In the same folder. */
  readonly temporaryPath: string
  readonly overwrite: boolean
  /** The data are on the disk before the file gets its name, and the name before the listener is told; null where the system likes. */
  readonly folder: FolderSync | null
  /** Called after the listener was told of a failure. */
  readonly onError: (error: unknown) => void
  /** It has ended, one way or another, and left nothing temporary behind. */
  readonly onEnd: (file: BodyFile) => void
}

/** A small body is written at once when it is whole: one that fails early has not even been opened. */
const pieceBytes = 65_536
/** Waiting and being written, before it is enough. */
const mostQueuedBytes = 262_144

const nothing = new Uint8Array()

/** Every file that this process may have is open, or every one of the machine. */
const exhaustedCodes: ReadonlySet<string | undefined> = new Set(['EMFILE', 'ENFILE'])
const retryMs = 100
/** Half a minute. */
const mostTries = 300

/** What a file system says that has no links. */
const noLinkCodes: ReadonlySet<string | undefined> = new Set(['EPERM', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP', 'EMLINK'])

/** No other body could be saved either: the disk is full or broken, or the folder is gone or closed to us. */
const finalCodes: ReadonlySet<string | undefined> = new Set([
  'ENOSPC',
  'EDQUOT',
  'EIO',
  'EROFS',
  'ENOENT',
  'ENOTDIR',
  'EACCES',
])

export function isFinal(error: unknown): boolean {
  return finalCodes.has(systemCode(error))
}

class Exists extends Error {
  readonly code = 'EEXIST'
}

export class BodyFile implements BodyWriter {
  isCommitting = false
  readonly #options: BodyFileOptions
  readonly #listener: BodyStoreListener
  #isEnding = false
  #isAborted = false
  #queue: Uint8Array[] = []
  #queuedBytes = 0
  #writingBytes = 0
  #isFull = false
  #isWorking = false
  #isOver = false
  #handle: FileHandle | null = null
  #hasTemporary = false

  constructor(options: BodyFileOptions, listener: BodyStoreListener) {
    this.#options = options
    this.#listener = listener
  }

  write(chunk: Uint8Array): boolean {
    if (this.#isOver || this.#isAborted) return true
    this.#queue.push(chunk)
    this.#queuedBytes += chunk.length
    this.#isFull = this.#queuedBytes + this.#writingBytes >= mostQueuedBytes
    if (this.#queuedBytes >= pieceBytes) this.#work()
    return !this.#isFull
  }

  end(): void {
    this.#isEnding = true
    this.#work()
  }

  abort(): void {
    if (this.isCommitting) return
    this.#isAborted = true
    this.#work()
  }

  #work(): void {
    if (this.#isWorking || this.#isOver) return
    this.#isWorking = true
    void this.#workOff()
  }

  async #workOff(): Promise<void> {
    try {
      // Nothing is waited for between the last look and the rest: a piece that came in between would be left lying.
      while (this.#hasPiece()) await this.#writePiece()
      if (this.#mustGo()) await this.#drop()
      else if (this.#isEnding) await this.#commit()
      else this.#isWorking = false
    } catch (error) {
      await this.#drop()
      if (this.#mustGo()) return
      this.#listener.onStoreFailed(this.#failure(error))
      this.#options.onError(error)
    }
  }

  /** A method, since it changes between two looks. */
  #mustGo(): boolean {
    return this.#isAborted
  }

  #hasPiece(): boolean {
    return !this.#isAborted && (this.#queuedBytes >= pieceBytes || (this.#isEnding && this.#queuedBytes > 0))
  }

  async #writePiece(): Promise<void> {
    const [first = nothing] = this.#queue
    const piece = this.#queue.length === 1 ? first : Buffer.concat(this.#queue)
    this.#queue = []
    this.#queuedBytes = 0
    this.#writingBytes = piece.length
    this.#handle ??= await this.#open()
    await writeWhole(this.#handle, piece)
    this.#writingBytes = 0
    if (!this.#isFull || this.#mustGo()) return
    this.#isFull = false
    this.#listener.onDrain()
  }

  /** What the machine is out of for now slows the run down, and is no failure of the URL: the response is here, and asking again is not free. */
  async #open(): Promise<FileHandle> {
    for (let tries = 1; ; tries++) {
      try {
        const handle = await open(this.#options.temporaryPath, 'wx')
        this.#hasTemporary = true
        return handle
      } catch (error) {
        if (!exhaustedCodes.has(systemCode(error)) || this.#mustGo() || tries === mostTries) throw error
      }
      await delay(retryMs)
    }
  }

  async #commit(): Promise<void> {
    const { path, temporaryPath, overwrite, folder } = this.#options
    // An empty body is an empty file.
    this.#handle ??= await this.#open()
    if (folder !== null) await this.#handle.sync()
    await this.#close()
    if (this.#mustGo()) return this.#drop()
    this.isCommitting = true
    if (overwrite) await rename(temporaryPath, path)
    else await renameToNew(temporaryPath, path)
    this.#hasTemporary = false
    await folder?.settle()
    this.#end()
    this.#listener.onStored(path)
  }

  async #close(): Promise<void> {
    const handle = this.#handle
    this.#handle = null
    await handle?.close()
  }

  /** What cannot be removed stays, for a later run to find. */
  async #drop(): Promise<void> {
    await this.#close().catch(() => {})
    if (this.#hasTemporary) await unlink(this.#options.temporaryPath).catch(() => {})
    this.#end()
  }

  #end(): void {
    this.#isOver = true
    this.#queue = []
    this.#options.onEnd(this)
  }

  #failure(error: unknown): BodyFailure {
    const code = systemCode(error) ?? 'UNKNOWN'
    const { path } = this.#options
    if (error instanceof Exists) {
      return { type: 'write', code, message: `${path} exists already: remove it, or give --overwrite to replace it` }
    }
    // A full disk ends the run, and says nothing of this URL: a later run has to fetch it again.
    const type = isFinal(error) ? 'aborted' : 'write'
    return { type, code, message: `the body could not be saved as ${path}: ${writeReason(error)}` }
  }
}

async function writeWhole(handle: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length; ) at += (await handle.write(bytes, at, bytes.length - at)).bytesWritten
}

/** Never over a file that is there: `link` fails then, where `rename` would replace it. */
async function renameToNew(from: string, to: string): Promise<void> {
  try {
    await link(from, to)
  } catch (error) {
    if (systemCode(error) === 'EEXIST') throw new Exists(to, { cause: error })
    if (!noLinkCodes.has(systemCode(error))) throw error
    // Without links somebody else could still come in between: better than a name that has half a body.
    if (await isThere(to)) throw new Exists(to, { cause: error })
    return rename(from, to)
  }
  await unlink(from).catch(() => {})
}

async function isThere(path: string): Promise<boolean> {
  try {
    await lstat(path)
    return true
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return false
    throw error
  }
}
