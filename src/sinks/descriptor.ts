// Bytes to a file descriptor: whole, or an error that a person understands.

import fs, { type Stats } from 'node:fs'
import { promisify } from 'node:util'
import { ReaderGoneError, SinkError, systemCode } from '../core/errors.js'
import { writeReason } from '../core/system-reason.js'
import type { Texts } from './text-queue.js'

/** What is asked of the system: a test lets any of these fail. */
export interface FileCalls {
  /** How many bytes were written, which may be fewer. */
  write(fd: number, bytes: Buffer, offset: number, length: number): Promise<number> | number
  fdatasync(fd: number): Promise<void>
  fstat(fd: number): Promise<Stats>
  ftruncate(fd: number, bytes: number): Promise<void>
  close(fd: number): Promise<void>
}

const write = promisify(fs.write)
export const systemCalls: FileCalls = {
  write: async (fd, bytes, offset, length) => (await write(fd, bytes, offset, length, null)).bytesWritten,
  fdatasync: promisify(fs.fdatasync),
  fstat: promisify(fs.fstat),
  ftruncate: promisify(fs.ftruncate),
  close: promisify(fs.close),
}

/**
 * A regular file takes bytes in less time than the way through the thread pool does, and a process that is killed on that way loses them.
 */
export const fileCalls: FileCalls = {
  ...systemCalls,
  write: (fd, bytes, offset, length) => fs.writeSync(fd, bytes, offset, length),
}

const firstRetryMs = 1
const lastRetryMs = 50

/**
 * One open descriptor, written in sequence. What is no regular file is written through libuv's thread pool and not through
 * `process.stdout`, whose writes to a pipe block the event loop while the reader is slow
 * (nodejs.org/api/process.html#a-note-on-process-io).
 */
export class Descriptor {
  readonly #fd: number
  readonly #name: string
  readonly #calls: FileCalls
  /** Its size before the first write, for a regular file; null for anything else. */
  #sizeAtStart: number | null
  #writtenBytes = 0
  #writtenTexts = 0

  private constructor(fd: number, name: string, sizeAtStart: number | null, calls: FileCalls) {
    this.#fd = fd
    this.#name = name
    this.#sizeAtStart = sizeAtStart
    this.#calls = calls
  }

  /** `name` is what messages call it. */
  static async open(fd: number, name: string, calls?: FileCalls): Promise<Descriptor> {
    try {
      const stats = await (calls ?? systemCalls).fstat(fd)
      if (!stats.isFile()) return new Descriptor(fd, name, null, calls ?? systemCalls)
      return new Descriptor(fd, name, stats.size, calls ?? fileCalls)
    } catch (error) {
      throw sinkError(name, error)
    }
  }

  get isRegularFile(): boolean {
    return this.#sizeAtStart !== null
  }

  /** It is a regular file, and not an empty one. */
  get hasContent(): boolean {
    return this.#sizeAtStart !== null && this.#sizeAtStart > 0
  }

  /** How many texts stand in it whole, of those that were written. */
  get writtenTexts(): number {
    return this.#writtenTexts
  }

  async truncate(): Promise<void> {
    try {
      await this.#calls.ftruncate(this.#fd, 0)
      this.#sizeAtStart = 0
    } catch (error) {
      throw sinkError(this.#name, error)
    }
  }

  /** Writes texts, all of them. Where that fails on a regular file, the file is cut back to its last whole text. */
  async write({ bytes, ends }: Texts): Promise<void> {
    let sentBytes = 0
    let retryMs = firstRetryMs
    while (sentBytes < bytes.length) {
      try {
        const sent = this.#calls.write(this.#fd, bytes, sentBytes, bytes.length - sentBytes)
        const written = typeof sent === 'number' ? sent : await sent
        sentBytes += written
        this.#writtenBytes += written
        retryMs = firstRetryMs
      } catch (error) {
        // A pipe or terminal that another process made non-blocking is full.
        if (systemCode(error) !== 'EAGAIN') throw await this.#fail(error, ends, sentBytes)
        await new Promise((resolve) => setTimeout(resolve, retryMs))
        retryMs = Math.min(retryMs * 2, lastRetryMs)
      }
    }
    this.#writtenTexts += ends.length
  }

  /** The same while the event loop stands still, for a terminal that others draw on. */
  writeSync({ bytes, ends }: Texts): void {
    let sentBytes = 0
    while (sentBytes < bytes.length) {
      try {
        sentBytes += fs.writeSync(this.#fd, bytes, sentBytes)
      } catch (error) {
        if (systemCode(error) !== 'EAGAIN') {
          this.#writtenTexts += wholeTexts(ends, sentBytes)
          throw sinkError(this.#name, error)
        }
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, firstRetryMs)
      }
    }
    this.#writtenTexts += ends.length
  }

  /** What was written is on the disk when it resolves. Rejects as the system does. */
  sync(): Promise<void> {
    return this.#calls.fdatasync(this.#fd)
  }

  async close(): Promise<void> {
    try {
      await this.#calls.close(this.#fd)
    } catch (error) {
      throw sinkError(this.#name, error)
    }
  }

  async #fail(error: unknown, ends: readonly number[], sentBytes: number): Promise<SinkError> {
    const failure = sinkError(this.#name, error)
    const whole = wholeTexts(ends, sentBytes)
    this.#writtenTexts += whole
    const tornBytes = sentBytes - (ends[whole - 1] ?? 0)
    if (this.#sizeAtStart === null || tornBytes === 0) return failure
    try {
      const { size } = await this.#calls.fstat(this.#fd)
      // Another size means that someone else writes to the file as well: its end need not be ours to cut.
      if (size === this.#sizeAtStart + this.#writtenBytes) await this.#calls.ftruncate(this.#fd, size - tornBytes)
    } catch (cutError) {
      return new SinkError(`${failure.message}, and its last line is cut off: ${writeReason(cutError)}`, {
        cause: error,
      })
    }
    return failure
  }
}

/** How many texts end within the first `bytes`. */
function wholeTexts(ends: readonly number[], bytes: number): number {
  const firstTorn = ends.findIndex((end) => end > bytes)
  return firstTorn === -1 ? ends.length : firstTorn
}

/** What went wrong with the output called `name`. */
export function sinkError(name: string, error: unknown): SinkError {
  const ErrorClass = systemCode(error) === 'EPIPE' ? ReaderGoneError : SinkError
  return new ErrorClass(`cannot write ${name}: ${writeReason(error)}`, { cause: error })
}
