import { expect, it } from 'vitest'
import { requestBlock } from '../../src/archive/request-block.js'

const text = (lines: readonly string[], body = '') => Buffer.from(`${lines.join('\r\n')}\r\n\r\n${body}`, 'latin1')

it('masks what lets somebody in, and nothing else', () => {
  const sent = text(
    [
      'POST /a:b?token=x HTTP/1.1',
      'Host: a.test',
      'authorization: Basic dTpw',
      'COOKIE: a=b; c=d',
      'Proxy-Authorization: Basic dTpw',
      'X-Api-Key: 123',
      'x-auth-token: 123',
      'accept: */*',
      'x-keyword: 123',
      'content-length: 20',
    ],
    'Cookie: a\r\n\r\nCookie: b',
  )
  expect(requestBlock(sent).toString('latin1')).toBe(
    text(
      [
        'POST /a:b?token=x HTTP/1.1',
        'Host: a.test',
        'authorization: ***',
        'COOKIE: ***',
        'Proxy-Authorization: ***',
        'X-Api-Key: ***',
        'x-auth-token: ***',
        'accept: */*',
        'x-keyword: 123',
        'content-length: 20',
      ],
      'Cookie: a\r\n\r\nCookie: b',
    ).toString('latin1'),
  )
})

it('masks the fields that it is told of, in any case', () => {
  const sent = text(['GET / HTTP/1.1', 'X-Tenant: 123', 'X-Tenants: 123'])
  const masked = text(['GET / HTTP/1.1', 'X-Tenant: ***', 'X-Tenants: 123'])
  expect(requestBlock(sent, new Set(['x-tenant']))).toEqual(masked)
})

it('leaves every byte as it was sent where there is nothing to mask', () => {
  const bytes = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte))
  const sent = Buffer.concat([text(['GET / HTTP/1.1', 'x-name: \xe4\xff']), bytes])
  expect(requestBlock(sent)).toEqual(sent)
})

it('masks also in a head that was not sent to its end', () => {
  expect(requestBlock(Buffer.from('GET / HTTP/1.1\r\ncookie: a=')).toString()).toBe('GET / HTTP/1.1\r\ncookie: ***')
})
