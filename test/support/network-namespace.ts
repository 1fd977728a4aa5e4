// A network of a test's own: what is to happen at public addresses happens in a namespace that leads nowhere. Linux, and root.

import { spawnSync } from 'node:child_process'

const setUp = ['unshare', '-n', '-m', 'sh', '-c']

/**
 * The command that runs `command` where there is no network but loopback, after `preparation`, which is a shell's: addresses to be
 * added, files to be mounted over others.
 */
export function isolated(command: readonly string[], preparation = 'true'): readonly string[] {
  return [...setUp, `set -e; ip link set lo up; ${preparation}; exec "$@"`, 'sh', ...command]
}

/** Whether tests can have a network of their own here; says why not. */
export function canIsolate(): boolean {
  const [file = '', ...rest] = isolated(['true'], 'ip addr add 192.0.2.1/32 dev lo; mount -t tmpfs none /mnt')
  const { status, error, stderr } = spawnSync(file, rest, { encoding: 'utf8', timeout: 10_000 })
  if (status === 0) return true
  process.stdout.write(`skipped for want of a network namespace: ${error?.message ?? stderr.trim()}\n`)
  return false
}
