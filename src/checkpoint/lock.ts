// One run at a time on an output file: a lock that ends with the process that holds it, however that ends.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import type { Stats } from 'node:fs'
import { systemCode } from '../core/errors.js'

export interface Lock {
  /** The lock of a descriptor also ends when that is closed. */
  release(): void
}

/** `unsupported`: this system has no lock that a dead process would not hold. */
export type LockAttempt = Lock | 'held' | 'unsupported'

/** What flock(1) says where another has the lock, without a word: busybox ends so with any other trouble, too, but says which. */
const flockConflict = 1

/**
 * Locks an open file. Node has no flock(2): flock(1) takes the lock on the descriptor that it inherits, and as a lock is of the
 * open file and not of a process, it stays when flock(1) is gone. It holds against the other containers of a machine, too. Where
 * there is no flock(1): a name that the kernel gives to one socket at a time.
 */
export async function lockFile(fd: number, { dev, ino }: Pick<Stats, 'dev' | 'ino'>): Promise<LockAttempt> {
  const lock = process.platform === 'win32' ? 'unsupported' : await flock(fd)
  return lock === 'unsupported' ? lockName(`poolfetch ${dev}:${ino}`) : lock
}

export async function flock(fd: number, command = 'flock'): Promise<LockAttempt> {
  try {
    const child = spawn(command, ['-x', '-n', '3'], { stdio: ['ignore', 'ignore', 'pipe', fd] })
    let said = ''
    child.stderr?.on('data', (text) => (said += text))
    const [code]: unknown[] = await once(child, 'close')
    if (code === 0) return { release() {} }
    // The system's loader may have something to say, too.
    return code === flockConflict && !/^flock: /m.test(said) ? 'held' : 'unsupported'
  } catch {
    return 'unsupported'
  }
}

/** An abstract socket (unix(7)) or a named pipe: neither leaves a file behind. */
export async function lockName(name: string, platform: NodeJS.Platform = process.platform): Promise<LockAttempt> {
  if (platform !== 'linux' && platform !== 'win32') return 'unsupported'
  const server = createServer()
  try {
    server.listen(platform === 'linux' ? `\0${name}` : `\\\\.\\pipe\\${name}`)
    await once(server, 'listening')
    server.unref()
    return { release: () => void server.close() }
  } catch (error) {
    return systemCode(error) === 'EADDRINUSE' ? 'held' : 'unsupported'
  }
}
