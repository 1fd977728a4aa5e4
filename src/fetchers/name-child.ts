// Run as a process of its own: asks the system's resolver for names, a line of JSON for each, until descriptor 3 is at its end.

import { lookup, type LookupAddress, type LookupOptions } from 'node:dns'
import { stat } from 'node:fs'
import { Socket } from 'node:net'

export interface NameQuestion {
  readonly id: number
  readonly hostname: string
  readonly options: LookupOptions
}

/** What `dns.lookup` called back with. */
export interface NameAnswer {
  readonly id: number
  readonly error: NameError | null
  readonly answer?: string | LookupAddress[]
  readonly family?: number
}

export interface NameError {
  readonly message: string
  readonly code?: string | undefined
  readonly errno?: number | undefined
  readonly syscall?: string | undefined
  readonly hostname?: string | undefined
}

let unread = ''

const channel = new Socket({ fd: 3 })
channel.setEncoding('utf8').on('data', read).on('end', die).on('error', die)
// Of all that a signal to the whole group ends, this comes last: whoever asks ends it when nothing is left to be asked.
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => {})
// The first line says that it runs, threads and all: libuv aborts where it may not have as many as it is told to.
stat('.', () => channel.write('\n'))

function read(text: string): void {
  const lines = (unread + text).split('\n')
  unread = lines.pop() ?? ''
  for (const line of lines) ask(JSON.parse(line))
}

function ask({ id, hostname, options }: NameQuestion): void {
  lookup(hostname, options, (error, answer, family) => reply({ id, error: error && errorOf(error), answer, family }))
}

function errorOf(error: NodeJS.ErrnoException): NameError {
  const { message, code, errno, syscall } = error
  const hostname = 'hostname' in error ? String(error.hostname) : undefined
  return { message, code, errno, syscall, hostname }
}

function reply(answer: NameAnswer): void {
  channel.write(`${JSON.stringify(answer)}\n`)
}

/** At once: an end of the usual kind waits for the lookups that hang. */
function die(): void {
  process.kill(process.pid, 'SIGKILL')
}
