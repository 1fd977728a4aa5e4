// A file without a name: it is gone when the process is, however that ends, and nobody else can read it.

import { randomUUID } from 'node:crypto'
import { closeSync, ftruncateSync, openSync, read as readCallback, unlinkSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

export interface TempFileOptions {
  /** Where it is made: by default in the system's folder for such files, which TMPDIR names. */
  readonly folder?: string
  /** Writes as `writeSync` does. */
  readonly write?: (fd: number, bytes: Uint8Array, offset: number, length: number, position: number) => number
}

/** So much is kept in memory before it is written. */
export const bufferBytes = 65_536

const readAt = promisify(readCallback)

/** Bytes are appended and can be read at once. What fails throws the system's error, and leaves all that was there before. */
export class TempFile {
  readonly #fd: number
  readonly #write: NonNullable<TempFileOptions['write']>
  /** Where an open file cannot be unlinked: its path, for later. */
  #path: string | null
  readonly #buffer = Buffer.allocUnsafeSlow(bufferBytes)
  /** Of the buffer, which follows what was written. */
  #buffered = 0
  #written = 0

  /** Throws the system's error where none can be made. */
  constructor({ folder = tmpdir(), write = writeSync }: TempFileOptions = {}) {
    const path = join(folder, `poolfetch-${randomUUID()}`)
    // Never a file or a link that is there already, and for no other user.
    this.#fd = openSync(path, 'wx+', 0o600)
    this.#path = tryUnlink(path) ? null : path
    this.#write = write
  }

  /** How many bytes it holds: where the next ones will stand. */
  get length(): number {
    return this.#written + this.#buffered
  }

  append(bytes: Uint8Array): void {
    if (this.#buffered + bytes.length > bufferBytes) this.#flush()
    if (bytes.length > bufferBytes) {
      this.#writeAll(bytes)
      this.#written += bytes.length
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
    for (let done = 0; done < fromFile; ) {
      const { bytesRead } = await readAt(this.#fd, bytes, done, fromFile - done, position + done)
      if (bytesRead === 0) throw new Error('the temporary file is shorter than what was written')
      done += bytesRead
    }
    return bytes
  }

  /** Only when nothing is read any more. */
  clear(): void {
    this.#buffered = this.#written = 0
    ftruncateSync(this.#fd)
  }

  /** Only when nothing is read any more. */
  close(): void {
    closeSync(this.#fd)
    if (this.#path !== null) tryUnlink(this.#path)
    this.#path = null
  }

  #flush(): void {
    this.#writeAll(this.#buffer.subarray(0, this.#buffered))
    this.#written += this.#buffered
    this.#buffered = 0
  }

  /** Behind what was written. What fails midway is written again from its beginning, if at all. */
  #writeAll(bytes: Uint8Array): void {
    for (let done = 0; done < bytes.length; ) {
      done += this.#write(this.#fd, bytes, done, bytes.length - done, this.#written + done)
    }
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
