// The bytes of a record while they come: in memory, and from some size on in a file without a name.

import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { systemCode } from '../core/errors.js'
import { NamelessFile } from '../files/nameless-file.js'

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
  #file: NamelessFile | null = null

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
    return this.#file === null ? this.#held : null
  }

  async *pieces(): AsyncGenerator<Buffer> {
    const inFile = this.length - this.#heldBytes
    for (let at = 0; at < inFile; ) {
      if (this.#file === null) throw new Error('the block is closed')
      const piece = Buffer.allocUnsafe(Math.min(pieceBytes, inFile - at))
      await this.#file.read(piece, at)
      at += piece.length
      yield piece
    }
    for (const bytes of this.#held) yield Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  }

  close(): void {
    this.#held = []
    this.#heldBytes = 0
    this.#file?.close()
    this.#file = null
  }

  #spool(): void {
    this.#file ??= this.#open()
    if (this.#file === null) return
    let at = this.length - this.#heldBytes
    for (const bytes of this.#held) {
      this.#file.write(bytes, at)
      at += bytes.length
    }
    this.#held = []
    this.#heldBytes = 0
  }

  #open(): NamelessFile | null {
    try {
      return new NamelessFile(join(this.#options.folder, `.poolfetch-${randomUUID()}.part`))
    } catch (error) {
      if (exhaustedCodes.has(systemCode(error))) return null
      throw error
    }
  }
}
