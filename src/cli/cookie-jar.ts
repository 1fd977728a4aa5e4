// --cookie-jar: the file of cookies, which takes the place of nothing else of the run.

import type { SavedJar } from '../cookies/index.js'
import { SinkError, UsageError } from '../core/errors.js'
import type { Clock } from '../types.js'
import { placeOf } from './check-receipt.js'
import { refuseToWriteList } from './open-output.js'
import type { Options } from './options.js'

type JarOptions = Pick<Options, 'cookieJar' | 'output'>

/**
 * Null where none was asked for.
 *
 * @throws {UsageError} where it cannot be read or written, is no cookie file, or another file of the run
 */
export async function openCookies(
  { cookieJar: path, output }: JarOptions,
  lists: readonly string[],
  { clock, option = '--cookie-jar' }: { readonly clock: Clock; readonly option?: string | undefined },
): Promise<SavedJar | null> {
  if (path === undefined) return null
  refuseToWriteList(option, path, lists)
  if (output !== undefined && output !== '-' && placeOf(output) === placeOf(path)) {
    throw new UsageError(`${option} ${path} is the output: name another file`)
  }
  const { openCookieJar } = await import('../cookies/index.js')
  return openCookieJar({ path, option, clock, wallNow: Date.now })
}

/** Null where it is saved. */
export async function saveCookies(cookies: SavedJar | null): Promise<SinkError | null> {
  try {
    await cookies?.close()
    return null
  } catch (error) {
    if (error instanceof SinkError) return error
    throw error
  }
}
