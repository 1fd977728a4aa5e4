// Where the last whole record of an archive ends: of one that a run was killed over, or that a machine went down with.

import { createReadStream, fstatSync, readSync } from 'node:fs'
import { Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { InputError } from '../core/errors.js'
import { formatCount } from '../core/units.js'
import { beginsMember, memberHeadBytes, memberLength, memberOpening } from './member.js'

export interface ArchiveTail {
  /** Of all whole records together. */
  readonly wholeBytes: number
  /** What is behind them. */
  readonly tornBytes: number
}

/**
 * Unpacked to see whether they are sound, from the end: what a machine that went down may not have brought to the disk is not more. Nor is
 * more cut off that has whole records in it.
 */
const mostCheckedBytes = 16 * 2 ** 20

const windowBytes = 65_536
const usualHeadBytes = 2048
/** A head of ours is far smaller. */
const mostHeadBytes = 65_536

const version = Buffer.from('WARC/1.1\r\n')
const blankLine = '\r\n\r\n'

export interface TailOptions {
  /** What messages call the file. */
  readonly name: string
  readonly isPacked: boolean
  readonly checkedBytes?: number
}

/**
 * Goes from record to record by their lengths, which takes a look at each and reads none.
 *
 * @throws {InputError} where it is no archive of ours, so that nothing can be said about its end, or damaged before its end
 */
export async function readTail(
  fd: number,
  { name, isPacked, checkedBytes = mostCheckedBytes }: TailOptions,
): Promise<ArchiveTail> {
  const { size } = fstatSync(fd)
  const window = new FileWindow(fd, size)
  const [lengthOf, opening] = isPacked ? packed : plain
  let wholeBytes = 0
  let checkedFrom: number | null = null
  while (wholeBytes < size) {
    const length = lengthOf(window, wholeBytes)
    if (length === 'foreign') throw foreign(name, wholeBytes)
    if (length === 'torn' || wholeBytes + length > size) break
    if (checkedFrom === null && wholeBytes + length >= size - checkedBytes) checkedFrom = wholeBytes
    wholeBytes += length
  }
  if (size - wholeBytes > checkedBytes && hasRecordsAtEnd(window, wholeBytes + 1, opening, lengthOf)) {
    throw new InputError(
      `${name} is damaged at byte ${formatCount(wholeBytes)}, with whole records behind it: name another file`,
    )
  }
  if (isPacked && checkedFrom !== null) wholeBytes = await soundEnd(fd, window, checkedFrom, wholeBytes)
  return { wholeBytes, tornBytes: size - wholeBytes }
}

type LengthAt = (window: FileWindow, at: number) => number | 'torn' | 'foreign'

const memberLengthAt: LengthAt = (window, at) => {
  const head = window.read(at, memberHeadBytes)
  const length = memberLength(head)
  if (length === 0 || (length !== null && length < memberHeadBytes)) return 'torn'
  if (length !== null) return length
  return (head.length < memberHeadBytes && beginsMember(head)) || window.isZeros(at) ? 'torn' : 'foreign'
}

const recordLengthAt: LengthAt = (window, at) => {
  const beginning = window.read(at, version.length)
  if (!beginning.equals(version.subarray(0, beginning.length))) return window.isZeros(at) ? 'torn' : 'foreign'
  let head = window.read(at, usualHeadBytes)
  if (!head.includes(blankLine)) head = window.read(at, mostHeadBytes)
  const headBytes = head.indexOf(blankLine) + 4
  if (headBytes < 4) return head.length < mostHeadBytes ? 'torn' : 'foreign'
  const [, blockBytes] = /\r\nContent-Length: (\d+)\r\n/.exec(head.toString('latin1', 0, headBytes)) ?? []
  if (blockBytes === undefined) return 'foreign'
  const length = headBytes + Number(blockBytes) + 4
  const end = window.read(at + length - 4, 4)
  // Cut within, or never brought to the disk.
  return end.toString('latin1') === blankLine ? length : 'torn'
}

const plain = [recordLengthAt, version] as const
const packed = [memberLengthAt, memberOpening] as const

/** Somewhere from there on records begin that go whole to the end of the file: that is no record that was cut off. */
function hasRecordsAtEnd(window: FileWindow, from: number, opening: Buffer, lengthOf: LengthAt): boolean {
  for (let at = from; at < window.size; ) {
    const bytes = window.read(at, windowBytes)
    const found = bytes.indexOf(opening)
    if (found === -1) {
      at += Math.max(1, bytes.length - opening.length + 1)
      continue
    }
    const end = endOfRecords(window, at + found, lengthOf)
    if (end === window.size) return true
    at = Math.max(end, at + found + 1)
  }
  return false
}

function endOfRecords(window: FileWindow, from: number, lengthOf: LengthAt): number {
  for (let at = from; ; ) {
    const length = lengthOf(window, at)
    if (typeof length !== 'number' || at + length > window.size) return at
    at += length
  }
}

/** The end of the last member from `from` on before which all of them are sound. */
async function soundEnd(fd: number, window: FileWindow, from: number, to: number): Promise<number> {
  if (await isSound(fd, from, to)) return to
  for (let at = from; at < to; ) {
    const length = memberLengthAt(window, at)
    if (typeof length !== 'number' || !(await isSound(fd, at, at + length))) return at
    at += length
  }
  return to
}

async function isSound(fd: number, from: number, to: number): Promise<boolean> {
  if (from === to) return true
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() })
  try {
    await pipeline(createReadStream('', { fd, start: from, end: to - 1, autoClose: false }), createGunzip(), nowhere)
    return true
  } catch {
    return false
  }
}

/** Reads here and there, forwards: what is near was read together. */
class FileWindow {
  readonly #fd: number
  readonly size: number
  readonly #buffer = Buffer.alloc(windowBytes)
  #from = 0
  #to = 0

  constructor(fd: number, size: number) {
    this.#fd = fd
    this.size = size
  }

  /** Fewer bytes at the end of the file. Looked at only until the next call. */
  read(at: number, length: number): Buffer {
    const end = Math.min(at + length, this.size)
    if (at < this.#from || end > this.#to) {
      this.#from = this.#to = at
      while (this.#to < end) {
        const read = readSync(this.#fd, this.#buffer, this.#to - at, windowBytes - (this.#to - at), this.#to)
        if (read === 0) break
        this.#to += read
      }
    }
    return this.#buffer.subarray(at - this.#from, Math.max(at, Math.min(end, this.#to)) - this.#from)
  }

  /** Nothing but zeros comes: room that was given to the file, and never filled. */
  isZeros(from: number): boolean {
    for (let at = from; at < this.size; ) {
      const bytes = this.read(at, windowBytes)
      if (bytes.length === 0 || bytes.some((byte) => byte !== 0)) return false
      at += bytes.length
    }
    return true
  }
}

function foreign(name: string, at: number): InputError {
  const what =
    at === 0 ? 'it is no archive of such a run' : `what begins at byte ${formatCount(at)} is no record of such a run`
  return new InputError(
    `${name} cannot be gone on with: ${what}; name another file, or give --overwrite without --resume`,
  )
}
