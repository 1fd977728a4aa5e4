// Tasks in the temporary file come back as they were, for as long as there was room for them.

import { readdirSync, writeSync } from 'node:fs'
import { describe, expect, it, onTestFinished } from 'vitest'
import { Spill, type SpillOptions } from '../../src/sources/spill.js'
import type { FetchTask, ParkedRun } from '../../src/types.js'
import { makeTask } from '../support/values.js'
import { createDirectory, createRandom, readRun, template } from './reading.js'

function openSpill(options: Partial<SpillOptions> = {}): Spill {
  const spill = new Spill({ template, maxBytes: 2 ** 30, folder: createDirectory(), ...options })
  onTestFinished(() => spill.close())
  return spill
}

const task = (id: number, path = ''): FetchTask => makeTask(id, `http://u:p@h/${path}`, template.request)

function put(spill: Spill, tasks: readonly FetchTask[]): ParkedRun | null {
  const places = tasks.map((each) => spill.put(each))
  const [first, last] = [places[0], places.at(-1)]
  if (!first || !last || places.includes(null)) return null
  return { ...first, firstId: tasks[0]?.id ?? 0, count: tasks.length, end: last.end }
}

const failing = (code: string) => (): never => {
  throw Object.assign(new Error(code), { code })
}

describe('the spill', () => {
  it('makes no file before the first task comes', () => {
    const spill = openSpill({ folder: '/nowhere' })
    spill.close()
    expect(openSpill({ folder: '/nowhere' }).put(task(1))).toBeNull()
  })

  it('gives tasks back as they were, in any order, in parts, while more are put', async () => {
    const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31))
    const random = createRandom(seed)
    for (let round = 0; round < 20; round++) {
      const spill = openSpill()
      const kept: { run: ParkedRun; tasks: FetchTask[] }[] = []
      const reads: Promise<void>[] = []
      let id = 0
      for (let step = 0; step < 200; step++) {
        if (random(2) === 0) {
          const size = random(10) === 0 ? 20_000 : 300
          const tasks = Array.from({ length: 1 + random(30) }, () => task(++id, 'x'.repeat(random(size))))
          const run = put(spill, tasks)
          if (run === null) throw new Error('no room')
          kept.push({ run, tasks })
        }
        const [picked] = kept.splice(random(kept.length), 1)
        if (picked === undefined) continue
        const read = readRun(spill, picked.run, 1 + random(40))
        reads.push(read.then((tasks) => expect(tasks, `SEED=${seed}, round ${round}`).toEqual(picked.tasks)))
        if (random(3) === 0) await Promise.all(reads.splice(0))
      }
      await Promise.all(reads)
    }
  })

  it('reads a task that is longer than what it reads at a time', async () => {
    const spill = openSpill()
    const tasks = [task(1, 'é'.repeat(32_000)), task(2), task(3, '€'.repeat(60_000))]
    const run = put(spill, tasks)
    if (run === null) throw new Error('no room')
    expect(await readRun(spill, run, 1)).toEqual(tasks)
  })

  it('starts over when all that was put has been read', async () => {
    const spill = openSpill()
    const first = put(spill, [task(1), task(2)])
    if (first === null) throw new Error('no room')
    await spill.read({ ...first, count: 2 }, 1)
    expect(spill.put(task(3))?.start).toBe(first.end)
    await readRun(spill, { ...first, start: first.end / 2, count: 1 }, 1)
    await readRun(spill, { ...first, start: first.end, end: first.end * 1.5, count: 1 }, 1)
    expect(spill.put(task(4))?.start).toBe(0)
  })

  it('takes no more than it may', async () => {
    const bytes = put(openSpill(), [task(1)])?.end ?? 0
    const folder = createDirectory()
    const spill = openSpill({ maxBytes: 2 * bytes, folder })
    const run = put(spill, [task(1), task(2)])
    if (run === null) throw new Error('no room')
    expect(spill.put(task(3))).toBeNull()
    await readRun(spill, run, 2)
    expect(spill.put(task(3))).toMatchObject({ list: -1, start: 0 })
    expect(readdirSync(folder)).toEqual([])
  })

  it.each(['ENOSPC', 'EDQUOT', 'EFBIG', 'EIO', 'EROFS'])('says no from then on when the disk says %s', async (code) => {
    let room = 100_000
    const spill = openSpill({
      write: (fd, bytes, offset, length, position) => {
        if (position + length > room) return failing(code)()
        return writeSync(fd, bytes, offset, length, position)
      },
    })
    const tasks: FetchTask[] = []
    const places: ParkedRun[] = []
    for (let id = 1; ; id++) {
      const place = spill.put(task(id, 'x'.repeat(1000)))
      if (place === null) break
      tasks.push(task(id, 'x'.repeat(1000)))
      places.push({ ...place, firstId: id, count: 1 })
    }
    // What was written, and what is in memory still.
    expect(places.at(-1)?.end).toBeGreaterThan(room)
    room = Number.POSITIVE_INFINITY
    expect(spill.put(task(0))).toBeNull()
    const read = await Promise.all(places.map((place) => readRun(spill, place, 1)))
    expect(read.flat()).toEqual(tasks)
  })

  it('asks again where descriptors ran out', () => {
    let isOut = true
    const spill = openSpill({
      write: (fd, bytes, offset, length, position) =>
        isOut ? failing('EMFILE')() : writeSync(fd, bytes, offset, length, position),
    })
    expect(spill.put(task(1, 'x'.repeat(70_000)))).toBeNull()
    isOut = false
    expect(spill.put(task(1, 'x'.repeat(70_000)))).not.toBeNull()
  })

  it('does not hide a bug', () => {
    const spill = openSpill({
      write: () => {
        throw new TypeError('a bug')
      },
    })
    expect(() => spill.put(task(1, 'x'.repeat(70_000)))).toThrow('a bug')
  })
})
