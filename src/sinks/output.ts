// Where records go: a file of their own, or a descriptor that was open before.

import fs from 'node:fs'
import { promisify } from 'node:util'
import { OutputError, ReaderGoneError, SinkError, UsageError } from '../core/errors.js'
import type { LiveArea } from '../types.js'
import { Descriptor, type FileCalls, sinkError } from './descriptor.js'
import { DiskSync, type FsyncMode } from './disk-sync.js'
import { type Flush, TextQueue } from './text-queue.js'

/** Takes text that ends with a newline. An error rejects the writes that wait, every later write, and `close`. */
export interface Output {
  /** One record. A returned promise is back-pressure: it resolves when there is room again. */
  write(record: string): Promise<void> | void
  /** Lines that are no record, before the first one. */
  writeHeader(lines: string): Promise<void> | void
  /**
   * Resolves when the records of this turn of the event loop are written, or cannot be. Undefined where nobody could go on from them:
   * in anything but a regular file.
   */
  recorded(): Promise<void> | undefined
  /** Writes what is left. The last call. */
  close(): Promise<void>
}

export interface FileOutputOptions {
  /** When it is brought to the disk, where it is a regular file. */
  readonly fsync?: FsyncMode
  readonly calls?: FileCalls
}

export interface FreshFileOptions extends FileOutputOptions {
  readonly overwrite: boolean
  /** Keeps others from what was opened, before anything is done to it; rejects where another has it. */
  readonly claim?: (fd: number) => Promise<unknown>
}

/** Records that come faster than this go out together: a write for each would cost more than the record. */
const pieceRestMs = 10
/** On a terminal that a live area shares, lines come at most this often, so that the area does not flicker. */
const liveRestMs = 50
/** To a file at once, what comes meanwhile together: what rests here is lost when the process is killed, and fetched again. */
const fileRestMs = 0

/**
 * Opens a file, device or FIFO to be written from its beginning.
 *
 * @throws {UsageError} where a regular file has content and may not be overwritten: it is left as it is
 * @throws {SinkError} where it cannot be opened for writing
 */
export async function openFileOutput(
  path: string,
  { overwrite, claim, ...options }: FreshFileOptions,
): Promise<Output> {
  const inherited = inheritedDescriptor(path)
  if (inherited !== null) return openDescriptorOutput(inherited, path)
  const fd = await open(path)
  try {
    await claim?.(fd)
  } catch (error) {
    fs.closeSync(fd)
    throw error
  }
  const descriptor = await Descriptor.open(fd, path, options.calls)
  try {
    if (descriptor.hasContent && !overwrite) {
      throw new UsageError(
        `--output ${path} exists and is not empty: give --resume to go on with it, --overwrite to replace it`,
      )
    }
    if (descriptor.hasContent) await descriptor.truncate()
  } catch (error) {
    await descriptor.close()
    throw error
  }
  return createOwnedOutput(descriptor, path, options)
}

/**
 * An output over a regular file that was opened for appending, and goes on at its end. It is the output's to close.
 *
 * @param name what messages call it
 * @throws {SinkError} where it cannot be looked at
 */
export async function openOwnedOutput(fd: number, name: string, options: FileOutputOptions = {}): Promise<Output> {
  return createOwnedOutput(await Descriptor.open(fd, name, options.calls), name, options)
}

/**
 * An output over a descriptor that is open already, and stays open.
 *
 * @param name what messages call it
 * @param live what is drawn on the same terminal
 */
export async function openDescriptorOutput(fd: number, name: string, live?: LiveArea): Promise<Output> {
  const descriptor = await Descriptor.open(fd, name)
  const { isRegularFile: isFile } = descriptor
  const account = { isFile, safeTexts: () => descriptor.writtenTexts }
  if (!live) return createOutput({ ...account, flush: (texts) => descriptor.write(texts), restMs: restMsOf(isFile) })
  // Synchronous, so that nobody draws between the lines.
  const flush: Flush = (texts) => {
    live.hide()
    try {
      descriptor.writeSync(texts)
    } finally {
      live.show()
    }
  }
  return createOutput({ ...account, flush, restMs: liveRestMs })
}

function createOwnedOutput(descriptor: Descriptor, name: string, { fsync = 'interval' }: FileOutputOptions): Output {
  const { isRegularFile: isFile } = descriptor
  const disk = new DiskSync({
    mode: isFile ? fsync : 'never',
    sync: () => descriptor.sync(),
  })
  return createOutput({
    isFile,
    restMs: restMsOf(isFile),
    safeTexts: () => disk.safeOf(descriptor.writtenTexts),
    async flush(texts) {
      await syncedOr(name, async () => disk.throwIfFailed())
      await descriptor.write(texts)
      await syncedOr(name, async () => disk.onWritten(descriptor.writtenTexts))
    },
    async end() {
      try {
        await syncedOr(name, () => disk.settle(descriptor.writtenTexts))
      } finally {
        await descriptor.close()
      }
    },
  })
}

function restMsOf(isFile: boolean): number {
  return isFile ? fileRestMs : pieceRestMs
}

interface OutputParts {
  readonly flush: Flush
  readonly restMs: number
  readonly isFile: boolean
  /** How many texts are in it for good. */
  readonly safeTexts: () => number
  readonly end?: () => Promise<void>
}

function createOutput({ flush, restMs, isFile, safeTexts, end }: OutputParts): Output {
  const queue = new TextQueue({ flush: (texts) => tallied(async () => flush(texts)), restMs })
  let headers = 0
  let records = 0
  let closed: Promise<void> | undefined
  let turn: Promise<void> | undefined
  const safe = (): number => Math.max(0, safeTexts() - headers)
  const tally = {
    isFile,
    get safe() {
      return safe()
    },
    get lost() {
      return records - safe()
    },
  }
  return {
    write(record) {
      records++
      return queue.write(record)
    },
    writeHeader(lines) {
      headers++
      return queue.write(lines)
    },
    recorded: () => (isFile ? (turn ??= endOfTurn()) : undefined),
    close: () => (closed ??= drainAndEnd()),
  }

  /** Records come in one by one, and are written together when the event loop has seen to every socket that is ready. */
  async function endOfTurn(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve))
    turn = undefined
    await queue.flushed()
  }

  async function drainAndEnd(): Promise<void> {
    const drained = await settled(queue.drain())
    const ended = await settled(end ? tallied(end) : Promise.resolve())
    for (const outcome of [drained, ended]) if (outcome !== null) throw outcome.error
  }

  /** An error says what became of the records. */
  async function tallied(act: () => Promise<void>): Promise<void> {
    try {
      await act()
    } catch (error) {
      const isPlain = error instanceof SinkError && !(error instanceof ReaderGoneError)
      throw isPlain ? new OutputError(error.message, tally, { cause: error.cause }) : error
    }
  }
}

/** Null, or what it was rejected with. */
function settled(promise: Promise<void>): Promise<{ readonly error: unknown } | null> {
  return promise.then(
    () => null,
    (error: unknown) => ({ error }),
  )
}

async function syncedOr(name: string, act: () => Promise<void>): Promise<void> {
  try {
    await act()
  } catch (error) {
    throw sinkError(`${name} to the disk`, error)
  }
}

// Not truncated by opening: that may be decided only when it is known what it is. What is appended goes to the end of the file
// wherever that is, also when someone cuts it meanwhile (log rotation): no hole of zeros is left.
async function open(path: string): Promise<number> {
  try {
    const { O_WRONLY, O_CREAT, O_APPEND } = fs.constants
    return await promisify(fs.open)(path, O_WRONLY | O_CREAT | O_APPEND, 0o666)
  } catch (error) {
    throw sinkError(path, error)
  }
}

// Opening /dev/stdout anew fails for a socket and starts a file over instead of going on at its end.
function inheritedDescriptor(path: string): number | null {
  if (path === '/dev/stdout') return 1
  if (path === '/dev/stderr') return 2
  const match = /^\/dev\/fd\/(\d+)$/.exec(path)
  return match ? Number(match[1]) : null
}
