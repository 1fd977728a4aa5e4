// What the tests of the sources share: sources with plain options, and lists in a directory of their own.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { onTestFinished } from 'vitest'
import { createRowTemplate, type RowTemplate } from '../../src/core/row-template.js'
import type { TaskTemplate } from '../../src/core/task.js'
import { type ListedSource, openSource, type SourceOptions } from '../../src/sources/index.js'
import type { FetchTask, HeaderList, ParkedRun, RejectedLine, Source, TaskStore } from '../../src/types.js'

export const template: TaskTemplate = {
  request: { method: 'GET', headers: [], body: null },
  defaultScheme: 'https',
}

export interface RowOptions {
  readonly url?: string
  readonly urlColumn?: string
  readonly headers?: HeaderList
  /** Makes it a POST. */
  readonly body?: string
}

/** For rows whose values stand for the placeholders in these. */
export function templateOf(options: RowOptions): TaskTemplate & { readonly row: RowTemplate } {
  const { url = null, urlColumn = 'url', headers = [], body } = options
  const bodyRequest = { method: 'POST', headers, body: null }
  const request = body === undefined ? { ...template.request, headers } : { ...bodyRequest, body }
  return { ...template, request, bodyRequest, row: createRowTemplate({ request, bodyRequest }, { url, urlColumn }) }
}

export interface TestOptions extends Partial<SourceOptions> {
  readonly signal?: AbortSignal
}

export function open(operands: readonly string[], { signal, ...options }: TestOptions = {}): Promise<ListedSource> {
  const defaults = { format: 'auto', template, stdin: Readable.from([]), wallNow: () => 1000, countTotal: false }
  return openSource(operands, { ...defaults, ...options }, signal)
}

/** What a line of a list becomes. */
export type ListedItem = FetchTask | RejectedLine

export async function readAll(source: Source): Promise<ListedItem[]> {
  const items: ListedItem[] = []
  for await (const item of itemsOf(source)) items.push(item)
  return items
}

/** One by one. */
export async function* itemsOf(source: Source): AsyncGenerator<ListedItem> {
  for await (const batch of source) {
    for (const item of batch) if (item.kind !== 'known') yield item
  }
}

/** The items of what these chunks hold, as standard input. */
export async function readChunks(chunks: readonly (string | Buffer)[]): Promise<ListedItem[]> {
  const stdin = Readable.from(chunks.map((chunk) => Buffer.from(chunk)))
  return readAll(await open(['-'], { stdin }))
}

export const urls = (items: readonly ListedItem[]): string[] => items.map((item) => item.url)
export const codes = (items: readonly ListedItem[]): string[] =>
  items.map((item) => (item.kind === 'rejected' ? item.failure.code : 'task'))

export const tasksOf = (items: readonly ListedItem[]): FetchTask[] => items.filter((item) => item.kind === 'task')

/** Tasks that were put, as runs: those that follow each other in a list, at most `most` together. */
export function runsOf(store: TaskStore, tasks: readonly FetchTask[], most = Number.POSITIVE_INFINITY): ParkedRun[] {
  const runs: ParkedRun[] = []
  for (const { id, ...task } of tasks) {
    const place = store.put({ id, ...task })
    if (place === null) throw new Error(`no room for task ${id}`)
    const last = runs.at(-1)
    const isNext =
      last?.list === place.list && (place.list < 0 ? last.end === place.start : last.firstId + last.count === id)
    if (last && isNext && last.count < most) runs[runs.length - 1] = { ...last, count: last.count + 1, end: place.end }
    else runs.push({ ...place, firstId: id, count: 1 })
  }
  return runs
}

/** All tasks of the run, read `most` at a time. */
export async function readRun(store: Pick<TaskStore, 'read'>, run: ParkedRun, most: number): Promise<FetchTask[]> {
  const tasks: FetchTask[] = []
  for (let rest = run; rest.count > 0; ) {
    const part = await store.read(rest, most)
    if (part.tasks.length === 0 || part.tasks.length > most) throw new Error(`${part.tasks.length} tasks of ${most}`)
    tasks.push(...part.tasks)
    const { length } = part.tasks
    rest = { ...rest, firstId: rest.firstId + length, count: rest.count - length, start: part.end }
  }
  return tasks
}

/** A directory that is gone after the test. */
export function createDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'poolfetch-sources-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

/** A file that is gone after the test. */
export function createList(content: string | Buffer, name = 'urls.txt'): string {
  const path = join(createDirectory(), name)
  writeFileSync(path, content)
  return path
}

/** Mulberry32: numbers in 0..limit-1. */
export function createRandom(seed: number): (limit: number) => number {
  let state = seed
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit)
  }
}

/** The bytes cut at random places, mostly into small pieces. */
export function cutAtRandom(bytes: Buffer, random: (limit: number) => number): Buffer[] {
  const chunks: Buffer[] = []
  for (let position = 0; position < bytes.length; ) {
    const size = 1 + random(random(4) === 0 ? 1000 : 5)
    chunks.push(bytes.subarray(position, position + size))
    position += size
  }
  return chunks
}
