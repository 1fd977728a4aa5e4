import { describe, expect, it } from 'vitest'
import { recordFields } from '../../src/core/record.js'
import { recordSchema } from '../../src/record-schema.js'
import { seed, seededRandom } from '../support/random.js'
import { formatResults, makeFailure, makeResult, randomResult, unprintable } from './support.js'

describe('jsonl', () => {
  it('writes a record as JSON.stringify does, one line each', async () => {
    const results = [makeResult(), makeFailure({ id: 2, error_message: 'a "quoted" \\ message' })]
    const { text } = await formatResults('jsonl', results)
    expect(text).toBe(results.map((result) => `${JSON.stringify(result)}\n`).join(''))
  })

  it('has every field of the record in its order', async () => {
    const { lines } = await formatResults('jsonl', [makeResult()])
    const parsed = recordSchema.parse(JSON.parse(lines[0] ?? ''))
    expect(Object.keys(parsed)).toEqual(recordFields)
  })

  it('writes only the chosen fields, in the order of the choice', async () => {
    const { text } = await formatResults('jsonl', [makeResult()], { fields: ['url', 'id', 'error_type'] })
    expect(text).toBe('{"url":"https://www.example.com/","id":1,"error_type":null}\n')
  })

  it('writes a chosen field as null where the record does not have it, in the order of the choice', async () => {
    const results = [makeResult(), makeResult({ id: 2, duplicate_of: 1 })]
    const { text } = await formatResults('jsonl', results, { fields: ['duplicate_of', 'id'] })
    expect(text).toBe('{"duplicate_of":null,"id":1}\n{"duplicate_of":1,"id":2}\n')
  })

  it('has the fields that were asked for on every line, behind the others', async () => {
    const sha256 = 'f'.repeat(64)
    const headers = { server: 'a\u001b', via: ['1', '2'] }
    const results = [makeResult({ sha256, headers }), makeResult({ id: 2, duplicate_of: 1 })]
    const { text, lines } = await formatResults('jsonl', results, { optIns: ['sha256', 'headers'] })
    const parsed = lines.map((line) => recordSchema.parse(JSON.parse(line)))
    expect(parsed).toEqual([results[0], { ...results[1], sha256: null, headers: null }])
    expect(Object.keys(parsed[1] ?? {})).toEqual([...recordFields, 'duplicate_of', 'sha256', 'headers'])
    expect(text.replaceAll('\n', '')).not.toMatch(unprintable)
  })

  it('writes the parts of a chosen field whole, each field once', async () => {
    const headers = { id: 'x', server: 'y' }
    const { text } = await formatResults('jsonl', [makeResult({ headers })], { fields: ['headers', 'id', 'id'] })
    expect(text).toBe('{"headers":{"id":"x","server":"y"},"id":1}\n')
  })

  it('writes parts of fields under their paths, as they are, and null where there is none', async () => {
    const results = [
      makeResult({
        headers: { via: ['1', '2'], 'a"': '\u001b' },
        picked: new Map([['body.id', '12345678901234567890']]),
      }),
      makeResult({ id: 2, meta: { json: '{"a":{"b":[1]}}' } }),
    ]
    const fields = ['id', 'headers.Via', 'headers.a"', 'body.id', 'meta.a', 'id'] as const
    expect((await formatResults('jsonl', results, { fields })).lines).toEqual([
      String.raw`{"id":1,"headers.Via":["1","2"],"headers.a\"":"\u001b","body.id":12345678901234567890,"meta.a":null}`,
      String.raw`{"id":2,"headers.Via":null,"headers.a\"":null,"body.id":null,"meta.a":{"b":[1]}}`,
    ])
  })

  it('writes nothing where there is no record', async () => {
    expect((await formatResults('jsonl', [])).text).toBe('')
  })

  it('escapes what a server sent and a terminal would obey', async () => {
    const { text } = await formatResults('jsonl', [makeResult({ content_type: '\u001b]8;;x\u0007\u009b\u202e\ud800' })])
    expect(text).toContain(String.raw`"content_type":"\u001b]8;;x\u0007\u009b\u202e\ud800"`)
  })

  it('writes lines of visible characters that read back as the record, whatever is in it', async () => {
    const random = seededRandom(seed)
    const results = Array.from({ length: 1000 }, () => randomResult(random))
    const { lines } = await formatResults('jsonl', results)
    expect(lines.length).toBe(results.length)
    for (const [index, line] of lines.entries()) {
      expect(unprintable.test(line), `SEED=${seed}: ${line}`).toBe(false)
      expect(JSON.parse(line), `SEED=${seed}`).toEqual(results[index])
    }
  })
})
