// The end of the archive: records are appended one after the other, each of them whole, or the file is as it was.

import { fdatasync, ftruncateSync, write as writeCallback, writeSync } from 'node:fs'
import { promisify } from 'node:util'
import { systemCode } from '../core/errors.js'
import type { Block } from './block.js'
import { gzipMember, gzipPieces, lengthAt, lengthField } from './member.js'
import { recordEnd } from './record.js'

export interface ArchiveRecord {
  readonly head: Buffer
  readonly block: Block
}

export interface WriterOptions {
  readonly fd: number
  /** Where it goes on: what is behind it is cut off before the first record. */
  readonly size: number
  /** Each record a gzip member of its own. */
  readonly isPacked: boolean
  /** When it is brought to the disk: before anybody is told of a record, every second, or whenever the system likes. */
  readonly fsync: 'always' | 'interval' | 'never'
  /** Nothing more is written after an error. Called once. */
  readonly onError: (error: unknown) => void
}

type OnWritten = (error: Error | null) => void

interface Entry {
  readonly records: readonly ArchiveRecord[]
  readonly onWritten: OnWritten
}

const [write, sync] = [promisify(writeCallback), promisify(fdatasync)]

const intervalMs = 1000

/** Of some file systems and network mounts: they cannot do it, which is nothing that a run should fail for. */
const cannot: ReadonlySet<string | undefined> = new Set(['EINVAL', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'])

export class ArchiveWriter {
  readonly #options: WriterOptions
  #size: number
  #queue: Entry[] = []
  #working: Promise<void> | null = null
  #isCut = false
  #isDirty = false
  #timer: NodeJS.Timeout | undefined
  #failure: Error | null = null
  #isReported = false

  constructor(options: WriterOptions) {
    this.#options = options
    this.#size = options.size
  }

  get failure(): Error | null {
    return this.#failure
  }

  /** The records follow each other. Their blocks are the writer's, which closes them. */
  append(records: readonly ArchiveRecord[], onWritten: OnWritten): void {
    this.#queue.push({ records, onWritten })
    this.#working ??= this.#workOff()
  }

  /** No more is appended: what was is written, and on the disk. Throws the system's error. */
  async close(): Promise<void> {
    await this.#working
    clearTimeout(this.#timer)
    if (this.#failure === null && this.#options.fsync !== 'never') await this.#sync()
    if (this.#failure !== null) throw this.#failure
  }

  /** Also where nothing is appended. Throws the system's error. */
  cut(): void {
    if (!this.#isCut) ftruncateSync(this.#options.fd, this.#size)
    this.#isCut = true
  }

  async #workOff(): Promise<void> {
    while (this.#queue.length > 0) {
      // What is ready within one turn of the event loop goes out with one call.
      await new Promise((resolve) => setImmediate(resolve))
      const entries = this.#queue
      this.#queue = []
      await this.#writeEntries(entries)
      for (const { records, onWritten } of entries) {
        for (const { block } of records) block.close()
        onWritten(this.#failure)
      }
      // Whoever waited has been told: they know better than who is told that the run is over.
      this.#report()
    }
    this.#working = null
  }

  async #writeEntries(entries: readonly Entry[]): Promise<void> {
    if (this.#failure !== null) return
    try {
      this.cut()
      let pieces: Buffer[] = []
      for (const record of entries.flatMap(({ records }) => records)) {
        const inMemory = record.block.inMemory()
        if (inMemory !== null) {
          pieces.push(await this.#packed(Buffer.concat([record.head, ...inMemory, recordEnd])))
          continue
        }
        this.#writeAtOnce(pieces)
        pieces = []
        await this.#writeLarge(record)
      }
      this.#writeAtOnce(pieces)
      await this.#secure()
    } catch (error) {
      this.#fail(error)
    }
  }

  #packed(record: Buffer): Buffer | Promise<Buffer> {
    return this.#options.isPacked ? gzipMember(record) : record
  }

  /** Synchronous: a file takes bytes in less time than the way through the thread pool does. */
  #writeAtOnce(pieces: readonly Buffer[]): void {
    const bytes = pieces.length === 1 && pieces[0] !== undefined ? pieces[0] : Buffer.concat(pieces)
    for (let done = 0; done < bytes.length; ) {
      done += writeSync(this.#options.fd, bytes, done, bytes.length - done, this.#size + done)
    }
    this.#size += bytes.length
    this.#isDirty ||= bytes.length > 0
  }

  async #writeLarge({ head, block }: ArchiveRecord): Promise<void> {
    const { fd, isPacked } = this.#options
    const record = joined(head, block)
    let end = this.#size
    for await (const piece of isPacked ? gzipPieces(record) : record) {
      for (let done = 0; done < piece.length; ) {
        const { bytesWritten } = await write(fd, piece, done, piece.length - done, end)
        done += bytesWritten
        end += bytesWritten
      }
    }
    // From here on it is a whole member for whoever looks.
    if (isPacked) await write(fd, lengthField(end - this.#size), 0, 8, this.#size + lengthAt)
    this.#size = end
    this.#isDirty = true
  }

  async #secure(): Promise<void> {
    const { fsync } = this.#options
    if (fsync === 'always') await this.#sync()
    else if (fsync === 'interval') this.#timer ??= setTimeout(() => void this.#onTimer(), intervalMs).unref()
    if (this.#failure !== null) throw this.#failure
  }

  async #onTimer(): Promise<void> {
    this.#timer = undefined
    await this.#sync()
    if (this.#working === null) this.#report()
  }

  /** Never rejects. */
  async #sync(): Promise<void> {
    if (!this.#isDirty) return
    this.#isDirty = false
    try {
      await sync(this.#options.fd)
    } catch (error) {
      if (!cannot.has(systemCode(error))) this.#fail(error)
    }
  }

  #fail(error: unknown): void {
    if (this.#failure !== null) return
    this.#failure = error instanceof Error ? error : new Error(String(error))
    try {
      ftruncateSync(this.#options.fd, this.#size)
    } catch {
      // Whoever goes on with it will see where the last whole record ends.
    }
  }

  #report(): void {
    if (this.#failure === null || this.#isReported) return
    this.#isReported = true
    this.#options.onError(this.#failure)
  }
}

async function* joined(head: Buffer, block: Block): AsyncGenerator<Buffer> {
  yield head
  yield* block.pieces()
  yield recordEnd
}
