// Lists one after the other: ids, totals, streaming, and the end of it all.

import { getEventListeners } from 'node:events'
import { appendFileSync } from 'node:fs'
import { PassThrough, Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { UsageError } from '../../src/core/errors.js'
import { sourceFormatNames, sourceFormats } from '../../src/sources/index.js'
import { createList, createRandom, cutAtRandom, open, readAll, readChunks, urls, itemsOf, template } from './reading.js'

describe('lists', () => {
  it('follow each other, and ids go on', async () => {
    const first = createList('http://a/\nhttp://b/')
    const second = createList('\n#\nftp://c/\n')
    const source = await open([first, second, '-', createList(''), first], { stdin: Readable.from(['http://d/\n']) })
    const items = await readAll(source)
    expect(items.map(({ id }) => id)).toEqual([1, 2, 3, 4, 5, 6])
    expect(urls(items)).toEqual(['http://a/', 'http://b/', 'ftp://c/', 'http://d/', 'http://a/', 'http://b/'])
  })

  it('do not open standard input before its turn comes', async () => {
    let isOpen = false
    const stdin = () => {
      isOpen = true
      return Readable.from(['http://b/\n'])
    }
    const source = await open([createList('http://a/\n'), '-'], { stdin })
    const seen: [id: number, isOpen: boolean][] = []
    for await (const { id } of itemsOf(source)) seen.push([id, isOpen])
    expect(seen).toEqual([
      [1, false],
      [2, true],
    ])
  })

  it('of zero bytes are no error', async () => {
    const source = await open([createList(''), createList('')])
    expect(await readAll(source)).toEqual([])
    expect(source.total).toBe(0)
  })

  it('may be many more than files may be open', async () => {
    const path = createList('http://a/\n')
    const items = await readAll(await open(Array.from({ length: 1500 }, () => path)))
    expect(items).toHaveLength(1500)
  })

  it('hold what their lines were when they were read, and when that was', async () => {
    let now = 0
    const items = await readAll(await open([createList('a\nb\nftp://c')], { wallNow: () => ++now }))
    expect(items.map(({ readAt }) => readAt)).toEqual([1, 2, 3])
  })
})

describe('streaming', () => {
  it('gives each line of standard input when it comes', async () => {
    const stdin = new PassThrough()
    const iterator = itemsOf(await open(['-'], { stdin }))
    for (const [bytes, url] of [
      ['http://a/\nhttp', 'http://a/'],
      ['://b/\r', 'http://b/'],
      ['\nhttp://c/\n', 'http://c/'],
    ]) {
      stdin.write(bytes)
      expect((await iterator.next()).value).toMatchObject({ url })
    }
    stdin.end('http://d/')
    expect((await iterator.next()).value).toMatchObject({ url: 'http://d/' })
    expect((await iterator.next()).done).toBe(true)
  })

  it('reads no further ahead than its buffers hold', async () => {
    let sent = 0
    function* chunks(): Generator<Buffer> {
      for (; sent < 1000; sent++) yield Buffer.from('http://a/\n'.repeat(1000))
    }
    const iterator = itemsOf(await open(['-'], { stdin: Readable.from(chunks(), { objectMode: false }) }))
    await iterator.next()
    for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve))
    expect(sent).toBeLessThan(50)
    await iterator.return(undefined)
  })

  it('is destroyed with the iteration, and takes standard input with it', async () => {
    const stdin = new PassThrough()
    stdin.write('http://a/\nhttp://b/\n')
    for await (const item of itemsOf(await open(['-'], { stdin }))) {
      expect(item.id).toBe(1)
      break
    }
    expect(stdin.destroyed).toBe(true)
  })
})

describe('the signal', () => {
  it('ends a read of an idle standard input at once', async () => {
    const stdin = new PassThrough()
    const ending = new AbortController()
    const next = itemsOf(await open(['-'], { stdin, signal: ending.signal })).next()
    ending.abort()
    expect(await next).toEqual({ done: true, value: undefined })
    expect(stdin.destroyed).toBe(true)
  })

  it('ends the list after the batch under way, and leaves no piece of a line', async () => {
    const stdin = new PassThrough()
    stdin.write('http://a/\nhttp://b/\nhttp://c')
    const ending = new AbortController()
    const batches = (await open(['-'], { stdin, signal: ending.signal }))[Symbol.asyncIterator]()
    await batches.next()
    ending.abort()
    expect(await batches.next()).toEqual({ done: true, value: undefined })
    expect(stdin.destroyed).toBe(true)

    const piece = new PassThrough()
    piece.write('http://a/\nhttp://c')
    const otherEnding = new AbortController()
    const other = itemsOf(await open(['-'], { stdin: piece, signal: otherEnding.signal }))
    await other.next()
    const last = other.next()
    otherEnding.abort()
    expect(await last).toEqual({ done: true, value: undefined })
  })

  it('that was aborted before makes it empty', async () => {
    const source = await open([createList('http://a/\n')], { signal: AbortSignal.abort(), countTotal: true })
    expect(await readAll(source)).toEqual([])
    expect(source.total).toBeUndefined()
  })

  it('is left without a listener', async () => {
    const ending = new AbortController()
    await readAll(await open([createList('http://a/\n'), createList('http://b/\n')], { signal: ending.signal }))
    expect(getEventListeners(ending.signal, 'abort')).toEqual([])
  })
})

describe('the total', () => {
  it('is known when everything was read, and not before', async () => {
    const source = await open(['-'], { stdin: Readable.from(['a\n#\nb\n\nftp://c']), countTotal: true })
    const iterator = itemsOf(source)
    await iterator.next()
    expect(source.total).toBeUndefined()
    while ((await iterator.next()).done !== true);
    expect(source.total).toBe(3)
  })

  it('of regular files is counted while the first of them is read', async () => {
    const source = await open([createList('a\n#\nb\n'), createList('\ufeff\nftp://c')], { countTotal: true })
    const iterator = itemsOf(source)
    await iterator.next()
    await expect.poll(() => source.total).toBe(3)
    expect((await iterator.next()).value).toMatchObject({ id: 2 })
    await iterator.return(undefined)
  })

  it('is in the end what was read, though a list grew since it was counted', async () => {
    const growing = createList('c\n')
    const source = await open([createList('a\nb\n'), growing], { countTotal: true })
    const iterator = itemsOf(source)
    await iterator.next()
    await expect.poll(() => source.total).toBe(3)
    appendFileSync(growing, 'd\n')
    while ((await iterator.next()).done !== true);
    expect(source.total).toBe(4)
  })

  it('is not counted where nobody asked', async () => {
    const source = await open([createList('a\nb\n')])
    const iterator = itemsOf(source)
    await iterator.next()
    for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve))
    expect(source.total).toBeUndefined()
    await iterator.return(undefined)
  })

  it('counted is the number of items read, for random bytes in random pieces', async () => {
    const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31))
    const random = createRandom(seed)
    const alphabet = Buffer.from([...Buffer.from(' \t\r\r\n\n##ab./:@\0é'), 0xff, 0xfe, 0xef, 0xbb, 0xbf])
    for (let round = 0; round < 150; round++) {
      const noise = Array.from({ length: random(300) }, () => alphabet[random(alphabet.length)] ?? 0)
      // Not the beginning of UTF-16.
      const bytes = Buffer.from([0x61, 0x62, ...noise])
      const items = await readChunks(cutAtRandom(bytes, random))
      const splitter = sourceFormats.lines.entries(template, 'list')
      let counted = 0
      for (const chunk of cutAtRandom(bytes, random)) counted += [...splitter.push(chunk, 0)].length
      counted += [...splitter.end()].length
      expect(items.length, `SEED=${seed}, round ${round}`).toBe(counted)
      expect(items.at(-1)?.id ?? 0).toBe(counted)
    }
  })
})

describe('the registry', () => {
  it('gives the names and a line of help for each', () => {
    expect(sourceFormatNames).toEqual(['auto', ...Object.keys(sourceFormats)])
    for (const { help } of Object.values(sourceFormats)) expect(help).toMatch(/^[^\n]{10,80}$/)
  })

  it('has no extension twice', () => {
    const extensions = Object.values(sourceFormats).flatMap((format) => format.extensions)
    expect(new Set(extensions).size).toBe(extensions.length)
  })

  it('reads a list in the format that was asked for, and refuses one that it does not have', async () => {
    expect(await readAll(await open([createList('{"url":1}\n')], { format: 'lines' }))).toHaveLength(1)
    await expect(open([createList('')], { format: 'toString' })).rejects.toThrow(UsageError)
    await expect(open([createList('')], { format: 'xml' })).rejects.toThrow(
      '--input-format must be auto, lines, jsonl, csv, got "xml"',
    )
  })
})
