// The file of a jar: read at the start, replaced as a whole now and then and at the end.

import { readFile } from 'node:fs/promises'
import { SinkError, UsageError } from '../core/errors.js'
import { systemReason, writeReason } from '../core/system-reason.js'
import { replaceFile, statIfThere, tryReplacing } from '../files/replace-file.js'
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
    const stats = await statIfThere(path)
    if (stats !== null && !stats.isFile()) throw new UsageError(`${option} ${path} must be a regular file`)
    if (stats !== null && stats.size > mostFileBytes)
      throw new UsageError(`${option} ${path} is no cookie file: too large`)
    const parsed = parseCookieFile(stats === null ? '' : await readFile(path, 'latin1'))
    if (parsed.kind === 'other') {
      const where = parsed.line === null ? '' : ` (line ${parsed.line})`
      throw new UsageError(`${option} ${path} must be a cookie file in Netscape format, as curl writes it${where}`)
    }
    await tryReplacing(path)
    return parsed.cookies
  } catch (error) {
    if (error instanceof UsageError) throw error
    throw new UsageError(`${option} ${path} cannot be used: ${systemReason(error)}`, { cause: error })
  }
}

/** Nobody else may read it: a cookie is as good as a password. Throws SinkError. */
export async function writeJarFile({ path, option }: JarFileName, cookies: Iterable<StoredCookie>): Promise<void> {
  try {
    await replaceFile(path, Buffer.from(formatCookieFile(cookies), 'latin1'), 0o600)
  } catch (error) {
    throw new SinkError(`cannot write ${option} ${path}: ${writeReason(error)}`, { cause: error })
  }
}
