// Runs the built program as a child, as a user's shell would, in an environment that holds nothing of the tester's own.

import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { type FetchRecord, recordSchema } from '../../src/record-schema.js'

export interface CliOptions {
  /** Written to the child's stdin, which then ends. Without it stdin is at its end from the start. */
  readonly stdin?: string | Uint8Array
  /** Beside the clean environment; undefined takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly cwd?: string
  /** Another copy of the program than the one that was built here. */
  readonly bin?: string
  /** After so long the child is killed and the run rejects, with what it had printed. Default 20 s. */
  readonly timeoutMs?: number
}

/** A class for the sake of its getter: a failed assertion shows the fields, and does not try to parse what is no record. */
export class CliRun {
  constructor(
    /** null where a signal ended it. */
    readonly code: number | null,
    readonly signal: NodeJS.Signals | null,
    readonly stdout: string,
    readonly stderr: string,
  ) {}

  /** stdout's lines as records; throws where one is not a whole record of the schema. */
  get records(): FetchRecord[] {
    return parseRecords(this.stdout)
  }
}

export interface CliProcess {
  readonly child: ChildProcessByStdio<Writable, Readable, Readable>
  /** Reads what is left of stdout and stderr from now on; resolves when both are at their end and the child is gone. */
  finish(): Promise<CliRun>
}

const root = fileURLToPath(new URL('../../', import.meta.url))
export const binPath = `${root}bin/poolfetch.js`

// What a program needs to run at all. No proxy, colour, locale, time zone or Node option comes along.
const inheritedNames = ['PATH', 'HOME', 'TMPDIR', 'TEMP', 'SystemRoot']

/** Runs `poolfetch` with these arguments to its end. */
export async function runCli(args: readonly string[], options: CliOptions = {}): Promise<CliRun> {
  const run = spawnCli(args, options)
  if (options.stdin === undefined) run.child.stdin.end()
  return run.finish()
}

/**
 * Starts `poolfetch`, for tests that send signals, write stdin bit by bit or read slowly: nothing is read from the child before
 * `finish`. Without `options.stdin` its stdin stays open until the test ends it.
 */
export function spawnCli(args: readonly string[], options: CliOptions = {}): CliProcess {
  if (!existsSync(`${root}dist/command/main.cjs`)) throw new Error('dist/ is missing: run `npm run build` first')
  const child = spawn(process.execPath, [options.bin ?? binPath, ...args], {
    cwd: options.cwd ?? root,
    env: cleanEnvironment(options.env),
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  // A child that ends without reading its stdin is its own affair.
  child.stdin.on('error', () => {})
  if (options.stdin !== undefined) child.stdin.end(options.stdin)

  const timeoutMs = options.timeoutMs ?? 20_000
  let timedOut = false
  const timer = setTimeout(() => {
    timedOut = true
    child.kill('SIGKILL')
  }, timeoutMs)
  const closed = once(child, 'close').finally(() => clearTimeout(timer))
  // Whoever never calls `finish` is not interested.
  closed.catch(() => {})

  return {
    child,
    async finish() {
      const [stdout, stderr] = [collect(child.stdout), collect(child.stderr)]
      await closed
      const run = new CliRun(child.exitCode, child.signalCode, stdout(), stderr())
      if (timedOut) throw new Error(`poolfetch ${args.join(' ')} ran for more than ${timeoutMs} ms; ${describe(run)}`)
      return run
    },
  }
}

/** The records of JSON lines. Every line must be whole and as the schema says. */
export function parseRecords(text: string): FetchRecord[] {
  if (text !== '' && !text.endsWith('\n')) throw new Error(`the last line is cut: ${text.slice(-200)}`)
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => recordSchema.parse(JSON.parse(line)))
}

function collect(stream: Readable): () => string {
  const chunks: Buffer[] = []
  stream.on('data', (chunk: Buffer) => chunks.push(chunk))
  return () => Buffer.concat(chunks).toString('utf8')
}

function cleanEnvironment(extra: CliOptions['env'] = {}): NodeJS.ProcessEnv {
  const environment: NodeJS.ProcessEnv = { LANG: 'C.UTF-8' }
  for (const name of inheritedNames) if (process.env[name] !== undefined) environment[name] = process.env[name]
  for (const [name, value] of Object.entries(extra)) {
    if (value === undefined) delete environment[name]
    else environment[name] = value
  }
  return environment
}

function describe(run: CliRun): string {
  return `stdout ended with ${JSON.stringify(run.stdout.slice(-500))}, stderr with ${JSON.stringify(run.stderr.slice(-500))}`
}
