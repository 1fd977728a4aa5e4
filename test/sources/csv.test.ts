// Tables as lists: a request per row, with its other cells as data.

import { writeFileSync } from 'node:fs'
import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { csv } from '../../src/sources/csv.js'
import { seed } from '../support/random.js'
import {
  createList,
  createRandom,
  open,
  readAll,
  readRun,
  runsOf,
  tasksOf,
  template,
  templateOf,
  type ListedItem,
  type RowOptions,
} from './reading.js'

const metaOf = (item: ListedItem) => (item.kind === 'rejected' ? item.meta : (item.own?.meta ?? null))
const shown = (items: readonly ListedItem[]) =>
  items.map((item) => [item.id, item.url, item.kind === 'rejected' ? item.failure.code : metaOf(item)])

async function readCsv(text: string, options: RowOptions = {}) {
  return readAll(await open([createList(text, 'list.csv')], { template: templateOf(options) }))
}

describe('a csv list', () => {
  it('makes a task of each row, and meta of its other columns, as text', async () => {
    const items = await readCsv(
      '\ufeffid,url,"Full\nName",n\r\n007,https://a.test/1,"J ""X""\n😀",1e3\r\n\r\n#8,a.test/2,,',
    )
    expect(shown(items)).toEqual([
      [1, 'https://a.test/1', '{"id":"007","Full\\nName":"J \\"X\\"\\n😀","n":"1e3"}'],
      [2, 'a.test/2', '{"id":"#8","Full\\nName":"","n":""}'],
    ])
  })

  it('has no meta where there is no other column', async () => {
    const [item] = await readCsv('url\nhttps://a.test/1\n')
    expect(item?.kind === 'task' && item.own).toBeNull()
  })

  it('keeps the names that JavaScript would put elsewhere', async () => {
    const [item] = await readCsv('b,2,1,__proto__,url\nw,x,y,z,a.test\n')
    expect(item && metaOf(item)).toBe('{"b":"w","2":"x","1":"y","__proto__":"z"}')
  })

  it('makes URL and body of a row with templates', async () => {
    const [item] = await readCsv('id,name\n7,Jé\n', { url: 'https://a.test/{id}', body: '{"name": {name}}' })
    expect(item).toMatchObject({
      url: 'https://a.test/7',
      request: { method: 'POST', body: '{"name": "Jé"}' },
      own: { meta: '{"id":"7","name":"Jé"}' },
    })
  })

  it('rejects a row that is not as the header row, and never shifts its cells', async () => {
    const items = await readCsv('id,url\n1\n2,a.test,x\n3,"a"b\n4,a.test\n5,\n6,https://u:p@a.test/,x\n')
    expect(shown(items)).toEqual([
      [1, '', 'ROW_CELLS'],
      [2, '', 'ROW_CELLS'],
      [3, '', 'ROW_QUOTES'],
      [4, 'a.test', '{"id":"4"}'],
      [5, '', 'URL_EMPTY'],
      [6, 'https://u:***@a.test/', 'ROW_CELLS'],
    ])
    expect(items[0]).toMatchObject({
      failure: { type: 'invalid_request', message: 'the row has 1 cell, the header row 2' },
    })
  })

  it('rejects a row that is too long, or no UTF-8', async () => {
    const long = `1,"${'x'.repeat(2 ** 20)}"`
    const bytes = Buffer.concat([
      Buffer.from(`id,url\n${long}\n2,a.test/`),
      Buffer.from([0xff]),
      Buffer.from('\n3,a.test\n'),
    ])
    const items = await readAll(await open([createList(bytes, 'list.csv')]))
    expect(shown(items).map(([id, , code]) => [id, code])).toEqual([
      [1, 'ROW_TOO_LONG'],
      [2, 'INVALID_UTF8'],
      [3, '{"id":"3"}'],
    ])
    expect(items[0]?.url.length).toBeLessThan(300)
  })

  it('rejects a row whose value cannot stand in the URL, with its meta', async () => {
    const items = await readCsv('id\n..\n7\n', { url: 'https://a.test/{id}' })
    expect(items).toMatchObject([
      {
        kind: 'rejected',
        url: 'https://a.test/{id}',
        failure: { type: 'invalid_request', code: 'VALUE_UNFIT' },
        meta: '{"id":".."}',
      },
      { kind: 'task', url: 'https://a.test/7' },
    ])
  })

  it('does not go on where a quote is never closed', async () => {
    const list = createList('id,url\n1,a.test\n2,"a.test\n3,a.test\n', 'list.csv')
    await expect(readAll(await open([list]))).rejects.toThrow(
      expect.objectContaining({
        name: 'InputError',
        message: `${list}: a quote that opens in row 3 (the header row is 1) is never closed`,
      }),
    )
  })

  it('does not take rows for the text of one where text follows a closing quote 1 MiB later', async () => {
    const list = createList(`id,url\n1,a.test\n2,"a.test\n${'3,a.test\n'.repeat(150_000)}4,"a.test",x\n`, 'list.csv')
    await expect(readAll(await open([list]))).rejects.toThrow(
      `${list}: a quote that opens in row 3 (the header row is 1) has its end more than 1 MiB later, and text behind it`,
    )
  })

  it('is opened only with a header row that can be used', async () => {
    const good = createList('url\na.test\n', 'good.csv')
    const bad = createList('link,id\na.test,1\n', 'bad.csv')
    await expect(open([good, bad])).rejects.toThrow(/bad\.csv has no column "url": it has "link", "id"/)
    await expect(open([createList('url,"id"x\n', 'list.csv')])).rejects.toThrow(/the first row is no header row/)
    await expect(readAll(await open([createList('', 'empty.csv')]))).resolves.toEqual([])
  })

  it('has a header row of its own in every list, and ids that go on', async () => {
    const lists = [
      createList('url,a\na.test/1,x\n', 'a.csv'),
      createList('b;url\ny;a.test/2', 'b.tsv'),
      createList('a.test/3\n'),
    ]
    expect(shown(await readAll(await open(lists)))).toEqual([
      [1, 'a.test/1', '{"a":"x"}'],
      [2, 'a.test/2', '{"b":"y"}'],
      [3, 'a.test/3', null],
    ])
  })

  it('is known by its header row on standard input', async () => {
    const read = async (text: string, options: RowOptions = {}) =>
      shown(
        await readAll(await open(['-'], { stdin: Readable.from([Buffer.from(text)]), template: templateOf(options) })),
      )
    expect(await read('id,url\n1,a.test\n')).toEqual([[1, 'a.test', '{"id":"1"}']])
    expect(await read('id,x\n1,2\n', { url: 'https://a.test/{id}' })).toEqual([
      [1, 'https://a.test/1', '{"id":"1","x":"2"}'],
    ])
    expect(await read('a.test/?f=id,url\n')).toEqual([[1, 'a.test/?f=id,url', null]])
    await expect(read('link\na.test\n', { url: 'https://a.test/{id}' })).rejects.toThrow(
      /--url makes URLs of rows, but standard input is a list of URLs/,
    )
  })

  it('refuses --url for a list of lines before anything is read', async () => {
    const lists = [createList('id\n1\n', 'a.csv'), createList('a.test\n', 'b.txt')]
    await expect(open(lists, { template: templateOf({ url: 'https://a.test/{id}' }) })).rejects.toThrow(
      /b\.txt is a list of URLs/,
    )
  })

  it('previews and counts the rows that it gives, with the same identities', async () => {
    const text = 'id,url\n1,https://u:p@a.test/\n2\n3,"a"b\n\n4,a.test\n5,"x\ny"\n'
    for (const options of [{}, { url: 'https://a.test/{id}' }]) {
      const source = await open([createList(text, 'list.csv')], { template: templateOf(options) })
      const seen: unknown[] = []
      await source.preview((id, { url, meta }) => seen.push([id, url, meta]) > 0)
      const items = await readAll(source)
      expect(items.map((item) => [item.id, item.url, metaOf(item)])).toEqual(seen)
      const splitter = (await csv.load()).entries(template, 'list')
      expect([...splitter.push(Buffer.from(text), 0), ...splitter.end()]).toHaveLength(items.length)
    }
  })

  it('says which columns its records have, where all lists are tables', async () => {
    const [a, b] = [createList('url,a,b\n', 'a.csv'), createList('b,url,c\n', 'b.csv')]
    expect((await open([a, b])).metaNames()).toEqual(['a', 'b', 'c'])
    expect((await open([a, createList('', 'c.txt')])).metaNames()).toEqual(['a', 'b'])
    const piped = await open([a, '-'], { stdin: Readable.from([Buffer.from('url,z\na.test,1\n')]) })
    expect(piped.metaNames()).toBeNull()
    await readAll(piped)
    expect(piped.metaNames()).toEqual(['a', 'b', 'z'])
  })

  it(`gives the same tasks when their rows are read again, each at its place (SEED=${seed})`, async () => {
    const random = createRandom(seed)
    const values = ['7', '"a\n\n""b""\r\n"', '"é,😀"', '5" d', '" x"', 'x'.repeat(2000), ` ${'y'.repeat(9)} `]
    const bad = ['1', '"a"b', ',,,', `"${'z\n'.repeat(40_000)}"x`]
    for (const options of [{}, { url: 'https://a.test/{id}?{n}', body: 'n={n}' }]) {
      const row = (id: number) =>
        random(50) === 0 ? (bad[random(bad.length)] ?? '') : `${id},a.test/${id},${values[random(values.length)]}`
      const end = () => ['\n', '\n', '\r\n', '\n\r\n\n'][random(4)]
      const listed = Array.from({ length: 1000 }, (_, id) => `${row(id)}${end()}`).join('')
      const lists = [
        createList(`\ufeffid,url,n\r\n${listed}8,a.test,last`, 'a.csv'),
        createList(`n;"url";id\n"1";a.test;2\r\n`, 'b.csv'),
      ]
      const source = await open(lists, { template: templateOf(options) })
      const tasks = tasksOf(await readAll(source))
      expect(tasks.length).toBeGreaterThan(900)
      const runs = runsOf(source.store, tasks, 1 + random(40))
      expect(runs.every(({ list }) => list >= 0)).toBe(true)
      const again = await Promise.all(runs.map((run) => readRun(source.store, run, 1 + random(30))))
      expect(again.flat()).toEqual(tasks)
      await source.store.close()
    }
  })

  it.each([
    ['a quote opens that is never closed', '1,a.test/1\n2,"a.test2\n'],
    ['text follows a closing quote', '1,a.test/1\n2,"a".te/2\n'],
    ['a row is two', '1,a.test/1\n2,a.te\n,/2\n'],
    ['two rows are one', '1,"a.test/\n2,a.test/"\n'],
    ['a row is longer', '1,a.test/1\n2,a.test/22'],
    ['a row has other cells', '1,a.test/1\n2,a,test/2\n'],
  ])('is found to have changed where %s', async (_how, now) => {
    const before = '1,a.test/1\n2,a.test/2\n'
    const path = createList(`id,url\n${before}`, 'list.csv')
    const source = await open([path])
    const tasks = tasksOf(await readAll(source))
    const [run] = runsOf(source.store, tasks)
    if (run === undefined) throw new Error('no run')
    writeFileSync(path, `id,url\n${before}`)
    expect(await readRun(source.store, run, 2)).toEqual(tasks)
    expect(now).toHaveLength(before.length)
    writeFileSync(path, `id,url\n${now}`)
    await expect(readRun(source.store, run, 2)).rejects.toThrow(
      `cannot read ${path} again: it was changed during the run`,
    )
    await source.store.close()
  })

  it('from a pipe keeps its tasks elsewhere', async () => {
    const source = await open(['-'], { stdin: Readable.from([Buffer.from('id,url\n1,a.test\n2,b.test\n')]) })
    const tasks = tasksOf(await readAll(source))
    const [run] = runsOf(source.store, tasks)
    expect(run).toMatchObject({ list: -1, count: 2 })
    expect(run && (await readRun(source.store, run, 2))).toEqual(tasks)
    await source.store.close()
  })
})
