import { describe, expect, it } from 'vitest'
import { recordFields } from '../../src/core/record.js'
import { jsonLine } from '../../src/sinks/jsonl-line.js'
import { seed, seededRandom } from '../support/random.js'
import { makeFailure, makeResult, randomResult } from './support.js'

describe('the line of a record', () => {
  it('is what JSON.stringify writes, and has every field of the schema', () => {
    for (const result of [makeResult(), makeFailure()]) {
      expect(jsonLine(result)).toBe(`${JSON.stringify(result)}\n`)
      expect(Object.keys(JSON.parse(jsonLine(result)))).toEqual(recordFields)
    }
  })

  it('has the data of the caller as they were listed, behind all else', () => {
    const meta = { json: '{"id":12345678901234567890,"name":"\u0007"}' }
    const end = ',"meta":{"id":12345678901234567890,"name":"\\u0007"}}\n'
    expect(jsonLine(makeResult({ meta }))).toBe(`${jsonLine(makeResult()).slice(0, -2)}${end}`)
    expect(jsonLine(makeResult({ duplicate_of: 3, meta })).endsWith(`,"duplicate_of":3${end}`)).toBe(true)
  })

  it('says which URL it repeats, where it does', () => {
    const result = makeResult({ duplicate_of: 17 })
    expect(jsonLine(result)).toBe(`${JSON.stringify(result)}\n`)
    expect(jsonLine(result)).toMatch(/,"duplicate_of":17}\n$/)
  })

  it.each([
    0,
    0.01,
    0.1,
    0.09,
    1,
    1.5,
    10.05,
    12.34,
    99.99,
    100,
    1000.7,
    21474836.47,
    21474836.48,
    1e15,
    0.001,
    1 / 3,
    1e21,
  ])('has the digits of %d ms that JSON.stringify would write', (value) => {
    const result = makeResult({ duration_ms: value, dns_ms: value })
    expect(jsonLine(result)).toBe(`${JSON.stringify(result)}\n`)
  })

  it('reads back as the record, whatever is in it', () => {
    const random = seededRandom(seed)
    for (let count = 0; count < 1000; count++) {
      const result = randomResult(random)
      expect(JSON.parse(jsonLine(result)), `SEED=${seed}`).toEqual(result)
    }
  })
})
