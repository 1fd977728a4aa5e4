// What the tests of the sources share: sources with plain options, and lists in a directory of their own.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { onTestFinished } from 'vitest'
import type { TaskTemplate } from '../../src/core/task.js'
import { openSource, type SourceOptions } from '../../src/sources/index.js'
import type { Source, SourceItem } from '../../src/types.js'

export const template: TaskTemplate = {
  request: { method: 'GET', headers: [], body: null },
  defaultScheme: 'https',
}

export interface TestOptions extends Partial<SourceOptions> {
  readonly signal?: AbortSignal
}

export function open(operands: readonly string[], { signal, ...options }: TestOptions = {}): Promise<Source> {
  const defaults = { format: 'auto', template, stdin: Readable.from([]), wallNow: () => 1000, countTotal: false }
  return openSource(operands, { ...defaults, ...options }, signal)
}

export async function readAll(source: Source): Promise<SourceItem[]> {
  const items: SourceItem[] = []
  for await (const item of itemsOf(source)) items.push(item)
  return items
}

/** One by one. */
export async function* itemsOf(source: Source): AsyncGenerator<SourceItem> {
  for await (const batch of source) yield* batch
}

/** The items of what these chunks hold, as standard input. */
export async function readChunks(chunks: readonly (string | Buffer)[]): Promise<SourceItem[]> {
  const stdin = Readable.from(chunks.map((chunk) => Buffer.from(chunk)))
  return readAll(await open(['-'], { stdin }))
}

export const urls = (items: readonly SourceItem[]): string[] => items.map((item) => item.url)
export const codes = (items: readonly SourceItem[]): string[] =>
  items.map((item) => (item.kind === 'rejected' ? item.failure.code : 'task'))

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
