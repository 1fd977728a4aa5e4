import { describe, expect, it } from 'vitest'
import { readRecordLine, type RecordLine } from '../../src/checkpoint/record-line.js'
import { errorTypes } from '../../src/core/outcome.js'
import { duplicateRecord, recordFields, rejectedRecord, selectableFields } from '../../src/core/record.js'
import { createSink } from '../../src/sinks/index.js'
import { jsonLine } from '../../src/sinks/jsonl-line.js'
import type { FetchResult } from '../../src/types.js'
import { MemoryOutput, makeFailure, makeResult, randomResult } from '../sinks/support.js'
import { seed, seededRandom } from '../support/random.js'

function read(line: string | Buffer): RecordLine | null {
  const bytes = Buffer.from(line)
  return readRecordLine(bytes, 0, bytes.at(-1) === 0x0a ? bytes.length - 1 : bytes.length)
}

const expected = ({ id, url, method, status_code, error_type, meta }: FetchResult): RecordLine => ({
  id,
  url,
  method,
  meta: meta?.json ?? null,
  outcome: { statusCode: status_code, errorType: error_type },
})

async function lineWith(fields: readonly string[], result: FetchResult): Promise<string> {
  const output = new MemoryOutput()
  const known = selectableFields.filter((field) => fields.includes(field))
  const sink = await createSink('jsonl', { output, fields: known, only: null, terminal: null, color: false })
  await sink.write(result)
  return output.text
}

describe('a line of an output', () => {
  it.each([
    ['of a URL that was fetched', makeResult({ id: 17 })],
    ['of one that failed', makeFailure({ error_code: 'ECONNREFUSED', error_message: 'refused' })],
    ['of a line that is no URL', rejectedRecord(rejection())],
    ['of one that repeats another', duplicateRecord({ ...makeResult({ id: 3 }), readAt: 0, own: null }, 1, fine())],
    ['with data', makeResult({ meta: { json: '{"id":12345678901234567890,"a":[1.0,"}"]}' } })],
    ['with data of one number', makeResult({ meta: { json: '-1.50e+3' } })],
    ['with data that is not ASCII', makeResult({ meta: { json: '["é"]' } })],
    [
      'with data behind a text that looks like it',
      makeResult({ error_message: 'é"meta":1', meta: { json: '[12345678901234567890]' } }),
    ],
    ['of one with a phase missing', makeResult({ first_byte_ms: null, body_ms: null })],
    ['with a large id', makeResult({ id: 2 ** 48 })],
    ['with an error message that quotes', makeFailure({ error_message: 'say "no"\\ \u001b[31m' })],
    ['with another method', makeResult({ method: 'DELETE' })],
    ['with a method that begins as the usual one', makeResult({ method: 'GETS' })],
    ['of a URL that is not ASCII', makeResult({ url: 'http://例え.example/ä?\u202e=😀' })],
  ])('%s says which URL it is and what became of it', (_what, result) => {
    expect(read(jsonLine(result))).toEqual(expected(result))
  })

  it('may say any type of failure', () => {
    for (const type of errorTypes) {
      const result = makeFailure({ error_type: type })
      expect(read(jsonLine(result))).toEqual(expected(result))
    }
  })

  it('may have some fields only, in any order, as long as the three are there', async () => {
    const random = seededRandom(seed)
    const needed = ['error_type', 'url', 'id']
    for (let count = 0; count < 300; count++) {
      const result = { ...randomResult(random), url: 'http://a/' }
      const more = recordFields.filter(() => random.below(3) === 0)
      const line = await lineWith([...more, ...needed, 'duplicate_of'], result)
      const { id, url, error_type: errorType } = result
      const statusCode = more.includes('status_code') ? result.status_code : null
      const method = more.includes('method') ? result.method : null
      const outcome = { statusCode, errorType }
      expect(read(line), `SEED=${seed} ${line}`).toEqual({ id, url, method, meta: null, outcome })
      const without = random.pick(needed)
      const others = [...more, ...needed].filter((field) => field !== without)
      expect(read(await lineWith(others, result)), `SEED=${seed} without ${without}`).toBeNull()
    }
  })

  it('may have fields of later versions behind those of today', () => {
    const line = jsonLine(makeResult()).replace('}\n', ',"sha256":"ab","headers":{"a":["b"]},"meta":null}\n')
    expect(read(line)).toEqual({ ...expected(makeResult()), meta: 'null' })
  })

  it('may have been through an editor that changes line ends', () => {
    expect(read(`${jsonLine(makeResult()).trimEnd()}\r`)).toEqual(expected(makeResult()))
  })

  it('gives back id, URL and outcome of any record', () => {
    const random = seededRandom(seed)
    for (let count = 0; count < 2000; count++) {
      const result = randomResult(random)
      if (result.error_type === null) result.ok = true
      expect(read(jsonLine(result)), `SEED=${seed}`).toEqual(expected(result))
    }
  })

  it.each([
    ['nothing', ''],
    ['white space', ' '],
    ['a URL', 'http://a/'],
    ['no object', '[1]'],
    ['null', 'null'],
    ['a text', '"{}"'],
    ['an object of something else', '{"name":"x"}'],
    ['an id of 0', '{"id":0,"url":"http://a/","error_type":null}'],
    ['an id that is no integer', '{"id":1.5,"url":"http://a/","error_type":null}'],
    ['an id that no number holds', '{"id":90071992547409930,"url":"http://a/","error_type":null}'],
    ['an id as text', '{"id":"1","url":"http://a/","error_type":null}'],
    ['a URL that is none', '{"id":1,"url":null,"error_type":null}'],
    ['no error_type', '{"id":1,"url":"http://a/"}'],
    ['an error_type of no failure', '{"id":1,"url":"http://a/","error_type":"weather"}'],
    ['an error_type that objects have', '{"id":1,"url":"http://a/","error_type":"constructor"}'],
    ['another version', jsonLine(makeResult()).replace('"v":1', '"v":2')],
    ['a record whose error_type is of no failure', jsonLine(makeFailure()).replace('"connect"', '"weather"')],
    ['two records on a line', `${jsonLine(makeResult()).trimEnd()}${jsonLine(makeResult())}`],
    ['a record cut off by another', `${jsonLine(makeResult()).slice(0, 70)}${jsonLine(makeResult())}`],
    ['a record that is not UTF-8', Buffer.from(jsonLine(makeResult({ url: 'http://\u00ff/' })), 'latin1')],
    ['NUL', Buffer.alloc(100)],
  ])('is no record where it holds %s', (_what, line) => {
    expect(read(line)).toBeNull()
  })

  it('has no status that is none', () => {
    for (const status of ['1e9', '-1', '0', '20.5', '"200"', '1000']) {
      const line = `{"id":1,"url":"http://a/","error_type":null,"status_code":${status}}`
      expect(read(line)?.outcome).toEqual({ statusCode: null, errorType: null })
    }
  })

  it('is no record, or still JSON, whichever byte of it is changed, lost, cut off or NUL', () => {
    const random = seededRandom(seed)
    let records = 0
    for (let count = 0; count < 12; count++) {
      const result = count % 2 === 0 ? plainResult(count) : randomResult(random)
      const whole = Buffer.from(jsonLine(result).trimEnd())
      for (let at = 0; at < whole.length; at++) {
        const changed = [
          Buffer.from(whole).fill(0, at, Math.min(whole.length, at + 1 + random.below(20))),
          Buffer.from(whole).fill(random.below(256), at, at + 1),
          Buffer.from(whole).fill(random.pick([0x22, 0x5c, 0x2c, 0x7d, 0x30, 0x2e]), at, at + 1),
          Buffer.concat([whole.subarray(0, at), whole.subarray(at + 1)]),
          whole.subarray(0, at),
          whole.subarray(at + 1),
        ]
        for (const bytes of changed) {
          const record = read(bytes)
          if (record === null) continue
          records++
          if (!isRecordText(bytes, record)) expect.fail(`SEED=${seed} ${bytes.toString()}`)
        }
      }
    }
    expect(records).toBeGreaterThan(100)
  })
})

function plainResult(id: number): FetchResult {
  return makeResult({ id: id + 1, url: `http://a.example/${id}`, final_url: null, worker: 10 })
}

/** What the line says to who reads it with JSON.parse. */
function isRecordText(bytes: Buffer, { id, url }: RecordLine): boolean {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
    const value = JSON.parse(text)
    return value.id === id && value.url === url
  } catch {
    return false
  }
}

function rejection() {
  const failure = { type: 'invalid_url', code: 'INVALID_URL', message: 'no URL' } as const
  return { kind: 'rejected', id: 4, url: '::', readAt: 0, method: 'GET', failure, meta: null } as const
}

function fine() {
  return { statusCode: 200, errorType: null }
}
