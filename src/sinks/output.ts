// Where records go: a file of their own, or a descriptor that was open before.

import fs from 'node:fs'
import { promisify } from 'node:util'
import { UsageError } from '../core/errors.js'
import type { LiveArea } from '../types.js'
import { Descriptor, sinkError } from './descriptor.js'
import { type Flush, TextQueue } from './text-queue.js'

/** Takes text that ends with a newline. An error rejects the writes that wait, every later write, and `close`. */
export interface Output {
  /** A returned promise is back-pressure: it resolves when there is room again. */
  write(text: string): Promise<void> | void
  /** Writes what is left. The last call. */
  close(): Promise<void>
}

/** Records that come faster than this go out together: a write for each would cost more than the record. */
const pieceRestMs = 10
/** On a terminal that a live area shares, lines come at most this often, so that the area does not flicker. */
const liveRestMs = 50

/**
 * Opens a file, device or FIFO to be written from its beginning.
 *
 * @throws {UsageError} where a regular file has content and may not be overwritten: it is left as it is
 * @throws {SinkError} where it cannot be opened for writing
 */
export async function openFileOutput(path: string, { overwrite }: { readonly overwrite: boolean }): Promise<Output> {
  const inherited = inheritedDescriptor(path)
  if (inherited !== null) return openDescriptorOutput(inherited, path)
  const descriptor = await Descriptor.open(await open(path), path)
  if (descriptor.hasContent && !overwrite) {
    await descriptor.close()
    throw new UsageError(`--output ${path} exists and is not empty: give --overwrite to replace it`)
  }
  if (descriptor.hasContent) await descriptor.truncate()
  return createOutput({ flush: (lines) => descriptor.write(lines), restMs: pieceRestMs, end: () => descriptor.close() })
}

/** An output that goes on at the end of a file, which it closes. */
export async function openOwnedOutput(fd: number, name: string): Promise<Output> {
  const descriptor = await Descriptor.open(fd, name)
  return createOutput({ flush: (lines) => descriptor.write(lines), restMs: pieceRestMs, end: () => descriptor.close() })
}

/**
 * An output over a descriptor that is open already, and stays open.
 *
 * @param name what messages call it
 * @param live what is drawn on the same terminal
 */
export async function openDescriptorOutput(fd: number, name: string, live?: LiveArea): Promise<Output> {
  const descriptor = await Descriptor.open(fd, name)
  if (!live) return createOutput({ flush: (lines) => descriptor.write(lines), restMs: pieceRestMs })
  // Synchronous, so that nobody draws between the lines.
  const flush = (lines: Buffer): void => {
    live.hide()
    try {
      descriptor.writeSync(lines)
    } finally {
      live.show()
    }
  }
  return createOutput({ flush, restMs: liveRestMs })
}

interface OutputParts {
  readonly flush: Flush
  readonly restMs: number
  readonly end?: () => Promise<void>
}

function createOutput({ flush, restMs, end }: OutputParts): Output {
  const queue = new TextQueue({ flush, restMs })
  let closed: Promise<void> | undefined
  return {
    write: (text) => queue.write(text),
    close: () => (closed ??= drainAndEnd()),
  }

  async function drainAndEnd(): Promise<void> {
    try {
      await queue.drain()
    } finally {
      await end?.()
    }
  }
}

// Not truncated by opening: that may be decided only when it is known what it is.
async function open(path: string): Promise<number> {
  try {
    return await promisify(fs.open)(path, fs.constants.O_WRONLY | fs.constants.O_CREAT, 0o666)
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
