// Lines put into buckets at random: in memory as long as they fit, else in blocks of a temporary file.

import { tmpdir } from 'node:os'
import { InputError, systemCode } from '../core/errors.js'
import { escapeControls } from '../core/printable.js'
import { TempFile, type TempFileOptions } from './temp-file.js'

/** One of them is in memory at a time. */
export const bucketCount = 64

/** What a string takes in memory, its characters aside. */
const stringBytes = 48

interface Block {
  readonly position: number
  readonly length: number
}

interface Bucket {
  lines: string[]
  readonly blocks: Block[]
}

/** Fails with InputError where the system has no room for the file. */
export class Buckets {
  readonly #options: TempFileOptions
  readonly #memoryBytes: number
  readonly #buckets: readonly Bucket[] = Array.from({ length: bucketCount }, () => ({ lines: [], blocks: [] }))
  /** Of the lines in memory. */
  #bytes = 0
  #file: TempFile | null = null

  constructor(memoryBytes: number, options: TempFileOptions) {
    this.#memoryBytes = memoryBytes
    this.#options = options
  }

  /** `index` is 0 .. `bucketCount` - 1; there is no line end in the line. */
  add(index: number, line: string): void {
    this.#bucket(index).lines.push(line)
    this.#bytes += line.length + stringBytes
    if (this.#bytes > this.#memoryBytes) this.#moveOut()
  }

  /** All lines of a bucket, which is empty then, in the order in which they were added. */
  async take(index: number): Promise<string[]> {
    const bucket = this.#bucket(index)
    const lines: string[] = []
    for (const { position, length } of bucket.blocks) {
      const bytes = await this.#file?.read(position, length).catch((error: unknown) => this.#fail(error))
      // One by one: so many arguments of one call would not fit on the stack.
      for (const line of bytes?.toString().split('\n') ?? []) lines.push(line)
    }
    for (const line of bucket.lines) lines.push(line)
    bucket.blocks.length = bucket.lines.length = 0
    return lines
  }

  close(): void {
    this.#file?.close()
    this.#file = null
  }

  #moveOut(): void {
    try {
      this.#file ??= new TempFile(this.#options)
      for (const bucket of this.#buckets) {
        if (bucket.lines.length === 0) continue
        const bytes = Buffer.from(bucket.lines.join('\n'))
        bucket.blocks.push({ position: this.#file.length, length: bytes.length })
        this.#file.append(bytes)
        bucket.lines = []
      }
      this.#bytes = 0
    } catch (error) {
      this.#fail(error)
    }
  }

  #bucket(index: number): Bucket {
    const bucket = this.#buckets[index]
    if (bucket === undefined) throw new RangeError(`no bucket ${index}`)
    return bucket
  }

  /** Says what to do about it; what the system did not say is a bug. */
  #fail(error: unknown): never {
    const code = systemCode(error)
    if (code === undefined) throw error
    const folder = escapeControls(this.#options.folder ?? tmpdir())
    const advice = 'set TMPDIR to a folder with room for it'
    throw new InputError(`cannot shuffle the list: ${folder} cannot hold it (${code}): ${advice}`, { cause: error })
  }
}
