// Lines of a list are read again as the tasks that they were, or not at all.

import { appendFileSync, renameSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { describe, expect, it, onTestFinished } from 'vitest'
import { InputError } from '../../src/core/errors.js'
import { lines } from '../../src/sources/lines.js'
import { ListReader } from '../../src/sources/list-reader.js'
import type { FetchTask, ParkedRun } from '../../src/types.js'
import { createList, open, readAll, tasksOf, template } from './reading.js'

interface Opened {
  readonly path: string
  readonly reader: ListReader
  readonly tasks: readonly FetchTask[]
}

async function openReader(content: string | Buffer): Promise<Opened> {
  const path = createList(content)
  const tasks = tasksOf(await readAll(await open([path])))
  const first = { path, name: 'the list', file: statSync(path), format: lines }
  const reader = new ListReader((list) => (list === 0 ? first : undefined), { template, wallNow: () => 1000 })
  onTestFinished(() => reader.close())
  return { path, reader, tasks }
}

function runOf(tasks: readonly FetchTask[]): ParkedRun {
  const [first, last] = [tasks[0], tasks.at(-1)]
  if (!first || !last) throw new Error('no tasks')
  return { list: first.list, firstId: first.id, count: tasks.length, start: first.start, end: last.end }
}

const changed = new InputError('cannot read the list again: it was changed during the run')

describe('a run of lines', () => {
  it('gives its first tasks, as many as are wanted', async () => {
    const { reader, tasks } = await openReader('a\nb\n\n# c\n  d  \r\ne\n')
    const run = runOf(tasks)
    expect(await reader.read(run, 1)).toEqual(tasks.slice(0, 1))
    expect(await reader.read(run, 3)).toEqual(tasks.slice(0, 3))
    expect(await reader.read(run, 100)).toEqual(tasks)
  })

  it('is read in parts where it is long', async () => {
    const { reader, tasks } = await openReader(Array.from({ length: 10_000 }, (_, id) => `http://h/${id}\n`).join(''))
    const part = await reader.read(runOf(tasks), 10_000)
    expect(part.length).toBeGreaterThan(1000)
    expect(part.length).toBeLessThan(10_000)
    expect(part).toEqual(tasks.slice(0, part.length))
  })

  it('is read on over a line, a comment and a blank that are longer than what is read at a time', async () => {
    const line = `http://h/${'x'.repeat(65_000)}`
    const gap = `#${'x'.repeat(200_000)}\n${' '.repeat(200_000)}\n`
    const { reader, tasks } = await openReader(`${line}\n${gap}a\n${line}`)
    const [first, second, last] = tasks
    if (!first || !second || !last) throw new Error('lines are missing')
    expect(await reader.read(runOf(tasks), 1)).toEqual([first])
    expect(await reader.read({ list: 0, firstId: 2, count: 2, start: first.end, end: last.end }, 1)).toEqual([second])
    expect(await reader.read(runOf([last]), 1)).toEqual([last])
  })

  it('that ends with the list needs no line end', async () => {
    for (const end of ['', '\n', '\r', '  ']) {
      const { reader, tasks } = await openReader(`\ufeffa\nb${end}`)
      expect(await reader.read(runOf(tasks), 2)).toEqual(tasks)
      expect(await reader.read(runOf(tasks.slice(1)), 1)).toEqual(tasks.slice(1))
    }
  })

  it('is read from a list that grew', async () => {
    const { path, reader, tasks } = await openReader('a\nb')
    appendFileSync(path, '\nc\n')
    expect(await reader.read(runOf(tasks), 2)).toEqual(tasks)
  })
})

describe('a list that is not what it was', () => {
  const content = 'one.example/1\ntwo.example/2\nthree.example/3\n'

  it.each([
    ['it was cut off', 'one.example/1\ntwo'],
    ['a line was put before it', `zero.example\n${content}`],
    ['it begins in the middle of a line', `${'x'.repeat(7)}${content}`],
    ['it ends in the middle of a line', `${content.trimEnd()}3\n`],
    ['a line is no URL', content.replace('two.example/2', 'ftp://xample/')],
    ['a line is a comment', content.replace('two', '#wo')],
    ['a line is blank', content.replace('two.example/2', ' '.repeat(13))],
    ['a line is two', content.replace('two.example/2', 'two.exam\nle/2')],
    ['two lines are one', content.replace('1\n', '1/')],
    ['its end is blank', content.replace('/3', '  ')],
    ['it is all blank', content.replaceAll(/\S/g, ' ')],
  ])('because %s is an InputError', async (_how, now) => {
    const { path, reader, tasks } = await openReader(content)
    expect(reader.hold(0)).toBe(true)
    writeFileSync(path, now)
    await expect(reader.read(runOf(tasks), 3)).rejects.toThrow(changed)
  })

  it('is found out where its line ends with what is read at a time', async () => {
    const { path, reader, tasks } = await openReader(`${'x'.repeat(65_536)}\n`)
    reader.hold(0)
    const run = runOf(tasks)
    expect(await reader.read(run, 1)).toEqual(tasks)
    writeFileSync(path, `${'x'.repeat(65_537)}\n`)
    await expect(reader.read(run, 1)).rejects.toThrow(changed)
  })

  it('is found out by a part of a run, too', async () => {
    const { path, reader, tasks } = await openReader(content)
    reader.hold(0)
    writeFileSync(path, `xx${content}`)
    await expect(reader.read(runOf(tasks.slice(1)), 1)).rejects.toThrow(changed)
    await expect(reader.read(runOf(tasks.slice(1, 2)), 1)).rejects.toThrow(changed)
  })

  it('because it was replaced or cut off before it is opened again is one', async () => {
    const replaced = await openReader(content)
    writeFileSync(`${replaced.path}.new`, content)
    renameSync(`${replaced.path}.new`, replaced.path)
    await expect(replaced.reader.read(runOf(replaced.tasks), 3)).rejects.toThrow(changed)
    const cut = await openReader(content)
    truncateSync(cut.path, content.length - 1)
    await expect(cut.reader.read(runOf(cut.tasks.slice(0, 1)), 1)).rejects.toThrow(changed)
  })
})
