// Lookups in a process of their own. One that hangs cannot be cancelled, and a process that ends waits for it, whatever its exit code:
// getaddrinfo runs in libuv's thread pool, which is joined. That other process can be killed.

import type { spawn } from 'node:child_process'
import { getDefaultResultOrder, type LookupOptions } from 'node:dns'
import { readFileSync } from 'node:fs'
import { type LookupFunction, Socket } from 'node:net'
import { fileURLToPath } from 'node:url'
import { childEnvironment } from './child-environment.js'
import type { NameAnswer, NameError, NameQuestion } from './name-child.js'

export interface NameProcessOptions {
  /** Looks up in this process: what needs no server, and everything where there can be no other process. */
  readonly lookup: LookupFunction
  /** Nobody waits longer for an answer, in ms. */
  readonly patienceMs: number
  /** The program of the other process. */
  readonly script?: URL
  readonly env?: NodeJS.ProcessEnv
  /** Monotonic ms. */
  readonly now?: () => number
}

interface Asked {
  readonly question: NameQuestion
  readonly callback: Parameters<LookupFunction>[2]
  readonly askedAt: number
  /** The process that it was first asked of is dead. */
  isAgain: boolean
}

type Child = ReturnType<typeof start>

// From the folder above, since the command stands in another one beside this.
const ownScript = new URL('../fetchers/name-child.js', import.meta.url)

/** So many lookups that nobody waits for any more hold half of the threads that lookups have. */
const mostOverdue = 32

/** Its process is started for the first name, again for the next one when it is dead, and anew when lookups that hang hold it up. */
export class NameProcess {
  readonly #lookup: LookupFunction
  readonly #script: string
  readonly #env: NodeJS.ProcessEnv
  readonly #patienceMs: number
  readonly #now: () => number
  /** The one asked first is first. */
  readonly #asked = new Map<number, Asked>()
  #child: Child | null = null
  #isStarting = false
  /** The present process has said that it runs. */
  #isReady = false
  /** There can be no such process here. */
  #isImpossible = false
  #isClosed = false
  #lastId = 0

  constructor({ lookup, patienceMs, script = ownScript, env = process.env, now }: NameProcessOptions) {
    this.#lookup = lookup
    this.#patienceMs = patienceMs
    this.#now = now ?? (() => performance.now())
    this.#script = fileURLToPath(script)
    this.#env = env
  }

  /** The process's id; null while there is none. */
  get pid(): number | null {
    return this.#child?.pid ?? null
  }

  readonly lookup: LookupFunction = (hostname, options, callback) => {
    if (this.#isClosed) return
    if (this.#isImpossible || isKnownHere(hostname, options)) return this.#lookup(hostname, options, callback)
    this.#lastId += 1
    const { family, hints, all, verbatim } = options
    // Said, since the other process would not know of a default that was set in this one.
    const order = options.order ?? (verbatim === undefined ? getDefaultResultOrder() : undefined)
    const question = { id: this.#lastId, hostname, options: { family, hints, all, verbatim, order } }
    this.#renewIfHeldUp()
    this.#asked.set(question.id, { question, callback, askedAt: this.#now(), isAgain: false })
    if (this.#child === null) void this.#start()
    else if (this.#isReady) ask(this.#child, question)
  }

  /** Kills the process. Who still waits for an answer gets none. */
  async close(): Promise<void> {
    this.#isClosed = true
    this.#asked.clear()
    const child = this.#child
    this.#child = null
    if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
    child.ref()
    await new Promise<void>((resolve) => {
      child.once('exit', () => resolve())
      child.kill('SIGKILL')
    })
  }

  async #start(): Promise<void> {
    if (this.#isStarting) return
    this.#isStarting = true
    const { spawn } = await import('node:child_process')
    this.#isStarting = false
    if (this.#isClosed) return
    try {
      this.#adopt(start(spawn, this.#script, this.#env))
    } catch {
      this.#giveUp()
    }
  }

  /** What nobody waits for has failed; the rest is asked of the next process, which is started for the question that is to come. */
  #renewIfHeldUp(): void {
    const child = this.#child
    if (child === null || !this.#isReady) return
    const overdue: Asked[] = []
    for (const asked of this.#asked.values()) {
      if (asked.askedAt + this.#patienceMs > this.#now()) break
      overdue.push(asked)
    }
    if (overdue.length < mostOverdue) return
    this.#child = null
    child.kill('SIGKILL')
    for (const { question, callback } of overdue) {
      this.#asked.delete(question.id)
      callback(lostError(question.hostname), [])
    }
  }

  #adopt(child: Child): void {
    this.#child = child
    this.#isReady = false
    child.once('error', () => this.#lost(child)).once('close', () => this.#lost(child))
    const channel = channelOf(child)
    // What it does not read any more is asked again.
    channel.on('error', () => {})
    let unread = ''
    channel.setEncoding('utf8').on('data', (text: string) => {
      const lines = (unread + text).split('\n')
      unread = lines.pop() ?? ''
      for (const line of lines) this.#received(line, child)
    })
    channel.unref()
  }

  #received(line: string, child: Child): void {
    // One that was killed may still be heard of.
    if (this.#child !== child) return
    if (!this.#isReady) {
      this.#isReady = true
      // Not before: what it dies of must be told from that it cannot live.
      for (const { question } of this.#asked.values()) ask(child, question)
    }
    if (line === '') return
    const { id, error, answer = [], family }: NameAnswer = JSON.parse(line)
    const asked = this.#asked.get(id)
    if (asked === undefined) return
    this.#asked.delete(id)
    // An answer that is waited for keeps this process alive, as it does with Node's own lookup.
    if (this.#asked.size === 0) child.unref()
    asked.callback(error && errorOf(error), answer, family)
  }

  #lost(child: Child): void {
    if (this.#child !== child) return
    this.#child = null
    if (this.#isClosed) return
    if (!this.#isReady) return this.#giveUp()
    const lost = [...this.#asked.values()].filter(({ isAgain }) => isAgain)
    for (const asked of this.#asked.values()) asked.isAgain = true
    for (const { question, callback } of lost) {
      this.#asked.delete(question.id)
      callback(lostError(question.hostname), [])
    }
    if (this.#asked.size > 0) void this.#start()
  }

  #giveUp(): void {
    this.#isImpossible = true
    this.#child = null
    const asked = [...this.#asked.values()]
    this.#asked.clear()
    for (const { question, callback } of asked) this.#lookup(question.hostname, question.options, callback)
  }
}

function start(spawnProcess: typeof spawn, script: string, env: NodeJS.ProcessEnv) {
  return spawnProcess(process.execPath, [script], {
    // Standard output is for what the user's own preloaded modules have to say.
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
    env: childEnvironment(env),
    // Out of the terminal's process group: what Ctrl-C ends decides itself what it still needs.
    detached: process.platform !== 'win32',
    windowsHide: true,
  })
}

function ask(child: Child, question: NameQuestion): void {
  child.ref()
  channelOf(child).write(`${JSON.stringify(question)}\n`)
}

function channelOf({ stdio }: Child): Socket {
  const [, , , channel] = stdio
  if (channel instanceof Socket) return channel
  throw new Error('no channel to the process for lookups')
}

function lostError(hostname: string): NodeJS.ErrnoException {
  const code = 'EAI_AGAIN'
  const syscall = 'getaddrinfo'
  return errorOf({ message: `${syscall} ${code} ${hostname}`, code, syscall, hostname })
}

function errorOf({ message, ...rest }: NameError): NodeJS.ErrnoException {
  return Object.assign(new Error(message), rest)
}

/** No server is asked for it, so that it cannot hang, and many runs need no other name. */
function isKnownHere(hostname: string, { family }: LookupOptions): boolean {
  return hostname === 'localhost' && (family === undefined || family === 0 || family === 4) && isLocalhostListed()
}

function isLocalhostListed(): boolean {
  // RFC 6761 §6.3, which Windows holds.
  if (process.platform === 'win32') return true
  try {
    return /^127\.0\.0\.1[ \t][^#\n]*\blocalhost(?:[ \t#]|$)/m.test(readFileSync('/etc/hosts', 'utf8'))
  } catch {
    return false
  }
}
