// What the fetcher's tests share: fetchers, tasks and servers that are closed after each test.

import { readFileSync } from 'node:fs'
import { afterEach } from 'vitest'
import type { FetcherOptions } from '../../src/fetchers/index.js'
import { createUndiciFetcher } from '../../src/fetchers/undici.js'
import type { Attempt, Fetcher, FetchTask, RequestSpec } from '../../src/types.js'
import { getRequest, makeTask } from '../support/values.js'

export const userAgent = 'poolfetch-test'

/** Limits that no test reaches unless it sets its own. */
export const defaults: FetcherOptions = {
  userAgent,
  timeoutMs: 20_000,
  connectTimeoutMs: 20_000,
  idleTimeoutMs: null,
  maxSizeBytes: 100 * 1024 * 1024,
  insecure: false,
  publicOnly: false,
  resolve: [],
  maxRedirects: 10,
  maxIdleConnections: 100,
}

export const never = new AbortController().signal

export const tls = {
  cert: readFileSync(new URL('certificates/localhost.cert.pem', import.meta.url)),
  key: readFileSync(new URL('certificates/localhost.key.pem', import.meta.url)),
}

/** Of the folder certificates: authority, server (by it, for localhost, a.test and 127.0.0.1), client (by it), stranger. */
export function pem(name: string): string {
  return readFileSync(new URL(`certificates/${name}.pem`, import.meta.url), 'latin1')
}

export interface TaskExtras {
  readonly request?: Partial<RequestSpec>
  readonly redirects?: number
}

export function taskFor(url: string, { request = {}, redirects = 0 }: TaskExtras = {}): FetchTask {
  const task = makeTask(1, url, { ...getRequest, ...request })
  task.redirects = redirects
  return task
}

interface Closable {
  close(): Promise<void>
}

/** Opens things that are closed after the test, the last first. */
export function useOpened() {
  const opened: Closable[] = []
  afterEach(async () => {
    for (const item of opened.splice(0).toReversed()) await item.close()
  })

  async function open<T extends Closable>(item: T | Promise<T>): Promise<T> {
    const ready = await item
    opened.push(ready)
    return ready
  }

  async function openFetcher(options: Partial<FetcherOptions> = {}): Promise<Fetcher> {
    return await open(createUndiciFetcher({ ...defaults, ...options }))
  }

  /** One fetch by a fetcher of its own. */
  async function fetchOnce(
    url: string,
    options: Partial<FetcherOptions> = {},
    extras: TaskExtras = {},
  ): Promise<Attempt> {
    const fetcher = await openFetcher(options)
    return await fetcher.fetch(taskFor(url, extras), never)
  }

  return { open, openFetcher, fetchOnce }
}

/** Resolves when the condition holds; a wait in vain ends before the test's own limit does. */
export async function until(condition: () => boolean): Promise<void> {
  const giveUpAt = performance.now() + 20_000
  while (!condition()) {
    if (performance.now() > giveUpAt) throw new Error(`waited in vain: ${condition.toString()}`)
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
}
