// Lines of JSON as rows: their members stand for the placeholders of the run's templates.

import { describe, expect, it } from 'vitest'
import { createList, open, readAll, readRun, type RowOptions, runsOf, tasksOf, templateOf } from './reading.js'

const openJsonl = (text: string, options: RowOptions) =>
  open([createList(text, 'list.jsonl')], { template: templateOf(options) })

describe('a jsonl list with --url', () => {
  const options = { url: 'https://a.test/{user.id}', body: '{"id": {user.id}, "tags": {tags}}' }

  it('takes any object for a row: its members are the values, and it is the meta', async () => {
    const text =
      '{"user": {"id": 12345678901234567890}, "tags": ["a", 1.0]}\n{"user":{"id":"a/b"},"tags":null,"url":"x"}\n'
    expect(await readAll(await openJsonl(text, options))).toMatchObject([
      {
        url: 'https://a.test/12345678901234567890',
        request: { body: '{"id": 12345678901234567890, "tags": ["a",1.0]}' },
        own: { meta: '{"user":{"id":12345678901234567890},"tags":["a",1.0]}' },
      },
      {
        url: 'https://a.test/a%2Fb',
        request: { body: '{"id": "a/b", "tags": null}' },
        own: { meta: '{"user":{"id":"a/b"},"tags":null,"url":"x"}' },
      },
    ])
  })

  it('rejects what is no object, and a line without a value that is wanted', async () => {
    const text = `[1]\n{"x"\n{"user":{"id":1}}\n{"tags":1}\n{"a":"${'x'.repeat(2 ** 20)}"}\n`
    const items = await readAll(await openJsonl(text, options))
    const codes = items.map((item) => (item.kind === 'rejected' ? [item.failure.code, item.url] : item.url))
    expect(codes).toEqual([
      ['NOT_AN_OBJECT', 'https://a.test/{user.id}'],
      ['JSON_SYNTAX', 'https://a.test/{user.id}'],
      ['VALUE_MISSING', 'https://a.test/1'],
      ['VALUE_MISSING', 'https://a.test/{user.id}'],
      ['LINE_TOO_LONG', 'https://a.test/{user.id}'],
    ])
    expect(items[3]).toMatchObject({ meta: '{"tags":1}', failure: { message: 'the row has no "user.id"' } })
  })

  it('previews what it gives, and reads its rows again', async () => {
    const text = Array.from({ length: 20 }, (_, id) => `{"user":{"id":${id || '""'}}, "tags": [${id}]}\n`).join('')
    const source = await openJsonl(text, options)
    const seen: unknown[] = []
    await source.preview((id, { url, meta }) => seen.push([id, url, meta]) > 0)
    const items = await readAll(source)
    const metaOf = (item: (typeof items)[number]) => (item.kind === 'rejected' ? item.meta : item.own?.meta)
    expect(items.map((item) => [item.id, item.url, metaOf(item)])).toEqual(seen)
    const tasks = tasksOf(items)
    expect(tasks).toHaveLength(19)
    for (const run of runsOf(source.store, tasks)) expect(await readRun(source.store, run, 5)).toEqual(tasks)
    await source.store.close()
  })
})

describe('a jsonl list without --url', () => {
  it('fills headers and body with what is in the meta of a line', async () => {
    const text =
      '{"url":"a.test/1","meta":{"id":7,"name":"J \\"X\\""}}\n{"url":"a.test/2","meta":{"id":7}}\n{"url":"a.test/3"}\n'
    const options = { headers: [['X-Row', '{id}']] as const, body: '{"name": "{name}"}' }
    expect(await readAll(await openJsonl(text, options))).toMatchObject([
      {
        request: { headers: [['X-Row', '7']], body: '{"name": "J \\"X\\""}' },
        own: { meta: '{"id":7,"name":"J \\"X\\""}' },
      },
      { kind: 'rejected', url: 'a.test/2', failure: { code: 'VALUE_MISSING', message: 'the row has no "name"' } },
      { kind: 'rejected', url: 'a.test/3', failure: { code: 'VALUE_MISSING' } },
    ])
  })

  it('wants no values for a body that the line has in its own', async () => {
    const text = '{"url":"a.test/1","body":"x","meta":{"id":7}}\n'
    const options = { headers: [['X-Row', '{id}']] as const, body: '{"name": {name}}' }
    expect(await readAll(await openJsonl(text, options))).toMatchObject([
      { request: { headers: [['X-Row', '7']], body: 'x' } },
    ])
  })
})
