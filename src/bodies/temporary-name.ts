// What a body's file is called until it is whole, and whose it is.

import { randomBytes } from 'node:crypto'

/** Tells this process from an earlier one that had its number. */
const token = randomBytes(4).toString('hex')
let count = 0

/** A name of its own for each call: an attempt need not wait until what the one before it left is gone. */
export function temporaryName(name: string): string {
  count += 1
  return `.${name}.${process.pid}-${token}-${count}.part`
}

/** Whether it is one of a process that is gone. */
export function isStale(name: string): boolean {
  const [, pid, owner] = /^\..+\.(\d+)-([0-9a-f]{8})-\d+\.part$/.exec(name) ?? []
  if (pid === undefined || owner === token) return false
  // The number is ours now: whoever had it before is gone.
  return Number(pid) === process.pid || !isAlive(Number(pid))
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
