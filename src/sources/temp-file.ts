// The temporary file: what memory has no room for is appended, and read again.

import { randomUUID } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { NamelessFile, type WriteAt } from '../files/nameless-file.js'

export interface TempFileOptions {
  /** Where it is made: by default in the system's folder for such files, which TMPDIR names. */
  readonly folder?: string
  readonly write?: WriteAt
}

/** So much is kept in memory before it is written. */
export const bufferBytes = 65_536

/** Bytes are appended and can be read at once. What fails throws the system's error, and leaves all that was there before. */
export class TempFile {
  readonly #file: NamelessFile
  readonly #buffer = Buffer.allocUnsafeSlow(bufferBytes)
  /** Of the buffer, which follows what was written. */
  #buffered = 0
  #written = 0

  /** Throws the system's error where none can be made. */
  constructor({ folder = tmpdir(), write }: TempFileOptions = {}) {
    this.#file = new NamelessFile(join(folder, `poolfetch-${randomUUID()}`), write)
  }

  /** How many bytes it holds: where the next ones will stand. */
  get length(): number {
    return this.#written + this.#buffered
  }

  append(bytes: Uint8Array): void {
    if (this.#buffered + bytes.length > bufferBytes) this.#flush()
    if (bytes.length > bufferBytes) {
      this.#write(bytes)
      return
    }
    this.#buffer.set(bytes, this.#buffered)
    this.#buffered += bytes.length
  }

  /** Of what was appended, `length` bytes from `position` on; fewer only at its end. */
  async read(position: number, length: number): Promise<Buffer> {
    const end = Math.min(position + length, this.length)
    const bytes = Buffer.allocUnsafe(Math.max(0, end - position))
    // Copied before anything is waited for: the buffer may be written meanwhile, and filled anew.
    const fromFile = Math.max(0, Math.min(end, this.#written) - position)
    const bufferAt = position + fromFile - this.#written
    if (fromFile < bytes.length) this.#buffer.copy(bytes, fromFile, bufferAt, end - this.#written)
    if (fromFile > 0) await this.#file.read(bytes.subarray(0, fromFile), position)
    return bytes
  }

  /** Only when nothing is read any more. */
  clear(): void {
    this.#buffered = this.#written = 0
    this.#file.clear()
  }

  /** Only when nothing is read any more. */
  close(): void {
    this.#file.close()
  }

  #flush(): void {
    this.#write(this.#buffer.subarray(0, this.#buffered))
    this.#buffered = 0
  }

  /** Behind what was written. What fails midway is written again from its beginning, if at all. */
  #write(bytes: Uint8Array): void {
    this.#file.write(bytes, this.#written)
    this.#written += bytes.length
  }
}
