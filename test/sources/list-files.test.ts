// Descriptors of lists: few, whoever waits gets one, and never another file's.

import { readdirSync, readlinkSync, renameSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { describe, expect, it, onTestFinished } from 'vitest'
import { InputError } from '../../src/core/errors.js'
import { ListFiles, mostOpenLists, type ReadList } from '../../src/sources/list-files.js'
import { createList } from './reading.js'

const isLinux = process.platform === 'linux'

function readList(content: string): ReadList {
  const path = createList(content)
  return { path, name: path, file: statSync(path) }
}

function filesOf(lists: readonly ReadList[]): ListFiles {
  const files = new ListFiles((list) => lists[list])
  onTestFinished(() => files.close())
  return files
}

/** Which of the lists are open. */
function openLists(lists: readonly ReadList[]): number[] {
  const open = readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      const path = readlinkSync(`/proc/self/fd/${fd}`)
      return lists.flatMap((list, index) => (list.path === path ? [index] : []))
    } catch {
      // The one that the folder was read with.
      return []
    }
  })
  return open.toSorted((a, b) => a - b)
}

function deferred(): { promise: Promise<void>; resolve: () => void } {
  let settle = (): void => {}
  const promise = new Promise<void>((resolve) => void (settle = resolve))
  return { promise, resolve: () => settle() }
}

const nothing = (): Promise<void> => Promise.resolve()
const turns = async (): Promise<void> => {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve()
}

describe('the files of lists', () => {
  it.runIf(isLinux)('are opened when one is to be held, and once', async () => {
    const lists = [readList('a'), readList('b')]
    const files = filesOf(lists)
    expect(openLists(lists)).toEqual([])
    expect(files.hold(0)).toBe(true)
    expect(openLists(lists)).toEqual([0])
    expect(files.hold(1)).toBe(true)
    await Promise.all([files.use(0, nothing), files.use(0, nothing)])
    expect(openLists(lists)).toEqual([0])
    files.close()
    expect(openLists(lists)).toEqual([])
  })

  it.runIf(isLinux)('are few at a time: the one used longest ago is closed', async () => {
    const lists = Array.from({ length: mostOpenLists + 1 }, (_, index) => readList(`${index}`))
    const files = filesOf(lists)
    for (let list = 0; list < mostOpenLists; list++) await files.use(list, nothing)
    await files.use(0, nothing)
    await files.use(mostOpenLists, nothing)
    expect(openLists(lists)).toEqual(lists.map((_, index) => index).filter((index) => index !== 1))
  })

  it('are waited for in turn where all are in use', async () => {
    const lists = Array.from({ length: mostOpenLists + 1 }, (_, index) => readList(`${index}`))
    const files = filesOf(lists)
    const order: string[] = []
    const use = (list: number, name: string): { end: () => void; over: Promise<void> } => {
      const ended = deferred()
      const over = files.use(list, () => {
        order.push(name)
        return ended.promise
      })
      return { end: ended.resolve, over }
    }
    const first = lists.slice(0, mostOpenLists).map((_, list) => use(list, `first ${list}`))
    await turns()
    // The second could be read at once, but would keep the other waiting if it went on like that.
    const waiting = [use(mostOpenLists, 'new'), use(1, 'open')]
    await turns()
    expect(order).toEqual(['first 0', 'first 1', 'first 2', 'first 3'])
    first[2]?.end()
    await turns()
    expect(order.slice(mostOpenLists)).toEqual(['new', 'open'])
    for (const { end } of [...first, ...waiting]) end()
    await Promise.all([...first, ...waiting].map(({ over }) => over))
  })

  it('go on for the others where one fails', async () => {
    const lists = [readList('a'), readList('b')]
    const files = filesOf(lists)
    const gone = lists[0]?.path ?? ''
    rmSync(gone)
    await expect(files.use(0, nothing)).rejects.toThrow(new InputError(`cannot read ${gone} again: no such file`))
    await expect(files.use(1, () => Promise.resolve('read'))).resolves.toBe('read')
  })

  it('are free again where reading one failed', async () => {
    const lists = Array.from({ length: mostOpenLists + 1 }, (_, index) => readList(`${index}`))
    const files = filesOf(lists)
    for (let list = 0; list < mostOpenLists; list++) {
      await expect(files.use(list, () => Promise.reject(new Error('bad')))).rejects.toThrow('bad')
    }
    await expect(files.use(mostOpenLists, () => Promise.resolve('read'))).resolves.toBe('read')
  })
})

describe('a list that is another one now', () => {
  const changes: Readonly<Record<string, (path: string) => void>> = {
    'was replaced': (path) => {
      writeFileSync(`${path}.new`, 'http://b/\n')
      renameSync(`${path}.new`, path)
    },
    'was cut off': (path) => truncateSync(path, 3),
  }

  it.each(Object.keys(changes))('because it %s is neither held nor read', async (how) => {
    const list = readList('http://a/\n')
    changes[how]?.(list.path)
    const files = filesOf([list])
    expect(files.hold(0)).toBe(false)
    await expect(files.use(0, nothing)).rejects.toThrow(
      new InputError(`cannot read ${list.path} again: it was changed during the run`),
    )
  })

  it('is still read where it was open before', async () => {
    const list = readList('http://a/\n')
    const files = filesOf([list])
    expect(files.hold(0)).toBe(true)
    changes['was replaced']?.(list.path)
    await expect(files.use(0, () => Promise.resolve('read'))).resolves.toBe('read')
  })

  it('is none where it only grew', () => {
    const list = readList('http://a/\n')
    writeFileSync(list.path, 'http://b/\n', { flag: 'a' })
    expect(filesOf([list]).hold(0)).toBe(true)
  })
})
