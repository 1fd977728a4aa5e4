import { describe, expect, it } from 'vitest'
import { NoProxy } from '../../src/core/no-proxy.js'

describe('NO_PROXY', () => {
  it.each([
    ['', 'example.com', false],
    ['*', 'example.com', true],
    ['other.test,*', 'example.com', true],
    ['example.com', 'example.com', true],
    ['example.com', 'www.example.com', true],
    ['example.com', 'notexample.com', false],
    ['example.com', 'example.com.test', false],
    ['.example.com', 'example.com', true],
    ['.example.com', 'a.b.example.com', true],
    ['*.example.com', 'www.example.com', true],
    ['EXAMPLE.com.', 'Example.COM', true],
    ['example.com', 'example.com.', true],
    ['a.test, b.test c.test\td.test', 'd.test', true],
    ['localhost', '127.0.0.1', false],
    ['com', 'example.com', true],
    ['127.0.0.1', '127.0.0.1', true],
    ['127.0.0.1', '127.0.0.2', false],
    ['0.0.1', '127.0.0.1', false],
    ['127.0.0.0/8', '127.9.9.9', true],
    ['10.0.0.0/8', '127.0.0.1', false],
    ['10.0.0.0/8', '10.example.com', false],
    ['10.0.0.0/99', '10.0.0.1', false],
    ['::1', '::1', true],
    ['[::1]', '::1', true],
    ['0:0:0:0:0:0:0:1', '::1', true],
    ['fe80::/10', 'fe80::1234', true],
    ['[fe80::]/10', 'fe80::1234', true],
    ['fe80::/10', '10.0.0.1', false],
    ['::ffff:10.0.0.1', '10.0.0.1', true],
    ['10.0.0.1', '::ffff:a00:1', true],
    [',, ,', 'example.com', false],
    ['http://example.com', 'example.com', false],
  ])('%j for %s: %s', (text, hostname, expected) => {
    expect(new NoProxy(text).has(hostname, 443)).toBe(expected)
  })

  it.each([
    ['example.com:8080', 'example.com', 8080, true],
    ['example.com:8080', 'www.example.com', 8080, true],
    ['example.com:8080', 'example.com', 443, false],
    ['127.0.0.1:8080', '127.0.0.1', 8080, true],
    ['127.0.0.1:8080', '127.0.0.1', 80, false],
    ['[::1]:8080', '::1', 8080, true],
    ['[::1]:8080', '::1', 80, false],
    ['[::1]', '::1', 80, true],
  ])('%j for %s and port %i: %s', (text, hostname, port, expected) => {
    expect(new NoProxy(text).has(hostname, port)).toBe(expected)
  })

  it('says whether it is for all', () => {
    expect(['*', 'a,*', '*.a', ''].map((text) => new NoProxy(text).isAll)).toEqual([true, true, false, false])
  })
})
