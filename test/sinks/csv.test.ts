import { parse } from 'csv-parse/sync'
import { describe, expect, it } from 'vitest'
import { escapeControls } from '../../src/core/printable.js'
import { recordFields } from '../../src/core/record.js'
import { seed, seededRandom } from '../support/random.js'
import { formatResults, makeFailure, makeResult, randomResult, unprintable } from './support.js'

describe('csv', () => {
  it('begins with a header row, also where there is no record', async () => {
    expect((await formatResults('csv', [])).text).toBe(`${recordFields.join(',')}\n`)
  })

  it('leaves null empty and writes booleans and numbers as they are', async () => {
    const fields = ['id', 'ok', 'status_code', 'fetch_ms'] as const
    const { text } = await formatResults('csv', [makeResult(), makeFailure({ id: 2 })], { fields })
    expect(text).toBe('id,ok,status_code,fetch_ms\n1,true,200,12.33\n2,false,,12.33\n')
  })

  it('has a column of what only some records have where it is asked for', async () => {
    const results = [makeResult(), makeResult({ id: 2, duplicate_of: 1 })]
    const { text } = await formatResults('csv', results, { fields: ['id', 'duplicate_of'] })
    expect(text).toBe('id,duplicate_of\n1,\n2,1\n')
    expect((await formatResults('csv', results)).lines[0]).toBe(recordFields.join(','))
  })

  it('quotes commas and quotes', async () => {
    const url = 'https://example.com/?a="1",2'
    const { lines } = await formatResults('csv', [makeResult({ url })], { fields: ['url', 'method'] })
    expect(lines[1]).toBe('"https://example.com/?a=""1"",2",GET')
  })

  it('has one line per record and no control character, whatever is in it, and reads back', async () => {
    const random = seededRandom(seed)
    const results = Array.from({ length: 1000 }, () => randomResult(random))
    const { text, lines } = await formatResults('csv', results)
    expect(lines.length).toBe(results.length + 1)
    expect(unprintable.test(text.replaceAll('\n', '')), `SEED=${seed}`).toBe(false)
    const expected = results.map((result) =>
      recordFields.map((field) => {
        const value = result[field]
        return value === null ? '' : escapeControls(typeof value === 'string' ? value : JSON.stringify(value))
      }),
    )
    expect(parseCsv(text), `SEED=${seed}`).toEqual([recordFields, ...expected])
  })

  it('has columns of parts of fields', async () => {
    const result = makeResult({ headers: { via: ['1', '2'] }, picked: new Map([['body.tags', '["a"]']]) })
    const { lines } = await formatResults('csv', [result], { fields: ['headers.via', 'body.tags', 'meta.x'] })
    expect(lines).toEqual(['headers.via,body.tags,meta.x', '"1, 2","[""a""]",'])
  })

  it('guards cells that a spreadsheet would take for formulas where that is asked for', async () => {
    const results = [makeResult({ content_type: '=HYPERLINK("http://x")' }), makeResult({ content_type: '-5' })]
    const fields = ['id', 'content_type', 'fetch_ms'] as const
    const guardedText = (await formatResults('csv', results, { fields, guardFormulas: true })).text
    expect(guardedText).toBe('id,content_type,fetch_ms\n1,"\'=HYPERLINK(""http://x"")",12.33\n1,-5,12.33\n')
    expect((await formatResults('csv', results, { fields })).lines[1]).toBe('1,"=HYPERLINK(""http://x"")",12.33')
  })

  it('has columns for the fields that were asked for', async () => {
    const results = [makeResult({ headers: { via: ['1', '2'] }, body: 'a\nb' }), makeResult({ id: 2 })]
    const { text } = await formatResults('csv', results, { optIns: ['headers', 'body'] })
    const [header, first, second] = parseCsv(text)
    expect(header).toEqual([...recordFields, 'headers', 'body'])
    expect(first?.slice(-2)).toEqual(['{"via":["1","2"]}', 'a\\u000ab'])
    expect(second?.slice(-2)).toEqual(['', ''])
  })

  it('has a column for each of the columns of the list, once they are known', async () => {
    let names: string[] = []
    const options = { metaNames: () => names }
    expect((await formatResults('csv', [], options)).text).toBe(`${recordFields.join(',')}\n`)
    names = ['id', 'First Name']
    const results = [makeResult({ meta: { json: '{"id":"007","First Name":"a\\n\\"b\\""}' } }), makeFailure({ id: 2 })]
    const [header, first, second] = parse((await formatResults('csv', results, options)).text)
    expect(header).toEqual([...recordFields, 'meta.id', 'meta.First Name'])
    expect(first?.slice(-2)).toEqual(['007', 'a\n"b"'])
    expect(second?.slice(-2)).toEqual(['', ''])
  })

  it('has what was in the list as it was there also where it is among chosen fields, and no control of a terminal', async () => {
    const meta = { json: JSON.stringify({ 'a\u001b': 'x\r\n"y"\n\t\u001b\u009b', b: { c: 'l\n2' } }) }
    const results = [makeResult({ meta, body: 'a\nb', headers: { via: 'c\td' } })]
    const fields = ['meta.b.c', 'body', 'headers.via', 'meta'] as const
    const chosen = parse((await formatResults('csv', results, { fields })).text)
    expect(chosen[1]?.slice(0, 3)).toEqual(['l\n2', 'a\\u000ab', 'c\\u0009d'])
    expect(chosen[1]?.at(-1)).toBe(escapeControls(meta.json))
    const columns = parse((await formatResults('csv', results, { metaNames: () => ['a\u001b'] })).text)
    expect(columns.map((row) => row.at(-1))).toEqual(['meta.a\\u001b', 'x\r\n"y"\n\t\\u001b\\u009b'])
  })

  it('has one column of JSON where a list has all kinds of data, and none where fields are chosen', async () => {
    const results = [makeResult({ meta: { json: '{"a":12345678901234567890}' } })]
    const options = { metaNames: () => null }
    const [header, row] = parse((await formatResults('csv', results, options)).text)
    expect([header?.at(-1), row?.at(-1)]).toEqual(['meta', '{"a":12345678901234567890}'])
    const chosen = await formatResults('csv', results, { ...options, fields: ['id', 'url'] })
    expect(chosen.lines[0]).toBe('id,url')
  })
})

/** RFC 4180 §2, with LF. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = []
  let row: string[] = []
  const cell = /(?:"((?:[^"]|"")*)"|([^",\n]*))([,\n])/y
  for (let match = cell.exec(text); match; match = cell.exec(text)) {
    row.push(match[1] === undefined ? (match[2] ?? '') : match[1].replaceAll('""', '"'))
    if (match[3] === ',') continue
    rows.push(row)
    row = []
  }
  return rows
}
