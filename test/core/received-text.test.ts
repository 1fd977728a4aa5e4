import { expect, it } from 'vitest'
import { receivedText } from '../../src/core/received-text.js'

const utf16 = Buffer.from('é', 'utf16le')

it.each<[string, Buffer, string | null, string]>([
  ['UTF-8 where nothing is said', Buffer.from('é'), null, 'é'],
  ['UTF-8 where it is said otherwise of what nobody knows', Buffer.from('é'), 'text/html; charset=klingon', 'é'],
  ['latin1', Buffer.from('é', 'latin1'), 'text/html; charset=ISO-8859-1', 'é'],
  ['latin1 in quotes', Buffer.from('é', 'latin1'), 'text/html;a=b; Charset = "latin1"; c=d', 'é'],
  ['UTF-16', utf16, 'text/html; charset=utf-16', 'é'],
  ['UTF-16 by its mark', Buffer.concat([Buffer.from([0xff, 0xfe]), utf16]), 'text/html; charset=latin1', 'é'],
  ['big-endian UTF-16 by its mark', Buffer.from([0xfe, 0xff, 0x00, 0xe9]), null, 'é'],
  ['UTF-8 by its mark', Buffer.from('\ufeffé'), 'text/html; charset=latin1', 'é'],
  ['nothing', Buffer.alloc(0), null, ''],
])('is %s', (_what, bytes, contentType, text) => {
  expect(receivedText(bytes, contentType)).toBe(text)
})

it('has something else in the place of what cannot be decoded', () => {
  expect(receivedText(Buffer.from([0x61, 0xff, 0x62]), null)).toBe('a\ufffdb')
})
