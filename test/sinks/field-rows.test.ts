import { describe, expect, it } from 'vitest'
import { makeFailure, makeResult, tableRows, terminalOf } from './support.js'

describe('table rows of chosen fields', () => {
  it('has one column per field in the order of the choice, numbers at the right', async () => {
    const results = [makeResult({ fetch_ms: 5.25 }), makeFailure({ id: 20, url: 'http://a.example/' })]
    const fields = ['id', 'url', 'status_code', 'fetch_ms'] as const
    expect(await tableRows(results, { fields })).toEqual([
      '     id  url                                       status_code  fetch_ms',
      '      1  https://www.example.com/                          200      5.25',
      '     20  http://a.example/                                   -     12.33',
    ])
  })

  it('has a dash where a record does not have the field', async () => {
    const results = [makeResult(), makeResult({ id: 2, duplicate_of: 1 })]
    expect(await tableRows(results, { fields: ['duplicate_of', 'id'] })).toEqual([
      'duplicate_of       id',
      '           -        1',
      '           1        2',
    ])
  })

  it('gives URLs the room that a terminal has', async () => {
    const url = `https://example.com/${'x'.repeat(100)}`
    const [, row] = await tableRows([makeResult({ url })], { fields: ['status_code', 'url'], ...terminalOf(80) })
    expect(row).toMatch(/^ {8}200 {2}https:\/\/example\.com\/…x+$/)
    expect(row?.length).toBe(80)
  })

  it('shortens nothing elsewhere than on a terminal', async () => {
    const url = `https://example.com/${'x'.repeat(100)}`
    const [, row] = await tableRows([makeResult({ url })], { fields: ['url', 'method'] })
    expect(row).toBe(`${url}  GET`)
  })

  it('has a column for a part of a field, at the left', async () => {
    const result = makeResult({ headers: { etag: 'x' }, picked: new Map([['body.items.length', '3']]) })
    expect(await tableRows([result], { fields: ['headers.etag', 'body.items.length', 'id'] })).toEqual([
      'headers.etag  body.items.length       id',
      'x             3                        1',
    ])
  })
})
