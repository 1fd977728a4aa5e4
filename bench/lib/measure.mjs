// Runs a program and measures what it took: wall time, CPU time (user and system) and peak memory.

import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'

const usagePreload = fileURLToPath(new URL('usage.cjs', import.meta.url))
const hasGnuTime = spawnSync('/usr/bin/time', ['-f', '%e', 'true'], { stdio: 'ignore' }).status === 0

/** Which of the two ways it is: GNU time asks the kernel for the finished child, the other is the child's own last word. */
export const method = hasGnuTime ? 'GNU time' : 'process.resourceUsage at exit'

/**
 * Runs a Node script to its end. Throws where its exit code is none of those expected.
 *
 * @param {string[]} parameters the script and its arguments
 * @param {{ exitCodes?: number[], wrap?: (command: string[]) => string[] }} more `wrap` makes the command another one that runs it
 * @returns {Promise<{ wallS: number, cpuS: number, peakMb: number, exitCode: number }>}
 */
export async function measure(parameters, { exitCodes = [0], wrap = (command) => command } = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'poolfetch-bench-'))
  const usagePath = join(folder, 'usage')
  const [command, ...rest] = hasGnuTime
    ? ['/usr/bin/time', '-q', '-f', '%U %S %M', '-o', usagePath, ...wrap([process.execPath, ...parameters])]
    : wrap([process.execPath, '--require', usagePreload, ...parameters])
  const startedAt = performance.now()
  const child = spawn(command, rest, {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, BENCH_USAGE_FILE: usagePath },
  })
  const [stderr, [code, signal]] = await Promise.all([text(child.stderr), once(child, 'exit')])
  const wallS = (performance.now() - startedAt) / 1000
  if (!exitCodes.includes(code))
    throw new Error(`${parameters.join(' ')} ended with ${code ?? signal}: ${stderr.slice(-500)}`)
  const usage = await readFile(usagePath, 'utf8')
  await rm(folder, { recursive: true })
  const [userS = 0, systemS = 0, peakKb = 0] = usage.trim().split(' ').map(Number)
  return { wallS, cpuS: userS + systemS, peakMb: peakKb / 1024, exitCode: code }
}
