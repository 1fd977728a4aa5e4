// Lines of JSON become tasks, or are rejected; none is lost, and each can be read again.

import { statSync } from 'node:fs'
import { describe, expect, it, onTestFinished } from 'vitest'
import { jsonl } from '../../src/sources/jsonl.js'
import { ListReader } from '../../src/sources/list-reader.js'
import { type Random, seed, seededRandom } from '../support/random.js'
import {
  codes,
  createList,
  createRandom,
  cutAtRandom,
  type ListedItem,
  open,
  readAll,
  readChunks,
  readRun,
  runsOf,
  tasksOf,
  template,
  urls,
} from './reading.js'

const post = (n: number, body = 'x') => JSON.stringify({ url: `http://a/${n}`, body, meta: { n } })

describe('a list of JSON lines', () => {
  it('is known by its extension, and else by its first line', async () => {
    const text = '{"url":"http://a/"}\n'
    for (const name of ['x.jsonl', 'x.NDJSON', 'x', 'x.list.log']) {
      expect(urls(await readAll(await open([createList(text, name)])))).toEqual(['http://a/'])
    }
    expect(urls(await readChunks([` \n${text}`]))).toEqual(['http://a/'])
    expect(codes(await readAll(await open([createList(text, 'x.txt')])))).toEqual(['URL_INVALID'])
  })

  it('has lines with LF, CRLF and CR, a BOM, blank lines and comments', async () => {
    const items = await readChunks(['\ufeff\n{"url":"a/1"}\r\n# note\r\n\r\n {"url":"a/2"} \r{"url":"a/3"}'])
    expect(items.map(({ id, url }) => [id, url])).toEqual([
      [1, 'a/1'],
      [2, 'a/2'],
      [3, 'a/3'],
    ])
  })

  it('gives requests with bodies and data', async () => {
    const [task] = tasksOf(await readChunks([post(1)]))
    expect(task).toMatchObject({
      url: 'http://a/1',
      method: 'POST',
      request: { method: 'POST', body: 'x' },
      own: { meta: '{"n":1}' },
    })
  })

  it('has a record for a line that is none, and goes on', async () => {
    const items = await readChunks(['{"url":"a/1"}\n{"url":\nhttp://b/\n{"url":"ftp://c","meta":3}\n{"url":"a/4"}'])
    expect(codes(items)).toEqual(['task', 'JSON_SYNTAX', 'JSON_SYNTAX', 'URL_SCHEME', 'task'])
    expect(items[3]).toMatchObject({ url: 'ftp://c', meta: '3' })
    expect(items[2]).toMatchObject({ url: 'http://b/' })
  })

  it('may have lines of 1 MiB, and none that is longer', async () => {
    const line = (bytes: number) => {
      const empty = JSON.stringify({ url: 'http://a/', body: '' })
      return empty.replace('""', `"${'x'.repeat(bytes - empty.length)}"`)
    }
    const items = await readChunks([`${line(1_048_576)}\n`, `${line(1_048_577)}\n`, line(70_000)])
    expect(codes(items)).toEqual(['task', 'LINE_TOO_LONG', 'task'])
    expect(items[1]).toMatchObject({ url: 'http://a/', failure: { type: 'invalid_request' } })
  })

  it('rejects a line that is not UTF-8, and shows its URL', async () => {
    const items = await readChunks([Buffer.from('{"url":"http://a/","body":"\xff"}\n', 'latin1'), '{"url":"b"}'])
    expect(codes(items)).toEqual(['INVALID_UTF8', 'task'])
    expect(items[0]?.url).toBe('http://a/')
  })

  it('knows its total, and what tells its lines apart', async () => {
    const path = createList(
      `${post(1)}\n{"url":"b","x":1,"meta":2}\n{"url":"d","method":"delete"}\n{"url":"e","method":"a b"}\nbad\n{"url":"u:p@c"}\n`,
      'x.jsonl',
    )
    const source = await open([path], { countTotal: true })
    const seen: unknown[] = []
    await source.preview((_id, { url, meta, method }) => seen.push([url, meta, method]) > 0)
    expect(seen).toEqual([
      ['http://a/1', '{"n":1}', null],
      ['b', '2', null],
      ['d', null, 'DELETE'],
      ['e', null, null],
      ['bad', null, null],
      ['u:***@c', null, null],
    ])
    const items = await readAll(source)
    expect(urls(items)).toEqual(['http://a/1', 'b', 'd', 'e', 'bad', 'u:***@c'])
    expect(source.total).toBe(6)
  })
})

describe('any list of JSON lines', () => {
  it('gives one item for each line, however it is cut, and the same when it is read again', async () => {
    const random = seededRandom(seed)
    for (let round = 0; round < 25; round++) {
      const lines = Array.from({ length: 1 + random.below(40) }, () => randomLine(random))
      const separators = lines.map(() => random.pick(['\n', '\r\n', '\r', '\n\n', '\n# note\n']))
      const bytes = Buffer.from(lines.map((line, index) => line + separators[index]).join(''))
      const path = createList(bytes, 'x.jsonl')
      const items = await readAll(await open([path]))
      const what = `SEED=${seed} round ${round}`
      expect(items.length, what).toBe(lines.length)
      expect(items.map(({ id }) => id)).toEqual(lines.map((_, index) => index + 1))
      const chunks = cutAtRandom(bytes, createRandom(seed + round))
      expect((await readChunks(chunks)).map(shape), what).toEqual(items.map(shape))
      await readAgain(path, items, random, what)
    }
  })
})

/** An item without its place. */
function shape(item: ListedItem): object {
  return item.kind === 'task' ? { ...item, list: -1, start: 0, end: 0 } : item
}

async function readAgain(path: string, items: readonly ListedItem[], random: Random, what: string): Promise<void> {
  const first = { path, name: 'the list', file: statSync(path), format: jsonl }
  const lists = new ListReader((list) => (list === 0 ? first : undefined), { template, wallNow: () => 1000 })
  onTestFinished(() => lists.close())
  const tasks = tasksOf(items)
  const source = await open([path], { maxSpillBytes: 2 ** 26 })
  await readAll(source)
  const read: unknown[] = []
  for (const run of runsOf(source.store, tasks)) {
    const most = 1 + random.below(5)
    const rest = await readRun(source.store, run, most)
    read.push(...rest)
    expect(await lists.read(run, 1), what).toEqual(rest.slice(0, 1))
  }
  expect(read, what).toEqual(tasks)
  await source.store.close()
  // And out of a temporary file.
  const spilled = tasks.map((task) => ({ ...task, list: -1, start: 0, end: 0 }))
  const other = await open(['-'], {})
  for (const run of runsOf(other.store, spilled)) {
    expect(await readRun(other.store, run, 3), what).toEqual(spilled.slice(0, run.count))
  }
  await other.store.close()
}

function randomLine(random: Random): string {
  const long = random.below(10) === 0 ? 'long '.repeat(random.below(40_000)) : ''
  const value = () => random.pick<unknown>([1, 'é😀\\"', null, [true, { a: '}' }], `${long}x`, { b: long }])
  const members: Record<string, unknown> = {
    url: random.pick(['http://a.test/x', 'a.test/é', 'http://u:p@a.test/', 'ftp://x', '', 7]),
    ...(random.below(3) === 0 && { method: random.pick(['PUT', 'get', 'NO GOOD', 3]) }),
    ...(random.below(3) === 0 && {
      headers: random.pick<unknown>([{ 'X-A': 'é' }, { a: ['1', '2'] }, { 'b d': '' }, 1]),
    }),
    ...(random.below(2) === 0 && { body: value() }),
    ...(random.below(8) === 0 && { body_base64: Buffer.from(long || 'é').toString('base64') }),
    ...(random.below(2) === 0 && { meta: value() }),
    ...(random.below(6) === 0 && { timeout: random.pick(['1s', '500ms', 1]) }),
    ...(random.below(6) === 0 && { retries: random.pick([0, 3, -1]) }),
    ...(random.below(20) === 0 && { other: 1 }),
  }
  const line = JSON.stringify(members)
  const at = random.below(line.length)
  return random.below(8) === 0 ? `{${line.slice(1, at)}${random.pick(['"', 'x', '}', ''])}${line.slice(at + 1)}` : line
}
