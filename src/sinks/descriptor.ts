// Bytes to a file descriptor: whole, or an error that a person understands.

import fs from 'node:fs'
import { promisify, getSystemErrorMap } from 'node:util'
import { ReaderGoneError, SinkError, systemCode } from '../core/errors.js'

const write = promisify(fs.write)
const fstat = promisify(fs.fstat)
const ftruncate = promisify(fs.ftruncate)
const close = promisify(fs.close)

const newline = 0x0a
const firstRetryMs = 1
const lastRetryMs = 50

/**
 * One open descriptor, written in sequence. Writes go through libuv's thread pool and not through `process.stdout`, whose
 * writes to a pipe block the event loop while the reader is slow (nodejs.org/api/process.html#a-note-on-process-io).
 */
export class Descriptor {
  readonly #fd: number
  readonly #name: string
  /** Its size before the first write, for a regular file; null for anything else. */
  #sizeAtStart: number | null
  #writtenBytes = 0

  private constructor(fd: number, name: string, sizeAtStart: number | null) {
    this.#fd = fd
    this.#name = name
    this.#sizeAtStart = sizeAtStart
  }

  /** `name` is what messages call it. */
  static async open(fd: number, name: string): Promise<Descriptor> {
    try {
      const stats = await fstat(fd)
      return new Descriptor(fd, name, stats.isFile() ? stats.size : null)
    } catch (error) {
      throw sinkError(name, error)
    }
  }

  /** It is a regular file, and not an empty one. */
  get hasContent(): boolean {
    return this.#sizeAtStart !== null && this.#sizeAtStart > 0
  }

  async truncate(): Promise<void> {
    try {
      await ftruncate(this.#fd)
      this.#sizeAtStart = 0
    } catch (error) {
      throw sinkError(this.#name, error)
    }
  }

  /** Writes lines, all of them. Where that fails on a regular file, the file is cut back to its last whole line. */
  async write(lines: Buffer): Promise<void> {
    let sentBytes = 0
    let retryMs = firstRetryMs
    while (sentBytes < lines.length) {
      try {
        const { bytesWritten } = await write(this.#fd, lines, sentBytes, lines.length - sentBytes, null)
        sentBytes += bytesWritten
        this.#writtenBytes += bytesWritten
        retryMs = firstRetryMs
      } catch (error) {
        // A pipe or terminal that another process made non-blocking is full.
        if (systemCode(error) !== 'EAGAIN') throw await this.#fail(error, lines, sentBytes)
        await new Promise((resolve) => setTimeout(resolve, retryMs))
        retryMs = Math.min(retryMs * 2, lastRetryMs)
      }
    }
  }

  /** The same while the event loop stands still, for a terminal that others draw on. */
  writeSync(lines: Buffer): void {
    let sentBytes = 0
    while (sentBytes < lines.length) {
      try {
        sentBytes += fs.writeSync(this.#fd, lines, sentBytes)
      } catch (error) {
        if (systemCode(error) !== 'EAGAIN') throw sinkError(this.#name, error)
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, firstRetryMs)
      }
    }
  }

  async close(): Promise<void> {
    try {
      await close(this.#fd)
    } catch (error) {
      throw sinkError(this.#name, error)
    }
  }

  async #fail(error: unknown, lines: Buffer, sentBytes: number): Promise<SinkError> {
    const failure = sinkError(this.#name, error)
    const tornBytes = sentBytes - (lines.subarray(0, sentBytes).lastIndexOf(newline) + 1)
    if (this.#sizeAtStart === null || tornBytes === 0) return failure
    try {
      const { size } = await fstat(this.#fd)
      // Another size means that someone else writes to the file as well: its end need not be ours to cut.
      if (size === this.#sizeAtStart + this.#writtenBytes) await ftruncate(this.#fd, size - tornBytes)
    } catch (cutError) {
      return new SinkError(`${failure.message}, and its last line is cut off: ${reasonOf(cutError)}`, { cause: error })
    }
    return failure
  }
}

/** What went wrong with the output called `name`. */
export function sinkError(name: string, error: unknown): SinkError {
  const ErrorClass = systemCode(error) === 'EPIPE' ? ReaderGoneError : SinkError
  return new ErrorClass(`cannot write ${name}: ${reasonOf(error)}`, { cause: error })
}

/** Where libuv's text says too little to someone who does not know the system call. */
const reasons: ReadonlyMap<string | undefined, string> = new Map([
  ['EISDIR', 'it is a directory'],
  ['ENOENT', 'no such directory'],
  ['EDQUOT', 'disk quota exceeded'],
  ['EPIPE', 'its reader is gone'],
])

function reasonOf(error: unknown): string {
  const errno = error instanceof Error && 'errno' in error ? error.errno : undefined
  const known = typeof errno === 'number' ? getSystemErrorMap().get(errno)?.[1] : undefined
  return reasons.get(systemCode(error)) ?? known ?? (error instanceof Error ? error.message : String(error))
}
