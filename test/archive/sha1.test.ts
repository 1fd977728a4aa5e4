import { randomBytes } from 'node:crypto'
import { expect, it } from 'vitest'
import { sha1Label, sha1Of } from '../../src/archive/sha1.js'
import { sha1 } from '../support/warc.js'

it('is SHA-1 in base32', () => {
  expect(sha1Of(Buffer.alloc(0))).toBe('sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ')
  for (let size = 1; size < 50; size++) {
    const bytes = randomBytes(size)
    expect(sha1Of(bytes), bytes.toString('hex')).toBe(sha1(bytes))
  }
})

it('is base32 as in RFC 4648 §10, without padding', () => {
  const labels = ['', 'f', 'fo', 'foo', 'foob', 'fooba', 'foobar'].map((text) => sha1Label(Buffer.from(text)))
  expect(labels.map((label) => label.slice('sha1:'.length))).toEqual([
    '',
    'MY',
    'MZXQ',
    'MZXW6',
    'MZXW6YQ',
    'MZXW6YTB',
    'MZXW6YTBOI',
  ])
})
