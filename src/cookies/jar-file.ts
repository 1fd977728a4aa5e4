// The file of a jar: read at the start, replaced as a whole now and then and at the end.

import type { Stats } from 'node:fs'
import { open, readFile, realpath, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { SinkError, systemCode, UsageError } from '../core/errors.js'
import { systemReason, writeReason } from '../core/system-reason.js'
import type { StoredCookie } from './cookie.js'
import { formatCookieFile, parseCookieFile } from './netscape.js'

/** What messages call it. */
export interface JarFileName {
  readonly path: string
  readonly option: string
}

/** Far more than any jar has: what is larger is something else. */
const mostFileBytes = 64 * 2 ** 20

/**
 * What stands in it; nothing where there is no file. The file can be replaced then.
 *
 * @throws {UsageError} where it is no cookie file, or cannot be read or replaced
 */
export async function readJarFile({ path, option }: JarFileName): Promise<readonly StoredCookie[]> {
  try {
    const stats = await statOf(path)
    if (stats !== null && !stats.isFile()) throw new UsageError(`${option} ${path} must be a regular file`)
    if (stats !== null && stats.size > mostFileBytes)
      throw new UsageError(`${option} ${path} is no cookie file: too large`)
    const parsed = parseCookieFile(stats === null ? '' : await readFile(path, 'latin1'))
    if (parsed.kind === 'other') {
      const where = parsed.line === null ? '' : ` (line ${parsed.line})`
      throw new UsageError(`${option} ${path} must be a cookie file in Netscape format, as curl writes it${where}`)
    }
    const temporary = temporaryPath(await targetOf(path))
    await create(temporary, '')
    await rm(temporary)
    return parsed.cookies
  } catch (error) {
    if (error instanceof UsageError) throw error
    throw new UsageError(`${option} ${path} cannot be used: ${systemReason(error)}`, { cause: error })
  }
}

/** It is there as it was or as it is to be, whatever happens. Nobody else may read it. Throws SinkError. */
export async function writeJarFile({ path, option }: JarFileName, cookies: Iterable<StoredCookie>): Promise<void> {
  let temporary: string | null = null
  try {
    const target = await targetOf(path)
    temporary = temporaryPath(target)
    await create(temporary, formatCookieFile(cookies))
    await rename(temporary, target)
  } catch (error) {
    if (temporary !== null) await rm(temporary, { force: true }).catch(() => {})
    throw new SinkError(`cannot write ${option} ${path}: ${writeReason(error)}`, { cause: error })
  }
}

/** One that a process of this number left behind goes first; nobody's link is followed. */
async function create(path: string, text: string): Promise<void> {
  await rm(path, { force: true })
  const file = await open(path, 'wx', 0o600)
  try {
    await file.writeFile(text, 'latin1')
    await file.datasync()
  } finally {
    await file.close()
  }
}

/** In the same folder: a file is renamed only within a file system. */
function temporaryPath(target: string): string {
  return join(dirname(target), `.${basename(target)}.${process.pid}.tmp`)
}

/** A link is kept, and what it leads to replaced. */
async function targetOf(path: string): Promise<string> {
  return (await statOf(path)) === null ? path : realpath(path)
}

/** Null where there is nothing. */
async function statOf(path: string): Promise<Stats | null> {
  try {
    return await stat(path)
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return null
    throw error
  }
}
