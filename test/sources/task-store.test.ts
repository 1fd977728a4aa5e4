// Tasks come back from the store as the source gave them, whatever the list is made of.

import { readdirSync, renameSync, writeFileSync } from 'node:fs'
import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import type { ListedSource } from '../../src/sources/index.js'
import type { FetchTask, ParkedRun } from '../../src/types.js'
import { createList, createRandom, cutAtRandom, open, readAll, readRun, runsOf, tasksOf } from './reading.js'

const long = [`long.example/${'x'.repeat(3000)}`, 'x'.repeat(65_600), `#${'x'.repeat(70_000)}`, ' '.repeat(66_000)]
const short = [
  ['a', 'http://b.example/x', 'http://u:p@ü/é?#\u2028', 'https://[::1]:81/', '# no', '#', 'ftp://no', 'http://[', ''],
  ['  ', '\t\v\f', '\n', '\n', '\r\n', '\r\n', '\r', '\u00a0', '\ufffd', '\ufeff', '\xff'],
].flat()

function randomList(random: (limit: number) => number): Buffer {
  const bom = random(3) === 0 ? [Buffer.from('\ufeff')] : [Buffer.from('x\n')]
  const parts = Array.from({ length: random(150) }, () => {
    const piece = (random(20) === 0 ? long[random(long.length)] : short[random(short.length)]) ?? ''
    const end = ['\n', '\n', '\r\n', '\r', '', ' '][random(6)] ?? ''
    return Buffer.from(piece + end, piece === '\xff' ? 'latin1' : 'utf8')
  })
  return Buffer.concat([...bom, ...parts])
}

interface Kept {
  readonly source: ListedSource
  readonly tasks: readonly FetchTask[]
}

async function read(source: ListedSource): Promise<Kept> {
  return { source, tasks: tasksOf(await readAll(source)) }
}

async function readBack(source: ListedSource, runs: readonly ParkedRun[], most: number): Promise<FetchTask[]> {
  const parts = await Promise.all(runs.map((run) => readRun(source.store, run, most)))
  return parts.flat()
}

describe('the store', () => {
  it('reads tasks of random lists again, each at its place and in runs of any length', async () => {
    const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31))
    const random = createRandom(seed)
    for (let round = 0; round < 60; round++) {
      const operands = Array.from({ length: 1 + random(7) }, () => createList(randomList(random)))
      operands.push(operands[random(operands.length)] ?? '')
      const { source, tasks } = await read(await open(operands))
      const runs = runsOf(source.store, tasks, 1 + random(20))
      expect(runs.every(({ list }) => list >= 0)).toBe(true)
      const again = await readBack(source, runs, 1 + random(30))
      expect(again, `SEED=${seed}, round ${round}`).toEqual(tasks)
      await source.store.close()
    }
  })

  it('keeps what comes from a pipe, however it is cut', async () => {
    const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31))
    const random = createRandom(seed)
    for (let round = 0; round < 20; round++) {
      const stdin = Readable.from(cutAtRandom(randomList(random), random))
      const { source, tasks } = await read(await open(['-'], { stdin }))
      const runs = runsOf(source.store, tasks, 1 + random(20))
      expect(runs.every(({ list }) => list === -1)).toBe(true)
      expect(await readBack(source, runs, 1 + random(30)), `SEED=${seed}, round ${round}`).toEqual(tasks)
      await source.store.close()
    }
  })

  it('tells when a line was read again', async () => {
    let now = 0
    const { source, tasks } = await read(await open([createList('a\n')], { wallNow: () => ++now }))
    expect(await readBack(source, runsOf(source.store, tasks), 1)).toEqual([{ ...tasks[0], readAt: 2 }])
    await source.store.close()
  })

  it('takes a list while it is read', async () => {
    const source = await open([createList('a\nb\n'), createList('c\n')])
    for await (const batch of source) {
      for (const item of batch) {
        if (item.kind !== 'task') continue
        const run = { ...source.store.put(item), firstId: item.id, count: 1 }
        expect(run).toMatchObject({ list: item.list, start: item.start, end: item.end })
      }
    }
    await source.store.close()
  })

  it('keeps tasks elsewhere where their list was replaced', async () => {
    const path = createList('http://a/\nhttp://b/\n')
    const { source, tasks } = await read(await open([path]))
    writeFileSync(`${path}.new`, 'http://c/\nhttp://d/\n')
    renameSync(`${path}.new`, path)
    const runs = runsOf(source.store, tasks)
    expect(runs.map(({ list }) => list)).toEqual([-1])
    expect(await readBack(source, runs, 1)).toEqual(tasks)
    await source.store.close()
  })

  it('puts no more in the temporary file than it may', async () => {
    const stdin = Readable.from(['http://a/\nhttp://b/\n'])
    const { source, tasks } = await read(await open(['-'], { stdin, maxSpillBytes: 60 }))
    expect(tasks.map((task) => source.store.put(task) === null)).toEqual([false, true])
    await source.store.close()
  })

  it.runIf(process.platform === 'linux')('opens nothing before it is needed, and leaves nothing open', async () => {
    const count = (): number => readdirSync('/proc/self/fd').length
    const before = count()
    const { source, tasks } = await read(await open([createList('a\n'), '-'], { stdin: Readable.from(['b\n']) }))
    expect(count()).toBe(before)
    const runs = runsOf(source.store, tasks)
    expect(count()).toBe(before + 2)
    const reading = readBack(source, runs, 1)
    await source.store.close()
    expect(await reading).toEqual(tasks)
    expect(count()).toBe(before)
    await source.store.close()
  })

  it('takes and gives nothing once it is closed', async () => {
    const { source, tasks } = await read(await open([createList('a\n')]))
    const [run] = runsOf(source.store, tasks)
    const [task] = tasks
    await source.store.close()
    if (!run || !task) throw new Error('no task')
    expect(source.store.put(task)).toBeNull()
    await expect(source.store.read(run, 1)).rejects.toThrow('closed')
  })
})
