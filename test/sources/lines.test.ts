// Lines become tasks, or are rejected; none is lost.

import { Readable } from 'node:stream'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { codes, createList, itemsOf, open, readAll, readChunks, tasksOf, urls } from './reading.js'

describe('lines', () => {
  it('become tasks with ids from 1, blank lines and comments taking none', async () => {
    const items = await readChunks(['\n# list\nhttp://a/\n\n  http://b/x  \r\n#\nc.example'])
    expect(items.map(({ id, url, kind, readAt }) => ({ id, url, kind, readAt }))).toEqual([
      { id: 1, url: 'http://a/', kind: 'task', readAt: 1000 },
      { id: 2, url: 'http://b/x', kind: 'task', readAt: 1000 },
      { id: 3, url: 'c.example', kind: 'task', readAt: 1000 },
    ])
  })

  it('that are no URL are rejected, and the rest runs', async () => {
    const items = await readChunks(['http://a/\nftp://b/\nhttp://[/\nhttp://c/\n'])
    expect(items.map(({ id }) => id)).toEqual([1, 2, 3, 4])
    expect(codes(items)).toEqual(['task', 'URL_SCHEME', 'URL_INVALID', 'task'])
  })

  it('over 64 KiB are rejected with the beginning of their text', async () => {
    const long = `http://a/${'x'.repeat(70_000)}`
    const items = await readChunks(['http://a/\n', long.slice(0, 40_000), long.slice(40_000), '\nhttp://b/'])
    expect(codes(items)).toEqual(['task', 'LINE_TOO_LONG', 'task'])
    expect(items[1]).toMatchObject({ id: 2, method: 'GET', failure: { type: 'invalid_url' } })
    expect(items[1]?.url).toMatch(/^http:\/\/a\/x{200,300}…$/)
  })

  it('of 64 KiB are tasks', async () => {
    const url = `http://a/${'x'.repeat(65_536 - 9)}`
    expect(urls(await readChunks([url]))).toEqual([url])
  })

  it('with invalid UTF-8 are rejected alone, shown with replacement characters', async () => {
    const bad = Buffer.from(
      'http://a/\nhttp://b/\xff\xfe\nhttp://ü/\nhttp://c/\xe2\x82\nhttp://d/\xed\xa0\x80',
      'latin1',
    )
    const items = await readChunks([Buffer.concat([bad, Buffer.from('\nhttp://e/ü\ufffd')])])
    expect(codes(items)).toEqual(['task', 'INVALID_UTF8', 'INVALID_UTF8', 'INVALID_UTF8', 'INVALID_UTF8', 'task'])
    expect(items[1]).toMatchObject({ url: 'http://b/\ufffd\ufffd', failure: { type: 'invalid_url' } })
    expect(items[5]?.url).toBe('http://e/ü\ufffd')
  })

  it('with invalid UTF-8 that are long are cut', async () => {
    const [item] = await readChunks([Buffer.from(`http://a/${'\xff'.repeat(10_000)}`, 'latin1')])
    expect(item).toMatchObject({ kind: 'rejected', failure: { code: 'INVALID_UTF8' } })
    expect(item?.url.length).toBeLessThan(300)
  })

  it('that are cut never show a password, though its end is cut off', async () => {
    const [item] = await readChunks([`http://user:${'secret'.repeat(100)}@a/${'x'.repeat(70_000)}`])
    expect(item?.url).toMatch(/^http:\/\/user:\*\*\*@a\/x+…$/)
  })

  it('with characters of many bytes survive a cut between any two bytes', async () => {
    const bytes = Buffer.from('http://münchen.example/€/😀\nhttp://b/')
    for (let at = 0; at <= bytes.length; at++) {
      expect(urls(await readChunks([bytes.subarray(0, at), bytes.subarray(at)]))).toEqual([
        'http://münchen.example/€/😀',
        'http://b/',
      ])
    }
  })
})

describe('places', () => {
  it('are the bytes of a line in its file, the BOM counted, and which of the lists it is', async () => {
    const first = Buffer.from('\ufeff\r\n  http://a/é \r#\rhttp://b/')
    const second = Buffer.from('\n\n\thttp://c/\n')
    // The format of the first is chosen by its name, that of the second by its first line.
    const operands = [createList(first), createList(second, 'second'), createList(first)]
    const tasks = tasksOf(await readAll(await open(operands)))
    const lists = [first, second, first]
    expect(tasks.map(({ list }) => list)).toEqual([0, 0, 1, 2, 2])
    for (const { list, start, end, url } of tasks) expect(lists[list]?.toString('utf8', start, end)).toBe(url)
  })

  it('are none where the list cannot be read again', async () => {
    const items = tasksOf(await readChunks(['http://a/\nhttp://b/']))
    expect(items.map(({ list, start, end }) => [list, start, end])).toEqual([
      [-1, 0, 0],
      [-1, 0, 0],
    ])
  })
})

describe('memory', () => {
  const megabytes = 50
  const cases = { 'one line': 'x', 'one comment': '#', 'one blank line': ' ' }

  for (const [what, character] of Object.entries(cases)) {
    it(`stays flat while ${what} of ${megabytes} MB is read`, async () => {
      const chunk = Buffer.alloc(65_536, character)
      function* chunks(): Generator<Buffer> {
        for (let sent = 0; sent < megabytes * 16; sent++) yield chunk
        yield Buffer.from('\nhttp://a/\n')
      }
      const before = process.memoryUsage()
      const items = await readAll(await open(['-'], { stdin: Readable.from(chunks(), { objectMode: false }) }))
      const after = process.memoryUsage()
      expect(items.at(-1)?.url).toBe('http://a/')
      expect(items).toHaveLength(character === 'x' ? 2 : 1)
      // Kept whole, it would be 50 MB at least.
      expect(after.heapUsed + after.external - before.heapUsed - before.external).toBeLessThan(20_000_000)
    })
  }

  it('does not keep the text of the lines around a task', async () => {
    const filler = `${'http://filler.example/'.padEnd(500, 'x')}\n`
    function* chunks(): Generator<Buffer> {
      for (let sent = 0; sent < 400; sent++)
        yield Buffer.from(`http://kept.example/${sent}/and/more\n${filler.repeat(130)}`)
    }
    setFlagsFromString('--expose-gc')
    const collectGarbage: unknown = runInNewContext('gc')
    if (typeof collectGarbage !== 'function') throw new TypeError('no gc')
    const kept: unknown[] = []
    collectGarbage()
    const before = process.memoryUsage().heapUsed
    for await (const item of itemsOf(await open(['-'], { stdin: Readable.from(chunks()) }))) {
      if (item.id % 131 === 1) kept.push(item)
    }
    collectGarbage()
    expect(kept).toHaveLength(400)
    // 400 chunks of 65 KB are 26 MB.
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(10_000_000)
  })
})
