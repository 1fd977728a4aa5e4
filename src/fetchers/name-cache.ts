// Names are asked for once: while an answer is on its way it is everybody's, and then for a while.

import type { LookupAddress, LookupOptions } from 'node:dns'
import type { LookupFunction } from 'node:net'
import { systemCode } from '../core/errors.js'

export interface NameCacheOptions {
  readonly lookup: LookupFunction
  /** Monotonic ms. */
  readonly now: () => number
  /** Nobody waits longer for an answer: after so many ms, whoever comes asks again. */
  readonly patienceMs: number
}

/** getaddrinfo tells no TTL: a run does not ask again for so long. */
const answerMs = 60_000
/** Names that do not exist are known so long; any other error is forgotten at once, a retry asks again. */
const absenceMs = 10_000
const absences = new Set(['ENOTFOUND', 'ENODATA'])
/** Beyond so many names the one that was asked for first is forgotten. */
const mostNames = 10_000

type Callback = Parameters<LookupFunction>[2]

interface Entry {
  /** Who waits for the answer; null once it is there. */
  waiting: Callback[] | null
  readonly askedAt: number
  error: NodeJS.ErrnoException | null
  answer: string | LookupAddress[]
  family: number | undefined
  expiresAt: number
}

/** A lookup with a memory, to be used in the place of the one it is made of. */
export function cachedLookup({ lookup, now, patienceMs }: NameCacheOptions): LookupFunction {
  const entries = new Map<string, Entry>()
  const isPending = ({ waiting, askedAt }: Entry) => waiting !== null && now() < askedAt + patienceMs

  return (hostname, options, callback) => {
    const key = keyOf(hostname, options)
    const known = entries.get(key)
    if (known?.waiting && isPending(known)) return void known.waiting.push(callback)
    if (known && known.expiresAt > now()) {
      // Never before the caller has returned: a lookup is asynchronous.
      return void setImmediate(() => callback(known.error, copyOf(known.answer), known.family))
    }
    const waiting = [callback]
    const entry: Entry = { waiting, askedAt: now(), error: null, answer: [], family: undefined, expiresAt: 0 }
    entries.delete(key)
    entries.set(key, entry)
    if (entries.size > mostNames) forgetFirst(entries, isPending)
    lookup(hostname, options, (error, answer, family) => {
      Object.assign(entry, { waiting: null, error, answer, family, expiresAt: now() + lifetimeMs(error) })
      if (lifetimeMs(error) === 0 && entries.get(key) === entry) entries.delete(key)
      for (const waiter of waiting) waiter(error, copyOf(answer), family)
    })
  }
}

function keyOf(hostname: string, { family, hints, all, order }: LookupOptions): string {
  return `${hostname.toLowerCase()} ${family ?? 0} ${hints ?? 0} ${all === true} ${order ?? ''}`
}

function lifetimeMs(error: NodeJS.ErrnoException | null): number {
  if (error === null) return answerMs
  return absences.has(systemCode(error) ?? '') ? absenceMs : 0
}

/** Callers may do with their answer what they like. */
function copyOf(answer: string | LookupAddress[] | undefined): string | LookupAddress[] {
  if (answer === undefined) return []
  return typeof answer === 'string' ? answer : [...answer]
}

function forgetFirst(entries: Map<string, Entry>, isPending: (entry: Entry) => boolean): void {
  for (const [key, entry] of entries) {
    if (isPending(entry)) continue
    entries.delete(key)
    return
  }
}
