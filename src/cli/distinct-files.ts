// The files of a run beside its output: no two of them may be one, since what is written last would be all that is left.

import { statSync } from 'node:fs'
import { UsageError } from '../core/errors.js'
import { placeOf } from './check-receipt.js'
import type { Options } from './options.js'

type FileOptions = Partial<Pick<Options, 'cookieJar' | 'receipt' | 'since' | 'state' | 'warc'>>

/**
 * @param named what options are called that came from variables
 * @throws {UsageError} where two are one file, be it by way of a link
 */
export function checkDistinct(
  { cookieJar, receipt, since, state, warc }: FileOptions,
  named: Readonly<Record<string, string>> = {},
): void {
  const seen = new Map<string, string>()
  for (const [attribute, option, path] of [
    ['warc', '--warc', warc],
    ['cookieJar', '--cookie-jar', cookieJar],
    ['receipt', '--receipt', receipt],
    ['state', '--state', state],
    ['since', '--since', since],
  ] as const) {
    if (path === undefined) continue
    const name = `${named[attribute] ?? option} ${path}`
    for (const place of [placeOf(path), inodeOf(path)]) {
      if (place === null) continue
      const other = seen.get(place)
      if (other !== undefined && other !== name) {
        throw new UsageError(`${other} and ${name} are one file: name another one for either`)
      }
      seen.set(place, name)
    }
  }
}

/** Hard links are told apart by nothing else. Null where there is no file yet. */
function inodeOf(path: string): string | null {
  try {
    const stats = statSync(path)
    return stats.isFile() ? `${stats.dev}:${stats.ino}` : null
  } catch {
    return null
  }
}
