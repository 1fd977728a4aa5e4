// A list that is read before it is read: what it says then, and that nothing is lost of it.

import { spawnSync } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { abandonedRecord, rejectedRecord } from '../../src/core/record.js'
import type { ListedSource } from '../../src/sources/index.js'
import { seed } from '../support/random.js'
import { createDirectory, createList, createRandom, cutAtRandom, open, readAll, urls } from './reading.js'

async function previewOf(source: ListedSource, most = Number.POSITIVE_INFINITY): Promise<[number, string][]> {
  const seen: [number, string][] = []
  await source.preview((id, { url }) => {
    seen.push([id, url])
    return seen.length < most
  })
  return seen
}

const numbered = (texts: readonly string[]): [number, string][] => texts.map((text, index) => [index + 1, text])

describe('a preview', () => {
  it('says the id and the URL of each record to come', async () => {
    const hostile = [
      'http://a/x y',
      'http://user:secret@b/',
      'example.com/ä',
      'ftp://c/',
      'http://[',
      Buffer.from('http://d/\xff', 'latin1'),
      Buffer.from('http://user:secret\xff@e/', 'latin1'),
      `http://f/${'x'.repeat(70_000)}`,
      'http://g/\u202e\u001b[31m',
      ' \thttp://h/ ',
      '# none',
      '',
      'http://i/\ufffd',
    ]
    const path = createList(Buffer.concat(hostile.flatMap((text) => [Buffer.from(text), Buffer.from('\r\n')])))
    const source = await open([path])
    const seen = await previewOf(source)
    const records = (await readAll(source)).map((item) =>
      item.kind === 'task' ? abandonedRecord(item) : rejectedRecord(item),
    )
    expect(seen).toEqual(records.map(({ id, url }) => [id, url]))
    expect(seen).toHaveLength(hostile.length - 2)
    expect(JSON.stringify(seen)).not.toContain('secret')
  })

  it('goes through all lists, of which one may be standard input', async () => {
    const [first, last] = [createList('http://a/\nhttp://b/'), createList('http://d/\n')]
    const source = await open([first, '-', last], { stdin: Readable.from(['htt', 'p://c/']) })
    const all = ['http://a/', 'http://b/', 'http://c/', 'http://d/']
    expect(await previewOf(source)).toEqual(numbered(all))
    const items = await readAll(source)
    expect(urls(items)).toEqual(all)
    expect(items.map(({ id }) => id)).toEqual([1, 2, 3, 4])
  })

  it.each([1, 2, 3, 4, 5, 6])('that ends after %d URLs takes nothing from the lists', async (most) => {
    const [first, last] = [createList('http://a/\nhttp://b/\n'), createList('http://e/\nhttp://f/\n')]
    const source = await open([first, '-', last], { stdin: Readable.from(['http://c/\n', 'http://d/\n']) })
    const all = ['a', 'b', 'c', 'd', 'e', 'f'].map((host) => `http://${host}/`)
    expect(await previewOf(source, most)).toEqual(numbered(all.slice(0, most)))
    expect(urls(await readAll(source))).toEqual(all)
  })

  it('does not wait for more of standard input than it needs', async () => {
    const stdin = new PassThrough()
    stdin.write('http://a/\nhttp://b/\n')
    const source = await open(['-'], { stdin })
    expect(await previewOf(source, 2)).toEqual(numbered(['http://a/', 'http://b/']))
    stdin.end('http://c/\n')
    expect(urls(await readAll(source))).toEqual(['http://a/', 'http://b/', 'http://c/'])
  })

  it.skipIf(process.platform === 'win32')('reads several FIFOs, each of them once', async () => {
    const paths = ['one', 'two'].map((name) => join(createDirectory(), name))
    for (const path of paths) spawnSync('mkfifo', [path])
    const source = await open(paths)
    for (const [index, path] of paths.entries()) createWriteStream(path).end(`http://${index}/a\nhttp://${index}/b\n`)
    const all = ['http://0/a', 'http://0/b', 'http://1/a', 'http://1/b']
    expect(await previewOf(source, 3)).toEqual(numbered(all.slice(0, 3)))
    expect(urls(await readAll(source))).toEqual(all)
  })

  it('strips a byte order mark both times', async () => {
    const source = await open(['-'], { stdin: Readable.from([Buffer.from('\ufeffhttp://a/\n')]) })
    expect(await previewOf(source)).toEqual(numbered(['http://a/']))
    expect(urls(await readAll(source))).toEqual(['http://a/'])
  })

  it('says the same as the reading after it, however the bytes come', async () => {
    const random = createRandom(seed)
    const pieces = ['http://a/', 'x', '#', ' ', '\n', '\r', '\r\n', 'ä', '\ufeff']
    for (let count = 0; count < 100; count++) {
      const bytes = Buffer.from(Array.from({ length: random(60) }, () => pieces[random(pieces.length)]).join(''))
      const source = await open(['-'], { stdin: Readable.from(cutAtRandom(bytes, random)) })
      const seen = await previewOf(source, random(3) === 0 ? 1 + random(5) : undefined)
      const items = await readAll(source)
      const said = items.map(({ id, url }) => [id, url])
      expect(said.slice(0, seen.length), `SEED=${seed}`).toEqual(seen)
    }
  })
})

describe('what is skipped', () => {
  it('takes an id, and becomes no item', async () => {
    const isSkipped = (id: number) => id % 2 === 1
    const items = await readAll(
      await open([createList('http://a/\nftp://b/\n::\nhttp://d/\nhttp://e/')], { isSkipped }),
    )
    expect(items.map(({ id, url }) => [id, url])).toEqual([
      [2, 'ftp://b/'],
      [4, 'http://d/'],
    ])
  })

  it('counts in the total', async () => {
    const source = await open([createList('http://a/\nhttp://b/\n')], { isSkipped: () => true })
    expect(await readAll(source)).toEqual([])
    expect(source.total).toBe(2)
  })

  it('may be known only when the list is read', async () => {
    let done = 0
    const source = await open([createList('http://a/\nhttp://b/\n')], { isSkipped: (id) => id <= done })
    await previewOf(source)
    done = 1
    expect(urls(await readAll(source))).toEqual(['http://b/'])
  })
})
