import { describe, expect, it } from 'vitest'
import type { StoredCookie } from '../../src/cookies/cookie.js'
import { formatCookieFile, parseCookieFile } from '../../src/cookies/netscape.js'

const plain: StoredCookie = {
  domain: 'a.test',
  isHostOnly: true,
  path: '/',
  isSecure: false,
  isHttpOnly: false,
  expiresAt: null,
  name: 'n',
  value: 'v',
}

function cookiesOf(text: string): readonly StoredCookie[] {
  const parsed = parseCookieFile(text)
  if (parsed.kind === 'other') throw new Error(`line ${parsed.line} is none`)
  return parsed.cookies
}

describe('a cookie file', () => {
  it.each<[string, Partial<StoredCookie>]>([
    ['a.test\tFALSE\t/\tFALSE\t0\tn\tv', {}],
    ['.a.test\tTRUE\t/\tFALSE\t0\tn\tv', { isHostOnly: false }],
    ['A.Test\ttrue\t/\tfalse\t0\tn\tv', { isHostOnly: false }],
    [
      '#HttpOnly_.a.test\tTRUE\t/x/\tTRUE\t2000000000\tn\tv',
      { isHostOnly: false, isHttpOnly: true, isSecure: true, path: '/x/', expiresAt: 2e12 },
    ],
    ['a.test\tFALSE\t/\tFALSE\t2000000000.25\tn\tv', { expiresAt: 2_000_000_000_250 }],
    ['a.test\tFALSE\t/\tFALSE\t-1\tn\tv', {}],
    ['a.test\tFALSE\t/\tFALSE\t\tn\tv', {}],
    ['a.test\tFALSE\t/\tFALSE\t0\tn', { value: '' }],
    ['a.test\tFALSE\t/\tFALSE\t0\tn\t', { value: '' }],
    ['a.test\tFALSE\t/\tFALSE\t0\tn\t{"a": "=;"} \u00e9', { value: '{"a": "=;"} \u00e9' }],
    ['a.test:8080\tFALSE\t/\tFALSE\t0\tn\tv', {}],
    ['.a.test:8080\tTRUE\t/\tFALSE\t0\tn\tv', { isHostOnly: false }],
    ['[::1]:8080\tFALSE\t/\tFALSE\t0\tn\tv', { domain: '::1' }],
    ['::1\tFALSE\t/\tFALSE\t0\tn\tv', { domain: '::1' }],
  ])('has a cookie on a line: %j', (line, changes) => {
    expect(cookiesOf(`${line}\n`)).toEqual([{ ...plain, ...changes }])
  })

  it('may have comments, blank lines, CRLF and a BOM', () => {
    const line = 'a.test\tFALSE\t/\tFALSE\t0\tn\tv'
    const text = `\u00ef\u00bb\u00bf# Netscape HTTP Cookie File\r\n# x\r\n\r\n${line}\r\n# ${line}\r\n${line}`
    expect(cookiesOf(text)).toEqual([plain, plain])
    for (const empty of ['', '\n', ' \n', '# HTTP Cookie File\n', '# mine\n# Netscape HTTP Cookie File\n'])
      expect(cookiesOf(empty)).toEqual([])
    expect(cookiesOf(`# mine\n${line}`)).toEqual([plain])
  })

  it.each([
    ['{"cookies":[]}', 1],
    ['# Netscape HTTP Cookie File\n\nhttps://a.test/', 3],
    ['Set-Cookie: a=1', 1],
    ['a.test FALSE / FALSE 0 n v', 1],
    ['a.test\tFALSE\t/\tFALSE\t0', 1],
    ['a.test\tFALSE\t/\tFALSE\t0\tn\tv\tw', 1],
    ['a.test\tx\t/\tFALSE\t0\tn\tv', 1],
    ['a.test\tFALSE\t/\tx\t0\tn\tv', 1],
    ['a.test\tFALSE\tx\tFALSE\t0\tn\tv', 1],
    ['a.test\tFALSE\t/\tFALSE\tnever\tn\tv', 1],
    ['a.test\tFALSE\t/\tFALSE\t0\t\tv', 1],
    ['a.test\tFALSE\t/\tFALSE\t0\tn\t\u0001', 1],
    ['\tFALSE\t/\tFALSE\t0\tn\tv', 1],
    ['.\tFALSE\t/\tFALSE\t0\tn\tv', 1],
    ['#HttpOnly_', 1],
    ['# my notes\n', null],
    ['#!/bin/sh\n', null],
  ])('is told from what is none: %j', (text, line) => {
    expect(parseCookieFile(text)).toEqual({ kind: 'other', line })
  })

  it('is read as it was written', () => {
    const cookies: StoredCookie[] = [
      plain,
      { ...plain, domain: 'b.test', isHostOnly: false, path: '/a b/', value: '' },
      { ...plain, isSecure: true, isHttpOnly: true, expiresAt: 2e12, name: '#HttpOnly_', value: ' \u00ff; "' },
    ]
    const text = formatCookieFile(cookies)
    expect(text).toMatch(/^# Netscape HTTP Cookie File\n/)
    expect(cookiesOf(text)).toEqual(cookies)
    expect(cookiesOf(formatCookieFile([{ ...plain, expiresAt: 5 }]))).toEqual([{ ...plain, expiresAt: 1000 }])
  })
})
