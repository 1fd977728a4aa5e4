// A URL of a row's values: they stay in their places.

import { describe, expect, it } from 'vitest'
import { parseUrlTemplate } from '../../src/core/url-template.js'
import { seed, seededRandom } from '../support/random.js'

function filled(template: string, row: Readonly<Record<string, string>>) {
  const get = (name: string) => row[name]
  const { fill } = parseUrlTemplate(template)
  return fill({ text: get, json: get })
}

describe('a URL template', () => {
  it('encodes values of path and query', () => {
    expect(filled('https://a.test/users/{id}?q={q}#{f}', { id: 'a/b?c#d', q: 'x&y=1 é', f: '"' })).toBe(
      'https://a.test/users/a%2Fb%3Fc%23d?q=x%26y%3D1%20%C3%A9#%22',
    )
  })

  it('takes a value at the beginning as it is: it is the URL', () => {
    expect(filled('{url}', { url: ' https://a.test/x?y ' })).toBe('https://a.test/x?y')
    expect(filled('{base}/x/{id}', { base: 'https://a.test/v1', id: 'a/b' })).toBe('https://a.test/v1/x/a%2Fb')
    expect(filled('{base}{id}', { base: 'https://a.test/', id: 'é' })).toBe('https://a.test/%C3%A9')
  })

  it.each([
    ['https://{x}.a.test/', 'evil.test/'],
    ['https://{x}.a.test/', 'evil.test?'],
    ['https://{x}.a.test/', 'u@evil'],
    ['https://{x}.a.test/', ''],
    ['{x}.a.test/', 'a'],
    ['a.test:{x}/y', '80@evil.test'],
    ['//{x}/y', 'a\\b'],
    ['https:\\\\{x}/y', 'a b'],
    ['https://a.{x}', 'test/y'],
    ['https://{x}', '℀.test'],
  ])('lets no value of %s lead to another host: %j', (template, value) => {
    const url = filled(template, { x: value })
    if (template.startsWith('{')) expect(url).toBe('a.a.test/')
    else expect(url).toMatchObject({ type: 'invalid_request', code: 'VALUE_UNFIT' })
  })

  it('keeps the host of a base from being continued', () => {
    expect(filled('{base}{x}', { base: 'https://a.test', x: '@evil.test/' })).toMatchObject({ code: 'VALUE_UNFIT' })
    expect(filled('https://{sub}.a.test:{port}/', { sub: 'x-1', port: '8080' })).toBe('https://x-1.a.test:8080/')
  })

  it.each([
    ['/users/{x}', '.'],
    ['/users/{x}', '..'],
    ['/users/{x}/y', '..'],
    ['/users/.{x}', '.'],
    ['/users/%2e{x}', '.'],
    ['/users/{x}{x}', '.'],
    ['/users/{x}?y', '..'],
    ['/users/{x}#y', '..'],
    ['/users/{x}', ''],
    ['/users/{x}/y', ''],
  ])('does not let a segment of %s become %j', (path, value) => {
    expect(filled(`https://a.test${path}`, { x: value })).toMatchObject({
      type: 'invalid_request',
      code: 'VALUE_UNFIT',
      message: expect.stringContaining('"x"'),
    })
  })

  it('lets dots and nothing be elsewhere', () => {
    expect(filled('https://a.test/../v.{x}/?a={x}&b={y}', { x: '..', y: '' })).toBe('https://a.test/../v.../?a=..&b=')
  })

  it('says which value a row has not, and which is no text', () => {
    expect(filled('https://a.test/{First Name}', {})).toMatchObject({
      code: 'VALUE_MISSING',
      message: 'the row has no "First Name"',
    })
    expect(filled('https://a.test/{x}', { x: '\ud800' })).toMatchObject({ code: 'VALUE_UNFIT' })
  })

  it(`brings any value through the URL parser, to its place and no other (SEED=${seed})`, () => {
    const random = seededRandom(seed)
    const alphabet = Array.from('/\\.%2eE?#&=+:@;, aZ\t\n"\'<>[]{}|^`~*!()é€😀\u0000\u202e-_')
    const word = () => Array.from({ length: random.below(6) }, () => random.pick(alphabet)).join('')
    let made = 0
    for (let round = 0; round < 5000; round++) {
      const row = { a: word(), b: word(), c: word() }
      const url = filled('https://a.test/p/{a}/x{b}?q={c}&r=1', row)
      const isClimbing = ['', '.', '..'].includes(row.a)
      if (typeof url !== 'string') {
        expect(isClimbing, JSON.stringify(row)).toBe(true)
        continue
      }
      made++
      expect(isClimbing).toBe(false)
      const { origin, pathname, searchParams } = new URL(url)
      expect(origin).toBe('https://a.test')
      expect(pathname.split('/').map((segment) => decodeURIComponent(segment))).toEqual(['', 'p', row.a, `x${row.b}`])
      expect([...searchParams]).toEqual([
        ['q', row.c],
        ['r', '1'],
      ])
    }
    expect(made).toBeGreaterThan(2500)
  })
})
