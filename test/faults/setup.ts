// What the tests of faults share: servers that close, memory that is measured, namespaces where there are any.

import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { type HttpServer, type HttpServerOptions, startHttpServer } from '../support/http-server.js'
import type { RawServer } from '../support/raw-server.js'
import { type CliOptions, type CliRun, runCli } from '../support/run-cli.js'
import { tempFolder } from '../support/temp.js'

type Handler = Parameters<typeof startHttpServer>[0]

export async function serve(handle: Handler, options: HttpServerOptions = {}): Promise<HttpServer> {
  return closed(await startHttpServer(handle, options))
}

/** Closes when the test is over. */
export function closed<T extends HttpServer | RawServer>(server: T): T {
  onTestFinished(() => server.close())
  return server
}

export const hello: Handler = (_request, response) => void response.end('hello')

/** `count` URLs below an origin, a line each. */
export const urls = (origin: string, count: number): string =>
  Array.from({ length: count }, (_, index) => `${origin}/${index + 1}\n`).join('')

/** Loads a module of this folder into the program before anything else. */
export const preload = (name: string): string => `--import=${new URL(name, import.meta.url).href}`

/** A run, and the most memory that it took, in bytes. */
export async function measured(args: readonly string[], options: CliOptions, nodeOptions = '') {
  const path = join(await tempFolder(), 'peak')
  const env = { ...options.env, NODE_OPTIONS: `${nodeOptions} ${preload('peak.mjs')}`, PEAK_FILE: path }
  const run: CliRun = await runCli(args, { timeoutMs: 28_000, ...options, env })
  return { run, peakBytes: Number(readFileSync(path, 'utf8')) }
}

/** Linux, as root or where users may: a network of one's own with a loopback in it, and mounts that nobody else sees. */
export const hasNamespaces = spawnSync('unshare', ['-mn', 'ip', 'link', 'set', 'lo', 'up']).status === 0

if (!hasNamespaces) process.stderr.write('skipped: what needs `unshare -mn` and `ip`, as root on Linux\n')
