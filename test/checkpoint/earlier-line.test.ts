import { describe, expect, it } from 'vitest'
import { type Asked, keyOf, noKey, readEarlierLine, readKey } from '../../src/checkpoint/earlier-line.js'
import { failed, line, urlOf } from './outputs.js'

function of(text: string): { readonly key: string | null; readonly line: ReturnType<typeof readEarlierLine> } {
  const bytes = Buffer.from(`before${text.trimEnd()}behind`)
  const [start, end] = [6, bytes.length - 6]
  return { key: readKey(bytes, start, end), line: readEarlierLine(bytes, start, end) }
}

const asked = (changes: Partial<Asked> = {}): string => keyOf({ method: 'GET', url: urlOf(1), meta: null, ...changes })

describe('a line of an earlier output', () => {
  it('is known by method and URL', () => {
    expect(of(line(1)).key).toBe(asked())
    expect(of(line(1, { method: 'HEAD' })).key).toBe(asked({ method: 'HEAD' }))
    expect(asked()).not.toBe(asked({ url: urlOf(2) }))
  })

  it("is known by the caller's data as well, however that is written", () => {
    const meta = { json: '{"a": 1e2 , "b":"\\u00e4"}' }
    const written = of(line(1, { meta }))
    expect(written.key).toBe(asked({ meta: '{"a":100,"b":"ä"}' }))
    expect(written.line?.key).toBe(written.key)
    expect(written.key).not.toBe(asked())
    expect(asked({ meta: 'null' })).toBe(asked())
  })

  it.each([
    ['9007199254740992', '9007199254740993'],
    ['1e400', 'null'],
    ['1e-400', '0'],
    ['[0.1234567890123456781]', '[0.1234567890123456782]'],
  ])('is told apart by data that floating point takes for the same: %s, %s', (one, other) => {
    const [first, second] = [one, other].map((value) => of(line(1, { meta: { json: `{"id":${value}}` } })))
    expect(first?.key).not.toBe(second?.key)
    expect([first?.key, first?.line?.key]).toEqual([asked({ meta: `{ "id":${one}}` }), first?.key])
  })

  it.each(['http://host.example/ä"\\', 'http://host.example/\u0000x', 'http://host.example/日本'])(
    'has the same key whichever way it is read: %j',
    (url) => {
      const written = of(line(1, { url }))
      expect([written.key, written.line?.key]).toEqual([asked({ url }), asked({ url })])
    },
  )

  it('tells what is compared, and null of what it does not say', () => {
    const hash = 'a'.repeat(64)
    const text = line(1, { body_bytes: 7 }).replace('}\n', `,"etag":"\\"1\\"","sha256":"${hash}"}`)
    expect(of(text).line?.record).toMatchObject({
      ok: true,
      status_code: 200,
      final_url: urlOf(1),
      body_bytes: 7,
      etag: '"1"',
      sha256: hash,
      last_modified: null,
      file: null,
      isDuplicate: false,
    })
    expect(of(line(1, { duplicate_of: 3 })).line?.record.isDuplicate).toBe(true)
  })

  it('needs no more than the fields that are compared', () => {
    const few = '{"url":"u","method":"GET","ok":false,"status_code":404,"error_type":"http_status"}'
    expect(of(few)).toMatchObject({ key: 'GET u', line: { record: { ok: false, status_code: 404, final_url: null } } })
  })

  it('says nothing where the end of the run cut it off', () => {
    expect(of(failed(1, 'aborted'))).toEqual({ key: noKey, line: null })
  })

  it.each([
    '',
    'garbage',
    '[]',
    'null',
    '{"url":"u","method":"GET"}',
    '{"url":1,"method":"GET","ok":true}',
    '{"v":2,"url":"u","method":"GET","ok":true}',
    '{"url":"u","method":"GET","ok":false,"error_type":"toString"}',
    line(1).slice(0, -20),
  ])('is none where it is no whole record: %s', (text) => {
    expect(of(text)).toEqual({ key: null, line: null })
  })
})
