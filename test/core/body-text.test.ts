// Bodies as they stand in records.

import { expect, it } from 'vitest'
import { bodyText } from '../../src/core/body-text.js'

const whole = (bytes: Buffer, maxBytes = 100) => bodyText(bytes, maxBytes, true)
const text = (body: string, isCut = false) => ({ body, body_encoding: 'utf-8', body_truncated: isCut })
const base64 = (bytes: Buffer, isCut = false) => ({
  body: bytes.toString('base64'),
  body_encoding: 'base64',
  body_truncated: isCut,
})

it.each(['', 'hello', 'grüß \u{1f600}', '\ufeffwith a mark', '\u0000\u001b'])(
  'is text where it is UTF-8: %j',
  (body) => {
    expect(whole(Buffer.from(body))).toEqual(text(body))
  },
)

it.each([[[0xff]], [[0x61, 0xe9]], [[0xc0, 0x80]], [[0xed, 0xa0, 0x80]], [[0xe2, 0x82]]])(
  'is base64 where it is not: %j',
  (bytes) => {
    expect(whole(Buffer.from(bytes))).toEqual(base64(Buffer.from(bytes)))
  },
)

it('stays text wherever it is cut', () => {
  const body = Buffer.from('aß€\u{1f600}b')
  for (let most = 0; most < body.length; most++) {
    const { body: shown, body_encoding, body_truncated } = whole(body, most)
    expect([body_encoding, body_truncated]).toEqual(['utf-8', true])
    expect('aß€\u{1f600}b'.startsWith(shown ?? 'x')).toBe(true)
    expect(Buffer.byteLength(shown ?? '')).toBeGreaterThan(most - 4)
  }
  expect(whole(body, body.length)).toEqual(text('aß€\u{1f600}b'))
})

it('is base64 where it is cut and was none before', () => {
  const bytes = Buffer.from([0xff, 0x61, 0xe2, 0x82, 0xac])
  expect(whole(bytes, 4)).toEqual(base64(bytes.subarray(0, 4), true))
})

it('is said to be cut where the rest did not come', () => {
  expect(bodyText(Buffer.from('hel'), 100, false)).toEqual(text('hel', true))
})
