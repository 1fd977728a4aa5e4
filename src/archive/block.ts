// The bytes of a record while they come: in memory, and from some size on in a file without a name.

import { randomUUID } from 'node:crypto'
import { closeSync, openSync, read as readCallback, unlinkSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { systemCode } from '../core/errors.js'

const readAt = promisify(readCallback)

export interface BlockOptions {
  /** Where a file is made, should it be needed: where there has to be room for the record, too. */
  readonly folder: string
  /** More than that is not kept in memory. */
  readonly memoryBytes: number
}

/** Every file that this process may have is open: that is over soon, and until then memory has to do. */
const exhaustedCodes: ReadonlySet<string | undefined> = new Set(['EMFILE', 'ENFILE'])

const pieceBytes = 262_144
/** About what memory takes for a piece beside its bytes: a server may send them one by one. */
const pieceCost = 128

export class Block {
  readonly #options: BlockOptions
  length = 0
  #held: Uint8Array[] = []
  #heldBytes = 0
  #fd: number | null = null
  /** Where an open file cannot be unlinked. */
  #path: string | null = null

  constructor(options: BlockOptions) {
    this.#options = options
  }

  /** Synchronous, so that no more than `memoryBytes` ever waits. Throws the system's error. */
  write(bytes: Uint8Array): void {
    this.#held.push(bytes)
    this.#heldBytes += bytes.length
    this.length += bytes.length
    if (this.#heldBytes + this.#held.length * pieceCost > this.#options.memoryBytes) this.#spool()
  }

  /** All of it where it is in memory, else null. */
  inMemory(): readonly Uint8Array[] | null {
    return this.#fd === null ? this.#held : null
  }

  async *pieces(): AsyncGenerator<Buffer> {
    const inFile = this.length - this.#heldBytes
    for (let at = 0; at < inFile; ) {
      if (this.#fd === null) throw new Error('the block is closed')
      const piece = Buffer.allocUnsafe(Math.min(pieceBytes, inFile - at))
      const { bytesRead } = await readAt(this.#fd, piece, 0, piece.length, at)
      if (bytesRead === 0) throw new Error('the temporary file is shorter than what was written')
      at += bytesRead
      yield piece.subarray(0, bytesRead)
    }
    for (const bytes of this.#held) yield Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  }

  close(): void {
    this.#held = []
    this.#heldBytes = 0
    if (this.#fd !== null) closeSync(this.#fd)
    this.#fd = null
    if (this.#path !== null) tryUnlink(this.#path)
    this.#path = null
  }

  #spool(): void {
    this.#fd ??= this.#open()
    if (this.#fd === null) return
    let at = this.length - this.#heldBytes
    for (const bytes of this.#held) {
      for (let done = 0; done < bytes.length; ) {
        const written = writeSync(this.#fd, bytes, done, bytes.length - done, at)
        done += written
        at += written
      }
    }
    this.#held = []
    this.#heldBytes = 0
  }

  #open(): number | null {
    const path = join(this.#options.folder, `.poolfetch-${randomUUID()}.part`)
    try {
      const fd = openSync(path, 'wx+', 0o600)
      this.#path = tryUnlink(path) ? null : path
      return fd
    } catch (error) {
      if (exhaustedCodes.has(systemCode(error))) return null
      throw error
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
