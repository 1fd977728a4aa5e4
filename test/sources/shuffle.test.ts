// A source in random order: nothing lost, every order as likely, and the same order for the same seed.

import { readdirSync } from 'node:fs'
import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { type ShuffleOptions, shuffled } from '../../src/sources/shuffle.js'
import type { FetchTask, Source, SourceItem } from '../../src/types.js'
import { makeTask } from '../support/values.js'
import { createDirectory, createList, createRandom, open, readAll, readRun, tasksOf, template } from './reading.js'

function sourceOf(batches: readonly (readonly SourceItem[])[]): Source {
  return {
    total: 42,
    async *[Symbol.asyncIterator]() {
      for (const batch of batches) yield await Promise.resolve(batch)
    },
  }
}

const numbered = (count: number): FetchTask[] =>
  Array.from({ length: count }, (_, index) => makeTask(index + 1, `http://h/${index}`, template.request))

async function idsOf(source: Source, options: Partial<ShuffleOptions> = {}): Promise<number[]> {
  const items = await readAll(shuffled(source, { seed: 1, template, ...options }))
  return items.map(({ id }) => id)
}

/** Sum of squared deviations from what is expected of each cell. */
function chiSquare(counts: readonly (readonly number[])[], expected: number): number {
  return counts.flat().reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0)
}

describe('a shuffled source', () => {
  it('loses and doubles nothing, and gives tasks as they were, for random lists', async () => {
    const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31))
    const random = createRandom(seed)
    for (let round = 0; round < 200; round++) {
      const texts = Array.from({ length: random(400) }, (_, index) => {
        const text = ['http://u:p@h/', 'a.example/é/', 'ftp://no/', '# '][random(4)] ?? ''
        return `${text}${index}${'x'.repeat(random(50))}\n`
      })
      const path = createList(texts.join(''))
      const all = await readAll(await open([path]))
      const options = { seed: round, template, memoryBytes: random(2) === 0 ? random(20_000) : 2 ** 24 }
      const items = await readAll(shuffled(await open([path]), options))
      const inOrder = items.toSorted((a, b) => a.id - b.id)
      expect(inOrder, `SEED=${seed}, round ${round}`).toEqual(all)
    }
  })

  it('has the same order for the same seed, whatever the memory and the batches, and another for another', async () => {
    const tasks = numbered(500)
    const order = await idsOf(sourceOf([tasks]))
    expect(order).not.toEqual(tasks.map(({ id }) => id))
    for (const memoryBytes of [0, 1000, 10_000]) expect(await idsOf(sourceOf([tasks]), { memoryBytes })).toEqual(order)
    expect(await idsOf(sourceOf([tasks.slice(0, 7), [], tasks.slice(7)]))).toEqual(order)
    const others = await Promise.all([0, 2, 2 ** 32 - 1].map((seed) => idsOf(sourceOf([tasks]), { seed })))
    expect(new Set([order, ...others].map(String)).size).toBe(4)
  })

  it('puts every task at every position equally often', async () => {
    const count = 6
    const rounds = 3000
    const tasks = numbered(count)
    const counts = Array.from({ length: count }, () => Array.from({ length: count }, () => 0))
    for (let seed = 0; seed < rounds; seed++) {
      const ids = await idsOf(sourceOf([tasks]), { seed, memoryBytes: 0 })
      for (const [position, id] of ids.entries()) {
        const row = counts[id - 1]
        if (row) row[position] = (row[position] ?? 0) + 1
      }
    }
    // 25 degrees of freedom: above 77 once in a million.
    expect(chiSquare(counts, rounds / count)).toBeLessThan(77)
  })

  it('does so where many share a bucket, too', async () => {
    const parts = 10
    const rounds = 300
    const tasks = numbered(640)
    const counts = Array.from({ length: parts }, () => Array.from({ length: parts }, () => 0))
    let firstBeforeSecond = 0
    for (let seed = 0; seed < rounds; seed++) {
      const ids = await idsOf(sourceOf([tasks]), { seed, memoryBytes: 20_000 })
      for (const [position, id] of ids.entries()) {
        const row = counts[Math.floor((id - 1) / 64)]
        const part = Math.floor(position / 64)
        if (row) row[part] = (row[part] ?? 0) + 1
      }
      for (let id = 1; id < 640; id += 2) if (ids.indexOf(id) < ids.indexOf(id + 1)) firstBeforeSecond++
    }
    // 81 degrees of freedom: above 159 once in a million. Parts of one list hinder each other, which makes it less.
    expect(chiSquare(counts, (rounds * 64) / parts)).toBeLessThan(159)
    // Of 96,000 pairs, with a standard deviation of 155.
    expect(Math.abs(firstBeforeSecond - 48_000)).toBeLessThan(775)
  })

  it('lets what is rejected pass at once', async () => {
    const stdin = new Readable({ read() {} })
    stdin.push('http://a/\nftp://b/\nhttp://c/\n')
    const source = shuffled(await open(['-'], { stdin }), { seed: 1, template })
    const seen: number[] = []
    for await (const batch of source) {
      for (const { id } of batch) seen.push(id)
      if (seen.length === 1) stdin.push(null)
    }
    expect(seen[0]).toBe(2)
    expect(seen.toSorted((a, b) => a - b)).toEqual([1, 2, 3])
  })

  it('leaves tasks their places in the list', async () => {
    const listed = await open([createList('http://a/\nhttp://b/\nhttp://c/\n')])
    const tasks = tasksOf(await readAll(shuffled(listed, { seed: 3, template })))
    for (const task of tasks) {
      const place = listed.store.put(task)
      expect(place?.list).toBe(0)
      if (place) expect(await readRun(listed.store, { ...place, firstId: task.id, count: 1 }, 1)).toEqual([task])
    }
    await listed.store.close()
  })

  it('knows the total as its source does', () => {
    expect(shuffled(sourceOf([]), { seed: 1, template }).total).toBe(42)
  })

  it('gives no task where the signal ended the source early', async () => {
    const ending = new AbortController()
    const source: Source = {
      async *[Symbol.asyncIterator]() {
        yield await Promise.resolve(numbered(10))
        ending.abort()
      },
    }
    expect(await readAll(shuffled(source, { seed: 1, template }, ending.signal))).toEqual([])
  })

  it('ends its source when it is left, and fails with it', async () => {
    let isEnded = false
    const source: Source = {
      async *[Symbol.asyncIterator]() {
        try {
          yield await Promise.resolve(numbered(10))
          throw new Error('unreadable')
        } finally {
          isEnded = true
        }
      },
    }
    for await (const _ of shuffled(source, { seed: 1, template })) break
    expect(isEnded).toBe(true)
    await expect(readAll(shuffled(source, { seed: 1, template }))).rejects.toThrow('unreadable')
  })

  it.runIf(process.platform === 'linux')('leaves nothing behind, also where it is left early', async () => {
    const folder = createDirectory()
    const count = (): number => readdirSync('/proc/self/fd').length
    const before = count()
    const options = { seed: 1, template, memoryBytes: 0, folder }
    for await (const batch of shuffled(sourceOf([numbered(1000)]), options)) {
      const [first] = batch
      if (first === undefined) continue
      expect(count()).toBe(before + 1)
      expect(readdirSync(folder)).toEqual([])
      break
    }
    expect(count()).toBe(before)
    await readAll(shuffled(sourceOf([numbered(1000)]), options))
    expect(count()).toBe(before)
  })
})
