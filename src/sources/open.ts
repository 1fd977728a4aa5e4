// Operands become streams of bytes: what can be read, and what is said where it cannot.

import { constants, createReadStream, fstatSync, open as openCallback, type Stats } from 'node:fs'
import { access, open, stat } from 'node:fs/promises'
import { Socket } from 'node:net'
import { addAbortSignal, type Readable } from 'node:stream'
import { isatty, ReadStream as TtyStream } from 'node:tty'
import { promisify } from 'node:util'
import { InputError, systemCode } from '../core/errors.js'
import { escapeControls } from '../core/printable.js'
import { detectEncoding, prefixBytes, utf16Error } from './encoding.js'

/** A list that was found readable. */
export interface List {
  /** Of the operand: the extension tells the format. Undefined for standard input. */
  readonly path: string | undefined
  /** As shown in messages. */
  readonly name: string
  /** It can be read more than once, and has an end. */
  readonly isRegularFile: boolean
}

const standardInput: List = { path: undefined, name: 'standard input', isRegularFile: false }
const standardInputPaths = new Set(['-', '/dev/stdin', '/dev/fd/0'])

/** Looks at every list before the first is read. Pipes are not touched: opening and closing one would end it. */
export async function checkLists(operands: readonly string[]): Promise<List[]> {
  const lists: List[] = []
  for (const operand of operands.length === 0 ? ['-'] : operands) {
    if (!standardInputPaths.has(operand)) lists.push(await checkFile(operand))
    else if (lists.includes(standardInput)) throw new InputError('standard input can be read only once')
    else lists.push(standardInput)
  }
  return lists
}

export interface ReadOptions {
  readonly openStdin: () => Readable
  /** Told what was opened, where it has a name. */
  readonly onOpen?: (stats: Stats) => void
}

/** The bytes of a list. When the signal aborts they end, without an error, also where a read is under way. */
export async function* readBytes(
  list: List,
  { openStdin, onOpen }: ReadOptions,
  signal: AbortSignal,
): AsyncGenerator<Buffer, void, undefined> {
  try {
    const stream =
      list.path === undefined ? checkedStdin(openStdin()) : await openStream(list.path, list.isRegularFile, onOpen)
    // A stream that is destroyed may still report an error when nobody listens any more.
    stream.on('error', () => {})
    for await (const chunk of addAbortSignal(signal, stream)) yield Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk)
  } catch (error) {
    if (!signal.aborted) throw unreadable(list.name, error)
  }
}

async function checkFile(path: string): Promise<List> {
  const name = path === '' ? "''" : escapeControls(path)
  try {
    const stats = await stat(path)
    if (stats.isDirectory()) throw new InputError(`cannot read ${name}: it is a directory`)
    if (stats.isSocket()) throw new InputError(`cannot read ${name}: it is a socket`)
    if (stats.isFile()) await checkPrefix(path, name)
    else await access(path, constants.R_OK)
    return { path, name, isRegularFile: stats.isFile() }
  } catch (error) {
    throw unreadable(name, error)
  }
}

async function checkPrefix(path: string, name: string): Promise<void> {
  const file = await open(path)
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(prefixBytes), 0, prefixBytes)
    if (detectEncoding(buffer.subarray(0, bytesRead)) === 'utf-16') throw utf16Error(name)
  } finally {
    await file.close()
  }
}

/** Node gives an empty stream in place of a directory: `poolfetch < urls/` would find no URL and call it a success. */
function checkedStdin(stdin: Readable): Readable {
  if (stdin === process.stdin && fstatSync(0).isDirectory()) {
    throw new InputError(`cannot read ${standardInput.name}: ${reasons['EISDIR']}`)
  }
  return stdin
}

/**
 * A read from a pipe or a terminal would block a thread of the pool, and could not be cancelled: these are read by the event
 * loop instead. On Linux even the wait for a FIFO's writer is; elsewhere an end that nobody has opened yet might look ended.
 */
async function openStream(path: string, isRegularFile: boolean, onOpen?: (stats: Stats) => void): Promise<Readable> {
  const isPolled = !isRegularFile && process.platform === 'linux'
  const fd = await openDescriptor(path, constants.O_RDONLY | (isPolled ? constants.O_NONBLOCK | constants.O_NOCTTY : 0))
  if (isatty(fd)) return new TtyStream(fd)
  const stats = fstatSync(fd)
  onOpen?.(stats)
  return stats.isFIFO() ? new Socket({ fd, readable: true, writable: false }) : createReadStream('', { fd })
}

const openDescriptor = promisify(openCallback)

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  ENOTDIR: 'no such file',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EISDIR: 'it is a directory',
  ELOOP: 'too many levels of symbolic links',
  ENAMETOOLONG: 'the name is too long',
  EMFILE: 'too many open files',
  EIO: 'input/output error',
}

/** What the system says about a list becomes an InputError; anything else is a bug and stays what it is. */
export function unreadable(name: string, error: unknown): unknown {
  const code = systemCode(error)
  if (code === undefined) return error
  const hint =
    code === 'ENOENT' && /^https?:\/\//i.test(name) ? ' (a list is a file; to fetch one URL: echo URL | poolfetch)' : ''
  return new InputError(`cannot read ${name}: ${reasons[code] ?? code}${hint}`, { cause: error })
}
