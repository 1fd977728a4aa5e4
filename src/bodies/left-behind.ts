// What an earlier run left in the folder of bodies: finished files without a record, and unfinished ones.

import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { lstat, opendir, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { systemCode } from '../core/errors.js'
import { idOfFileName } from './file-name.js'
import { filePath } from './store.js'
import { ownerOf } from './temporary-name.js'

/** A day. */
const longestBodyMs = 86_400_000

export interface LeftBehindOptions {
  /** Whether a body of that id is looked for: only those that are take memory. */
  readonly isWanted: (id: number) => boolean
  /** Ms since the epoch: files that were changed before are of another run. */
  readonly since: number
}

export interface SavedFile {
  /** As it stands in a record. */
  readonly file: string
  readonly bytes: number
}

/**
 * Finished files by their name, which is `fileName` of their id and URL; on the way, what dead processes left unfinished is removed.
 * A folder that is not there holds nothing.
 *
 * @throws the system's error where the folder cannot be read
 */
export async function leftBehind(
  dir: string,
  { isWanted, since }: LeftBehindOptions,
): Promise<ReadonlyMap<string, SavedFile>> {
  const found = new Map<string, SavedFile>()
  for await (const name of namesIn(dir)) {
    if (await isStale(dir, name)) await unlink(join(dir, name)).catch(() => {})
    const id = idOfFileName(name)
    if (id === undefined || !isWanted(id)) continue
    const stats = await lstat(join(dir, name)).catch(() => null)
    if (!stats?.isFile() || stats.mtimeMs < since) continue
    found.set(name, { file: filePath(dir, name), bytes: stats.size })
  }
  return found
}

/** Left unfinished: of a process that is gone, or from elsewhere and untouched for longer than any body takes. */
async function isStale(dir: string, name: string): Promise<boolean> {
  const owner = ownerOf(name)
  if (owner !== 'elsewhere') return owner === 'gone'
  const stats = await lstat(join(dir, name)).catch(() => null)
  return stats !== null && stats.mtimeMs < Date.now() - longestBodyMs
}

async function* namesIn(dir: string): AsyncGenerator<string> {
  try {
    for await (const { name } of await opendir(dir)) yield name
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error
  }
}

/** The SHA-256 of a file, in hex. */
export async function fileSha256(path: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path)) hash.update(chunk)
  return hash.digest('hex')
}
