import { describe, expect, it } from 'vitest'
import { emptyExtent, extentOf, type MessageExtent } from '../../src/fetchers/message-extent.js'
import { seed, seededRandom } from '../support/random.js'

/** Of the text, cut at random. */
function taken(extent: MessageExtent, text: string, pieceBytes: () => number): string {
  let found = ''
  for (let at = 0; at < text.length; ) {
    const piece = Buffer.from(text.slice(at, at + pieceBytes()), 'latin1')
    found += piece.toString('latin1', 0, extent.take(piece))
    at += piece.length
  }
  return found
}

describe('what is of a body', () => {
  it.each([
    ['by its length', extentOf(null, 5), 'hello', 'HTTP/1.1 200 OK'],
    ['of none', emptyExtent(), '', 'hello'],
    ['of length 0', extentOf(null, 0), '', 'hello'],
    ['to the end of the connection', extentOf(null, null), 'hello', ''],
    ['to the end of the connection, in another coding', extentOf('gzip', null), 'hello', ''],
  ])('%s', (_name, extent, body, rest) => {
    expect(taken(extent, body + rest, () => 2)).toBe(body)
  })

  const chunked = [
    '0\r\n\r\n',
    '5\r\nhello\r\n0\r\n\r\n',
    '5;name=value;x="0"\r\nhello\r\n0;last\r\n\r\n',
    '00A\r\n0\r\n\r\n0\r\n\r\n\r\n0\r\n\r\n',
    '1\r\n\n\r\n2\r\n\r\n\r\n0\r\n\r\n',
    `${(300).toString(16).toUpperCase()}\r\n${'0\r\n\r\n'.repeat(60)}\r\n000\r\n\r\n`,
    '5\r\nhello\r\n0\r\nx-sum: 1\r\nx-other:\r\n\r\n',
  ]
  it.each(chunked)('in chunks, however they are cut: %j', (body) => {
    const random = seededRandom(seed)
    for (const rest of ['', '\r\n', 'HTTP/1.1 200 OK\r\n\r\n', '5\r\nhello\r\n0\r\n\r\n', '0\r\n\r\n']) {
      for (const coding of ['chunked', 'gzip, Chunked ']) {
        for (let round = 0; round < 20; round++) {
          const most = 1 + random.below(10)
          const pieceBytes = () => 1 + random.below(most)
          expect(taken(extentOf(coding, null), body + rest, pieceBytes), `SEED=${seed}`).toBe(body)
        }
        expect(taken(extentOf(coding, null), body + rest, () => 10_000)).toBe(body)
      }
    }
  })
})
