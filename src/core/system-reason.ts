// Why a call to the system failed, in words.

import { getSystemErrorMap } from 'node:util'
import { systemCode } from './errors.js'

/** Where libuv's text says too little to someone who does not know the system call. */
const reasons: ReadonlyMap<string | undefined, string> = new Map([
  ['EDQUOT', 'disk quota exceeded'],
  ['EIO', 'the device failed (I/O error)'],
  ['EPIPE', 'its reader is gone'],
])

const writeReasons: ReadonlyMap<string | undefined, string> = new Map([
  ['EISDIR', 'it is a directory'],
  ['ENOENT', 'no such directory'],
])

/** What libuv says of an error, without code and call, or better words; its message where it is none of the system's. */
export function systemReason(error: unknown): string {
  const errno = error instanceof Error && 'errno' in error ? error.errno : undefined
  const known = typeof errno === 'number' ? getSystemErrorMap().get(errno)?.[1] : undefined
  return reasons.get(systemCode(error)) ?? known ?? (error instanceof Error ? error.message : String(error))
}

/** Why something cannot be written: what is named is in a folder that has to be there. */
export function writeReason(error: unknown): string {
  return writeReasons.get(systemCode(error)) ?? systemReason(error)
}
