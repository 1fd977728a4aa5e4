// The records of an earlier run, to compare with: they stay in their file, and are read when they are asked for.

import { fstatSync, readSync } from 'node:fs'
import { InputError } from '../core/errors.js'
import type { EarlierRecord } from '../types.js'
import { EarlierIndex, largestFile } from './earlier-index.js'
import { type Asked, keyOf, noKey, readEarlierLine, readKey } from './earlier-line.js'
import { longestLine, readOutputLines } from './output-lines.js'

/** Most records are shorter; of others the rest is read behind it. */
const usualBytes = 4096
const LF = 0x0a

/** Of what is in the file. */
export interface EarlierCensus {
  readonly records: number
  /** Whole lines that are no records. */
  readonly damaged: number
  /** Bytes behind the last line end that are no record. */
  readonly cutOff: number
}

export class EarlierRecords {
  readonly #fd: number
  readonly #index: EarlierIndex
  readonly #seed: number
  readonly census: EarlierCensus
  #buffer = Buffer.allocUnsafe(usualBytes)

  private constructor(fd: number, index: EarlierIndex, seed: number, census: EarlierCensus) {
    this.#fd = fd
    this.#index = index
    this.#seed = seed
    this.census = census
  }

  /**
   * Reads the file once; it stays open, and the caller's. Throws the system's error where it cannot be read.
   *
   * @param name what messages call it
   * @param seed a secret of the run, so that no list can be made whose URLs are all looked for in one place
   * @throws {InputError} where it has content, but no record that could be compared with
   */
  static async open(fd: number, name: string, seed: number): Promise<EarlierRecords> {
    const { size } = fstatSync(fd)
    if (size >= largestFile) throw new InputError(`${name} is larger than 1 TiB`)
    const index = new EarlierIndex(size)
    let records = 0
    let damaged = 0
    const rest = await readOutputLines(fd, {
      onLine(bytes, start, end, offset) {
        if (!take(bytes, start, end, offset)) damaged++
      },
      onLongLine: () => void damaged++,
    })
    const isWhole = rest.bytes.length > 0 && take(rest.bytes, 0, rest.bytes.length, rest.offset)
    const cutOff = isWhole ? 0 : rest.length
    if (records === 0 && (damaged > 0 || cutOff > 0)) {
      throw new InputError(`${name} is no output to compare with: JSON lines with url, method and ok are`)
    }
    index.seal()
    return new EarlierRecords(fd, index, seed, { records, damaged, cutOff })

    function take(bytes: Buffer, start: number, end: number, offset: number): boolean {
      const key = readKey(bytes, start, end)
      if (key === null) return false
      records++
      if (key !== noKey) index.add(hashOf(key, seed), offset)
      return true
    }
  }

  /** The last record of what is asked, one that was fetched before one that was not; null where there is none. */
  find(asked: Asked): EarlierRecord | null {
    return this.#find(keyOf(asked))?.record ?? null
  }

  /** The same, and there is a newer record of it now: this one does not remain. */
  take(asked: Asked): EarlierRecord | null {
    const found = this.#find(keyOf(asked))
    if (found !== null) this.#index.touch(found.entry)
    return found?.record ?? null
  }

  /** Calls back with the lines that still hold: the last of each that was asked, unless it was taken. */
  async remaining(to: (bytes: Buffer, start: number, end: number) => void): Promise<void> {
    const visit = (bytes: Buffer, start: number, end: number, offset: number): void => {
      const key = readKey(bytes, start, end)
      if (key !== null && key !== noKey && this.#holds(key, offset)) to(bytes, start, end)
    }
    const rest = await readOutputLines(this.#fd, { onLine: visit, onLongLine() {} })
    if (rest.bytes.length > 0) visit(rest.bytes, 0, rest.bytes.length, rest.offset)
  }

  #holds(key: string, offset: number): boolean {
    const [first, end] = this.#index.range(hashOf(key, this.#seed))
    if (end - first === 1) return this.#index.offset(first) === offset && !this.#index.isTouched(first)
    const found = this.#find(key)
    return found !== null && this.#index.offset(found.entry) === offset && !this.#index.isTouched(found.entry)
  }

  #find(key: string): { readonly entry: number; readonly record: EarlierRecord } | null {
    const [first, end] = this.#index.range(hashOf(key, this.#seed))
    let duplicate: { readonly entry: number; readonly record: EarlierRecord } | null = null
    for (let entry = end - 1; entry >= first; entry--) {
      const line = this.#read(this.#index.offset(entry))
      if (line?.key !== key) continue
      if (!line.record.isDuplicate) return { entry, record: line.record }
      duplicate ??= { entry, record: line.record }
    }
    return duplicate
  }

  #read(offset: number): ReturnType<typeof readEarlierLine> {
    let length = 0
    for (;;) {
      const wanted = length === 0 ? usualBytes : this.#buffer.length - length
      const bytesRead = readSync(this.#fd, this.#buffer, length, wanted, offset + length)
      const end = this.#buffer.subarray(length, length + bytesRead).indexOf(LF)
      if (end !== -1) return readEarlierLine(this.#buffer, 0, length + end)
      length += bytesRead
      if (bytesRead === 0) return readEarlierLine(this.#buffer, 0, length)
      if (length < this.#buffer.length) continue
      if (length >= longestLine) return null
      const larger = Buffer.allocUnsafe(Math.min(longestLine, length * 2))
      this.#buffer.copy(larger, 0, 0, length)
      this.#buffer = larger
    }
  }
}

/** FNV-1a over UTF-16 code units, its bits mixed once more: those above decide. */
function hashOf(key: string, seed: number): number {
  let hash = 0x811c9dc5 ^ seed
  for (let index = 0; index < key.length; index++) hash = Math.imul(hash ^ key.charCodeAt(index), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}
