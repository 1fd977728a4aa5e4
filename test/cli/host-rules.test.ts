import { describe, expect, it } from 'vitest'
import { limitRules, parseHostRule, shownRule } from '../../src/cli/host-rules.js'

describe('parseHostRule', () => {
  it.each([
    ['api.example.com: rate=5/s, per-host=2', { pattern: 'api.example.com', intervalMs: 200, perHost: 2 }],
    ['api.example.com:rate=5/s', { pattern: 'api.example.com', intervalMs: 200 }],
    ['api.example.com : per-host = 2 ,rate = 600/m', { pattern: 'api.example.com', intervalMs: 100, perHost: 2 }],
    ['  API.Example.COM: RATE=5/s, Per-Host=2  ', { pattern: 'api.example.com', intervalMs: 200, perHost: 2 }],
    ['a: rate=none, per-host=none', { pattern: 'a', intervalMs: null, perHost: Number.POSITIVE_INFINITY }],
  ])('reads a host and its limits: %s', (text, rule) => {
    expect(parseHostRule(text)).toEqual(rule)
  })

  it.each([
    ['api.example.com:8443', 'api.example.com:8443'],
    ['127.0.0.1:8080', '127.0.0.1:8080'],
    ['[::1]:80', '[::1]:80'],
    ['[::1]', '[::1]'],
    ['[0:0:0:0:0:0:0:1]:08080', '[::1]:8080'],
    ['*.example.com', '*.example.com'],
    ['*.Example.com:8443', '*.example.com:8443'],
    ['bücher.example', 'xn--bcher-kva.example'],
    ['*.BÜCHER.example', '*.xn--bcher-kva.example'],
    ['127.1', '127.0.0.1'],
    ['rate', 'rate'],
  ])('reads a host as URL.host writes it: %s', (host, pattern) => {
    expect(parseHostRule(`${host}: rate=1/s`)).toEqual({ pattern, intervalMs: 1000 })
    expect(parseHostRule(`${host}:rate=1/s`)).toEqual({ pattern, intervalMs: 1000 })
  })

  it.each([
    ['a: header=X-Key: abc', { pattern: 'a', header: 'X-Key: abc' }],
    ['a:HEADER = @keys.txt ', { pattern: 'a', header: '@keys.txt' }],
    ['a:8443: header=X;', { pattern: 'a:8443', header: 'X;' }],
    [
      'a: rate=5/s, per-host=2,header=X: 1, rate=6/s',
      { pattern: 'a', intervalMs: 200, perHost: 2, header: 'X: 1, rate=6/s' },
    ],
    ['a: header=X: header=1, header=2', { pattern: 'a', header: 'X: header=1, header=2' }],
    ['a: header=X: 1\nY: 2', { pattern: 'a', header: 'X: 1\nY: 2' }],
  ])('takes the rest of the rule for a header: %j', (text, rule) => {
    expect(parseHostRule(text)).toEqual(rule)
  })

  it.each([
    'a: header=',
    'a: header= ',
    'a: , header=X: 1',
    'a: rate=5/s header=X: 1',
    'a: rate=5/s, , header=X: 1',
    'a: headers=X: 1',
    '',
    'a',
    'a:',
    'a: ',
    'rate=5/s',
    ': rate=5/s',
    'a rate=5/s',
    'a: rate=5',
    'a: rate=',
    'a: rate=0/s',
    'a: per-host=0',
    'a: per-host=10001',
    'a: per-host=1.5',
    'a: speed=5/s',
    'a: rate=5/s,',
    'a: rate=5/s; per-host=2',
    'a: rate=5/s, rate=6/s',
    'a: per-host=1, per-host=2',
    'a:0: rate=5/s',
    'a:65536: rate=5/s',
    'a:b: rate=5/s',
    '::1: rate=5/s',
    '[::1: rate=5/s',
    '*: rate=5/s',
    '*.: rate=5/s',
    'a.*.b: rate=5/s',
    '*a.b: rate=5/s',
    '*.127.0.0.1: rate=5/s',
    '*.[::1]: rate=5/s',
    'http://a: rate=5/s',
    'a/b: rate=5/s',
    'u@a: rate=5/s',
    'a b: rate=5/s',
    'a%zz: rate=5/s',
  ])('refuses what is none: %j', (text) => {
    expect(parseHostRule(text)).toBeUndefined()
  })
})

describe('limitRules', () => {
  it('leave out headers, and rules that say nothing of limits', () => {
    const rules = ['a: header=X: 1', 'b: rate=none, header=X: 1', 'c: per-host=1'].flatMap(
      (text) => parseHostRule(text) ?? [],
    )
    expect(limitRules(rules)).toEqual([
      { pattern: 'b', intervalMs: null },
      { pattern: 'c', perHost: 1 },
    ])
  })
})

describe('shownRule', () => {
  it.each([
    ['a.test', 'a.test'],
    ['*: rate=5/s', '*: rate=5/s'],
    ['[::1]:80: rate=5, per-host=0', '[::1]:80: rate=5, per-host=0'],
    ['a.test: rate=5/s; per-host=2', 'a.test: …'],
    ['a.test: raet=5/s, header=X: s3cr3t', 'a.test: …'],
    ['a.test header=X: s3cr3t', 'a.test …'],
    ['Authorization: Bearer s3cr3t', 'Authorization: …'],
    ['X-Key:1s3cr3t', 'X-Key: …'],
    ['s3cr3t==', ' …'],
    ['a.test: rate=s3cr3ts3cr3ts3cr3t', 'a.test: …'],
    ['a.test: speed=5/s', 'a.test: …'],
    ['a.test: rate=5/s, header=', 'a.test: rate=5/s, …'],
  ])('shows of %j what cannot be a secret', (text, shown) => {
    expect(shownRule(text)).toBe(shown)
  })

  it('is quick whatever the text', () => {
    const startedAt = performance.now()
    for (const part of ['rate=', 'rate=1,', ' ', ':', '*.', 'a', '[', ' ,']) shownRule(`a:${part.repeat(50_000)}`)
    expect(performance.now() - startedAt).toBeLessThan(5000)
  })
})
