// --match: a regular expression as one types it, bare or between slashes with flags behind.

import { type Reader, Rejection } from './readers.js'

const accepted = "a JavaScript regular expression such as word, or '/word/i' with flags out of i, m, s, u, v"

/**
 * Bare, without flags: not `u`, so that what is pasted from a page or from JSON is taken as it is where braces mean nothing. What
 * stands between slashes that no flags could follow (`/etc/passwd`) is bare.
 */
export const parsePattern: Reader<RegExp> = (value) => {
  const typed = typeof value === 'string' ? value : ''
  const [, between = typed, flags = ''] = /^\/(.*)\/([dgimsuvy]*)$/s.exec(typed) ?? []
  // Where a search begins is no question here (g, y), nor where it ends (d).
  if (between === '' || /[dgy]/.test(flags)) throw new Rejection(`must be ${accepted}, got ${JSON.stringify(typed)}`)
  try {
    return new RegExp(between, flags)
  } catch (error) {
    throw new Rejection(`must be ${accepted}, got ${JSON.stringify(typed)}: ${reasonOf(error)}`)
  }
}

/** The engine repeats the expression before it says what is wrong with it. */
function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  return message.slice(message.lastIndexOf(': ') + 1).trim()
}
