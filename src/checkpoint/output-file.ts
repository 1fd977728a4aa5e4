// An output file that is read and written: opened for this process alone.

import { closeSync, constants, fstatSync, openSync, realpathSync, type Stats, statSync } from 'node:fs'
import { SinkError, systemCode, UsageError } from '../core/errors.js'
import { type Lock, lockFile } from './lock.js'

export interface LockedFile {
  /** For reading, and for writing at the end. */
  readonly fd: number
  /** Of the file itself, where the name that was given leads there by links. */
  readonly path: string
  readonly stats: Stats
  /** Null where this system has no such lock. */
  readonly lock: Lock | null
}

/** The file may be replaced between the moment that it is opened and the moment that it is locked. */
const mostTries = 10

/**
 * Opens a regular file. Throws the system's error where that fails.
 *
 * @param name what messages call it
 * @param isMade whether a file is made where there is none
 * @throws {UsageError} where it is no regular file, or another run has it
 */
export async function openLocked(path: string, name: string, isMade: 'made' | 'found'): Promise<LockedFile> {
  for (let tries = 0; tries < mostTries; tries++) {
    const fd = openSync(
      path,
      constants.O_RDWR | constants.O_APPEND | (isMade === 'made' ? constants.O_CREAT : 0),
      0o666,
    )
    try {
      const stats = fstatSync(fd)
      if (!stats.isFile()) throw new UsageError(`${name} is no regular file`)
      const lock = await claim(fd, name)
      if (isStill(path, stats)) return { fd, path: realpathSync(path), stats, lock }
      lock?.release()
    } catch (error) {
      closeSync(fd)
      throw error
    }
    closeSync(fd)
  }
  throw new SinkError(`${name} is replaced again and again`)
}

/**
 * Locks what is to be written. Null for what is no regular file, and where this system has no lock that a dead process would not hold.
 *
 * @throws {UsageError} where another run has it
 */
export async function claim(fd: number, name: string): Promise<Lock | null> {
  const stats = fstatSync(fd)
  if (!stats.isFile()) return null
  const lock = await lockFile(fd, stats)
  if (lock === 'held') throw new UsageError(`${name} is being written by another run`)
  return lock === 'unsupported' ? null : lock
}

/**
 * The same for what was opened by its name: a run that compacts its output may have put another file there since, and what is written to
 * the old one would be nowhere.
 *
 * @throws {UsageError} where another run has it, or had it until now
 */
export async function claimByName(fd: number, path: string): Promise<void> {
  await claim(fd, path)
  const stats = fstatSync(fd)
  if (stats.isFile() && !isStill(path, stats)) throw new UsageError(`${path} is being written by another run`)
}

function isStill(path: string, { dev, ino }: Stats): boolean {
  try {
    const now = statSync(path)
    return now.dev === dev && now.ino === ino
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return false
    throw error
  }
}
