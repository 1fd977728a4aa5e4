// What a body's file is called until it is whole, and whose it is.

import { createHash, randomBytes } from 'node:crypto'
import { readlinkSync } from 'node:fs'
import { hostname } from 'node:os'

/** Tells this process from an earlier one that had its number. */
const token = randomBytes(4).toString('hex')
/** Numbers of processes mean something on one machine, and in one container: folders may be shared between them. */
const place = createHash('sha256').update(`${hostname()} ${numberSpace()}`).digest('hex').slice(0, 6)
let count = 0

/** A name of its own for each call: an attempt need not wait until what the one before it left is gone. */
export function temporaryName(name: string): string {
  count += 1
  return `.${name}.${place}-${process.pid}-${token}-${count}.part`
}

/** Whose temporary file it is: of a process that runs, of one that is gone, or of another place, where nobody can tell. Null for any other. */
export function ownerOf(name: string): 'running' | 'gone' | 'elsewhere' | null {
  const [, at, pid, owner] = /^\..+\.([0-9a-f]{6})-(\d+)-([0-9a-f]{8})-\d+\.part$/.exec(name) ?? []
  if (at === undefined) return null
  if (at !== place) return 'elsewhere'
  if (owner === token) return 'running'
  // The number is ours now: whoever had it before is gone.
  return Number(pid) !== process.pid && isAlive(Number(pid)) ? 'running' : 'gone'
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // EPERM: somebody else's.
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH')
  }
}

/** Linux: pid_namespaces(7). */
function numberSpace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid')
  } catch {
    return ''
  }
}
