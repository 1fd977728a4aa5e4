// Why a body could not be saved, in words.

import { getSystemErrorMap } from 'node:util'
import { systemCode } from '../core/errors.js'

/** Where libuv's text says too little to someone who does not know the system call. */
const reasons: ReadonlyMap<string | undefined, string> = new Map([
  ['EDQUOT', 'disk quota exceeded'],
  ['ENOENT', 'no such directory'],
  ['ENOTDIR', 'it is not a directory'],
])

/** No other body could be saved either: the disk is full or broken, or the folder is gone or closed to us. */
const finalCodes: ReadonlySet<string | undefined> = new Set([
  'ENOSPC',
  'EDQUOT',
  'EIO',
  'EROFS',
  'ENOENT',
  'ENOTDIR',
  'EACCES',
])

export function isFinal(error: unknown): boolean {
  return finalCodes.has(systemCode(error))
}

export function reasonOf(error: unknown): string {
  const errno = error instanceof Error && 'errno' in error ? error.errno : undefined
  const known = typeof errno === 'number' ? getSystemErrorMap().get(errno)?.[1] : undefined
  return reasons.get(systemCode(error)) ?? known ?? (error instanceof Error ? error.message : String(error))
}
