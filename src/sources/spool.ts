// A list that can be read only once, read twice: what the first reading took is kept in a temporary file.

import { tmpdir } from 'node:os'
import { InputError, systemCode } from '../core/errors.js'
import { escapeControls } from '../core/printable.js'
import { TempFile, type TempFileOptions } from './temp-file.js'

const pieceBytes = 65_536

/** Fails with InputError where the system has no room for the file. */
export class Spool {
  readonly #bytes: AsyncGenerator<Buffer, void, undefined>
  readonly #options: TempFileOptions
  #file: TempFile | null = null

  constructor(bytes: AsyncGenerator<Buffer, void, undefined>, options: TempFileOptions = {}) {
    this.#bytes = bytes
    this.#options = options
  }

  /** The bytes for the first time, as far as anybody takes them. */
  async *read(): AsyncGenerator<Buffer, void, undefined> {
    for (let next = await this.#bytes.next(); next.done !== true; next = await this.#bytes.next()) {
      this.#keep(next.value)
      yield next.value
    }
  }

  /** All of them, from the beginning on. Once, after `read`. */
  async *readAgain(): AsyncGenerator<Buffer, void, undefined> {
    const file = this.#file
    const length = file?.length ?? 0
    try {
      for (let at = 0; at < length; at += pieceBytes) {
        const piece = await file?.read(at, pieceBytes).catch((error: unknown) => this.#fail(error))
        if (piece !== undefined) yield piece
      }
    } finally {
      this.close()
    }
    yield* this.#bytes
  }

  close(): void {
    this.#file?.close()
    this.#file = null
  }

  #keep(bytes: Buffer): void {
    try {
      this.#file ??= new TempFile(this.#options)
      this.#file.append(bytes)
    } catch (error) {
      this.#fail(error)
    }
  }

  /** Says what to do about it; what the system did not say is a bug. */
  #fail(error: unknown): never {
    const code = systemCode(error)
    if (code === undefined) throw error
    const folder = escapeControls(this.#options.folder ?? tmpdir())
    const advice = 'set TMPDIR to a folder with room for it'
    throw new InputError(`cannot compare the list: ${folder} cannot hold it (${code}): ${advice}`, { cause: error })
  }
}
