// Runs a program and measures what it took: wall time, CPU time (user and system) and peak memory.

import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, open, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'

const usagePreload = fileURLToPath(new URL('usage.cjs', import.meta.url))
const gnuTime = ['/usr/bin/time', 'gtime'].find(
  (path) => spawnSync(path, ['-q', '-f', '%e', 'true'], { stdio: 'ignore' }).status === 0,
)

export const hasGnuTime = gnuTime !== undefined

/** Which of the two ways it is: GNU time asks the kernel for the finished child, the other is the child's own last word. */
export const method = hasGnuTime ? 'GNU time' : 'process.resourceUsage at exit'

/** @typedef {{ wallS: number, cpuS: number | null, peakMb: number | null, exitCode: number }} Usage */

/**
 * Runs a Node script to its end. Throws where its exit code is none of those expected.
 *
 * @param {string[]} parameters the script and its arguments
 * @param {{ exitCodes?: number[], wrap?: (command: string[]) => string[] }} more `wrap` makes the command another one that runs it
 * @returns {Promise<Usage>}
 */
export async function measure(parameters, more) {
  return measureCommand([process.execPath, ...parameters], more)
}

/**
 * Runs any program likewise. CPU and memory of one that is not Node are null where there is no GNU time.
 *
 * @param {string[]} command
 * @param {{ exitCodes?: number[], wrap?: (command: string[]) => string[], stdoutPath?: string | null }} more
 * @returns {Promise<Usage>}
 */
export async function measureCommand(command, { exitCodes = [0], wrap = (same) => same, stdoutPath = null } = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'poolfetch-bench-'))
  const usagePath = join(folder, 'usage')
  const [program, ...rest] = hasGnuTime
    ? [gnuTime, '-q', '-f', '%U %S %M', '-o', usagePath, ...wrap(command)]
    : wrap(tellingUsage(command))
  const stdout = stdoutPath === null ? null : await open(stdoutPath, 'w')
  const startedAt = performance.now()
  const child = spawn(program, rest, {
    stdio: ['ignore', stdout?.fd ?? 'ignore', 'pipe'],
    env: { ...process.env, BENCH_USAGE_FILE: usagePath },
  })
  const ended = once(child, 'exit').then((status) => [status, (performance.now() - startedAt) / 1000])
  const [stderr, [[code, signal], wallS]] = await Promise.all([text(child.stderr), ended])
  await stdout?.close()
  if (!exitCodes.includes(code))
    throw new Error(`${command.join(' ')} ended with ${code ?? signal}: ${stderr.slice(-500)}`)
  const usage = await readFile(usagePath, 'utf8').catch(() => null)
  await rm(folder, { recursive: true })
  if (usage === null) return { wallS, cpuS: null, peakMb: null, exitCode: code }
  const [userS = 0, systemS = 0, peakKb = 0] = usage.trim().split(' ').map(Number)
  return { wallS, cpuS: userS + systemS, peakMb: peakKb / 1024, exitCode: code }
}

function tellingUsage([program, ...parameters]) {
  return program === process.execPath ? [program, '--require', usagePreload, ...parameters] : [program, ...parameters]
}
