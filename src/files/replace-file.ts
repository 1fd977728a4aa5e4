// A file that is replaced as a whole: it is there as it was or as it is to be, whatever happens.

import { randomUUID } from 'node:crypto'
import type { Stats } from 'node:fs'
import { open, realpath, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { systemCode } from '../core/errors.js'

/** Where a link leads to; null where there is nothing. Rejects as the system does, here as in what follows. */
export async function statIfThere(path: string): Promise<Stats | null> {
  try {
    return await stat(path)
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return null
    throw error
  }
}

/** Rejects where a file could not be replaced. Nothing is changed. */
export async function tryReplacing(path: string): Promise<void> {
  const temporary = temporaryPath(await targetOf(path))
  try {
    await create(temporary, '', 0o600)
  } finally {
    await rm(temporary, { force: true })
  }
}

/** A link is kept, and what it leads to replaced. Where that fails, nothing is changed. */
export async function replaceFile(
  path: string,
  content: Uint8Array | string | Iterable<string>,
  mode: number,
): Promise<void> {
  const target = await targetOf(path)
  const temporary = temporaryPath(target)
  try {
    await create(temporary, content, mode)
    await rename(temporary, target)
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {})
    throw error
  }
}

async function targetOf(path: string): Promise<string> {
  return (await statIfThere(path)) === null ? path : realpath(path)
}

/**
 * In the same folder: a file is renamed only within a file system. By the number of the process, those of two containers that share a
 * folder would be one.
 */
function temporaryPath(target: string): string {
  return join(dirname(target), `.poolfetch-${randomUUID()}.tmp`)
}

/** Never a file or a link that is there already. */
async function create(path: string, content: Uint8Array | string | Iterable<string>, mode: number): Promise<void> {
  const file = await open(path, 'wx', mode)
  try {
    await writeFile(file, content)
    await file.datasync()
  } finally {
    await file.close()
  }
}
