// What is kept of a body while it is taken in: its hash, its beginning, a file, and what it says.

import { createHash, type Hash } from 'node:crypto'
import { bodyText } from '../core/body-text.js'
import type { BodyStoreListener, BodyWriter, Failure, FetchTask, OptIns } from '../types.js'
import { type BodyOrigin, type BodyReader, readerOf } from './body-reader.js'
import { lasting } from './inflow.js'
import type { KeepOptions } from './options.js'

export interface KeeperListener {
  /** All there is to do about the body is done, or it failed. Called once at most. */
  onBodyOver(failure: Failure | null): void
}

export class BodyKeeper implements BodyStoreListener {
  readonly #options: KeepOptions
  readonly #listener: KeeperListener
  readonly #hash: Hash | null
  readonly #writer: BodyWriter | null
  readonly #reader: BodyReader | null
  readonly #beginning: Buffer[] = []
  #beginningBytes = 0
  #isWhole = false
  #sha256: string | null = null
  #file: string | null = null
  #resume: (() => void) | null = null

  constructor(options: KeepOptions, task: FetchTask, origin: BodyOrigin, listener: KeeperListener) {
    this.#options = options
    this.#listener = listener
    this.#hash = options.hash ? createHash('sha256') : null
    this.#reader = readerOf(options.read, origin)
    this.#writer = origin.isAccepted && options.store !== null ? options.store.receive(task, this) : null
  }

  /** It is too late to abort it: its end will be told soon. */
  get isCommitting(): boolean {
    return this.#writer?.isCommitting ?? false
  }

  /** False: enough for now, wait for `onceDrained`. */
  write(chunk: Buffer): boolean {
    this.#hash?.update(chunk)
    this.#reader?.write(chunk)
    const room = (this.#options.bodyBytes ?? 0) + 1 - this.#beginningBytes
    if (this.#options.bodyBytes !== null && room > 0) {
      const part = lasting(chunk.subarray(0, room))
      this.#beginning.push(part)
      this.#beginningBytes += part.length
    }
    return this.#writer?.write(lasting(chunk)) ?? true
  }

  onceDrained(resume: () => void): void {
    this.#resume = resume
  }

  /** That was all of it. */
  end(): void {
    this.#isWhole = true
    this.#sha256 = this.#hash?.digest('hex') ?? null
    // Before the file gets its name: a body that is not what it has to be is not saved.
    const failure = this.#reader === null ? null : this.#reader.end()
    if (failure !== null || this.#writer === null) this.#listener.onBodyOver(failure)
    else this.#writer.end()
  }

  destroy(): void {
    this.#resume = null
    this.#writer?.abort()
  }

  onDrain(): void {
    const resume = this.#resume
    this.#resume = null
    resume?.()
  }

  onStored(file: string): void {
    this.#file = file
    this.#listener.onBodyOver(null)
  }

  onStoreFailed(failure: Failure): void {
    this.#listener.onBodyOver(failure)
  }

  /** For the record. */
  kept(): OptIns {
    const { hash, store, bodyBytes } = this.#options
    return {
      ...(hash && { sha256: this.#sha256 }),
      ...(store !== null && { file: this.#file }),
      ...(bodyBytes !== null && bodyText(Buffer.concat(this.#beginning), bodyBytes, this.#isWhole)),
      ...this.#reader?.picked(),
    }
  }
}
