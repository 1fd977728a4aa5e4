// From the text of a URL to a target: what is fetched, what is refused, what is never shown.

import { describe, expect, it } from 'vitest'
import { isFailure, maskPassword, parseListedUrl, parseTarget, type Scheme } from '../../src/core/target.js'
import type { Target } from '../../src/types.js'
import { seed, seededRandom } from '../support/random.js'

function listed(text: string, scheme: Scheme = 'https'): Target {
  const parsed = parseListedUrl(text, scheme)
  if (isFailure(parsed)) throw new Error(`${JSON.stringify(text)} was refused: ${parsed.code}`)
  return parsed
}

function refusal(text: string): string {
  const parsed = parseListedUrl(text, 'https')
  return isFailure(parsed) ? parsed.code : `fetched as ${parsed.href}`
}

const login = (text: string): string | null => {
  const { authorization } = listed(text)
  return authorization === null ? null : Buffer.from(authorization.replace(/^Basic /, ''), 'base64').toString()
}

// Not URL.canParse: on Node 20 it is wrong about Latin-1 text once its callers are optimized.
function standardUrl(text: string): URL | undefined {
  try {
    return new URL(text)
  } catch {
    return undefined
  }
}

describe('a listed URL', () => {
  it('is taken apart once', () => {
    expect(listed('http://example.com:8080/a/b?c=d#e')).toEqual({
      href: 'http://example.com:8080/a/b?c=d',
      origin: 'http://example.com:8080',
      host: 'example.com:8080',
      path: '/a/b?c=d',
      authorization: null,
      isPublicOnly: false,
    })
  })

  it.each([
    ['example.com', 'https://example.com/'],
    ['example.com/x?y', 'https://example.com/x?y'],
    ['//example.com/x', 'https://example.com/x'],
    ['localhost:8080', 'https://localhost:8080/'],
    ['localhost:8080/x', 'https://localhost:8080/x'],
    ['localhost:8080?x', 'https://localhost:8080/?x'],
    ['my_host:80/x', 'https://my_host:80/x'],
    ['1.2.3.4:80', 'https://1.2.3.4:80/'],
    ['[::1]', 'https://[::1]/'],
    ['[::1]:8080/x', 'https://[::1]:8080/x'],
    ['user@example.com', 'https://example.com/'],
    ['example.com/to/http://other.example/', 'https://example.com/to/http://other.example/'],
  ])('without a scheme gets one: %s', (text, href) => {
    expect(listed(text).href).toBe(href)
    expect(listed(text, 'http').origin).toMatch(/^http:/)
  })

  it("has a host without the scheme's own port, with any other", () => {
    expect(listed('http://example.com:80/').host).toBe('example.com')
    expect(listed('https://example.com:443/').host).toBe('example.com')
    expect(listed('example.com:443').host).toBe('example.com')
    expect(listed('http://example.com:443/').host).toBe('example.com:443')
    expect(listed('HTTP://Example.COM/X').href).toBe('http://example.com/X')
    expect(listed('http://[2001:DB8:0::1]:80/').host).toBe('[2001:db8::1]')
  })

  it('is written as the WHATWG standard writes it', () => {
    expect(listed('http://münchen.example/ü?ü').href).toBe('http://xn--mnchen-3ya.example/%C3%BC?%C3%BC')
    expect(listed('http://faß.example/').host).toBe('xn--fa-hia.example')
    expect(listed('http://%65xample.com/').host).toBe('example.com')
    expect(listed('http://0x7f.1/').host).toBe('127.0.0.1')
    expect(listed('http://h/a b').path).toBe('/a%20b')
    expect(listed('http://h/%zz/%41').path).toBe('/%zz/%41')
    expect(listed('http://h/a/../b/./c').path).toBe('/b/c')
    expect(listed('http://h\\p').href).toBe('http://h/p')
    expect(listed('http://h/\u2028x').path).toBe('/%E2%80%A8x')
    expect(listed('http://example.com./').host).toBe('example.com.')
  })

  it('loses its fragment', () => {
    expect(listed('http://h/#frag').href).toBe('http://h/')
    expect(listed('http://h/x?y#z?#').path).toBe('/x?y')
    expect(listed('http://h/#').href).toBe('http://h/')
  })

  it('is refused where it has no host, though a browser would make one out of the path', () => {
    for (const text of ['/x', '///x', 'http:/x', 'http:///x', 'http:////x', 'https:///example.com/']) {
      expect(refusal(text)).toBe('URL_NO_HOST')
    }
  })

  it('is refused with a scheme that is not http or https', () => {
    for (const text of [
      'ftp://h/x',
      'mailto:a@b.example',
      'javascript:alert(1)',
      'data:,x',
      'tel:5551234',
      'ws://h/',
    ]) {
      expect(refusal(text)).toBe('URL_SCHEME')
    }
  })

  it.each([
    'http://',
    'https://',
    'http://?',
    'http://#',
    '?q',
    '#f',
    'http://h:65536/',
    'http://h:x/',
    'localhost:99999',
  ])('is refused where it cannot be parsed: %s', (text) => expect(refusal(text)).toBe('URL_INVALID'))

  it.each(['http://a b/', 'http://[/', 'http://[fe80::1%25eth0]/', 'http://1.2.3.256/', 'http://h%00/'])(
    'is refused where its host is none: %s',
    (text) => expect(refusal(text)).toBe('URL_INVALID'),
  )

  it('is refused where it has a control character, which the standard would drop', () => {
    for (const text of ['http://a/\tb', 'http://ex\tample.com/', 'http://h/\0', '\0http://h/', 'http:\t//u:p@h/']) {
      expect(refusal(text)).toBe('URL_INVALID')
    }
  })

  it('is refused where its scheme is mistyped, instead of asking a host called http', () => {
    for (const text of ['http//h/', 'https//h', '"http://h/"', '\ufeffhttp://h/', '<http://h/>', '- http://h/']) {
      expect(refusal(text)).toBe('URL_INVALID')
    }
  })

  it('is refused where backslashes hide that it has no host', () => {
    for (const text of ['\\x', 'http:\\x', 'http://\\x']) expect(refusal(text)).toBe('URL_NO_HOST')
  })

  it('is refused for its scheme before anything else about it', () => {
    for (const text of ['file:///etc/passwd', 'ftp:/x']) expect(refusal(text)).toBe('URL_SCHEME')
  })

  it('keeps a query that is there but empty', () => {
    expect(listed('http://h/?')).toMatchObject({ href: 'http://h/?', path: '/?' })
  })

  it('is refused where it is empty', () => {
    expect(refusal('')).toBe('URL_EMPTY')
  })

  it(`has parts that agree with the URL standard, for random URLs (seed ${seed})`, () => {
    const random = seededRandom(seed)
    const pieces = [
      'a',
      'B',
      '.',
      '/',
      '/',
      '?',
      '#',
      ':',
      '@',
      '%41',
      '%',
      '\\',
      ' ',
      'ü',
      '8080',
      '80',
      '[::1]',
      '&=',
      '😀',
    ]
    let count = 0
    for (let round = 0; round < 20_000; round++) {
      const text = `${['http://', 'https://', 'HTTP://h'][random.below(3)]}${Array.from({ length: random.below(10) }, () => pieces[random.below(pieces.length)]).join('')}`
      const target = parseTarget(text)
      const url = standardUrl(text)
      expect(isFailure(target), text).toBe(url === undefined)
      if (isFailure(target) || url === undefined) continue
      count++
      url.hash = ''
      expect(target.authorization === null, text).toBe(url.username === '' && url.password === '')
      url.username = url.password = ''
      expect(target, text).toMatchObject({ href: url.href, origin: url.origin, host: url.host })
      // A query that is there but empty may show or not.
      const path = url.pathname + url.search
      expect([path, `${path}?`], text).toContain(target.path)
    }
    expect(count).toBeGreaterThan(1000)
  })

  it(`is the same behind a URL of its origin as out of the parser, for random paths (seed ${seed})`, () => {
    const random = seededRandom(seed)
    const pieces = ['a', 'B-_~', '.', '..', '/', '/', '?', '#', '@', '%2e', '%2E', '%', '\\', '^', '|', "'", '"', '`']
    pieces.push('{', '}', '<', ' ', '[', ']', '!$&()*+,;=:', 'ü', '\u007f', '\ud800', '//', '/./', '/..')
    for (const origin of ['http://h', 'https://h:8080', 'http://[::1]:81', 'http://127.0.0.1']) {
      for (let round = 0; round < 5000; round++) {
        const text = `${origin}/${Array.from({ length: random.below(6) }, () => pieces[random.below(pieces.length)]).join('')}`
        expect(isFailure(listed(`${origin}/`))).toBe(false)
        expect(parseListedUrl(text, 'http'), text).toEqual(parseTarget(text))
      }
    }
  })
})

describe('user info', () => {
  it('becomes Basic credentials, percent-decoded, in UTF-8, and leaves the URL', () => {
    expect(login('http://user:pass@h/')).toBe('user:pass')
    expect(login('http://user@h/')).toBe('user:')
    expect(login('http://:pass@h/')).toBe(':pass')
    expect(login('http://u%40x:p%3Aq%2Fr@h/')).toBe('u@x:p:q/r')
    expect(login('http://ü:%E2%82%AC@h/')).toBe('ü:€')
    expect(login('http://u:p:q@h/')).toBe('u:p:q')
    expect(login('http://u:p@q@h/')).toBe('u:p@q')
    expect(login('http://h/')).toBeNull()
    expect(login('http://h/@')).toBeNull()
    expect(listed('http://user:pass@h:81/x').href).toBe('http://h:81/x')
    expect(listed('http://user:pass@h:81/x').origin).toBe('http://h:81')
  })

  it('is sent byte by byte as it is percent-encoded, UTF-8 or not', () => {
    expect(login('http://u:100%@h/')).toBe('u:100%')
    const target = listed('http://u:p%3Aq%E9@h/')
    expect(target.authorization).toBe(`Basic ${Buffer.from('u:p:q\u00e9', 'latin1').toString('base64')}`)
  })
})

describe('parseTarget', () => {
  it('reads a reference relative to a base', () => {
    const at = (location: string): unknown => {
      const target = parseTarget(location, 'https://example.com/a/b?c')
      return isFailure(target) ? target.code : target.href
    }
    expect(at('d')).toBe('https://example.com/a/d')
    expect(at('/d')).toBe('https://example.com/d')
    expect(at('?e')).toBe('https://example.com/a/b?e')
    expect(at('')).toBe('https://example.com/a/b?c')
    expect(at('//other.example/x')).toBe('https://other.example/x')
    expect(at('http://other.example')).toBe('http://other.example/')
    expect(at('ftp://other.example/')).toBe('URL_SCHEME')
    expect(at('http://[')).toBe('URL_INVALID')
  })

  it('refuses a relative reference without a base', () => {
    expect(parseTarget('/x')).toMatchObject({ type: 'invalid_url', code: 'URL_INVALID' })
  })
})

describe('maskPassword', () => {
  it.each([
    ['http://u:p@h/x', 'http://u:***@h/x'],
    ['http://:p@h/', 'http://:***@h/'],
    ['http://u:p:q@r@h/', 'http://u:***@h/'],
    ['HTTPS://u:p@h', 'HTTPS://u:***@h'],
    ['u:p@h', 'u:***@h'],
    ['//u:p@h', '//u:***@h'],
    ['http:\\\\u:p@h', 'http:\\\\u:***@h'],
    ['http:u:p@h', 'http:u:***@h'],
    ['ftp://u:p@h/', 'ftp://u:***@h/'],
    ['http://u:p@[bad', 'http://u:***@[bad'],
    ['http://u:***@h/', 'http://u:***@h/'],
    ['http:\t//u:p@h/', 'http:\t//u:***@h/'],
    ['http://u:pa/ss@h/x', 'http://u:***@h/x'],
  ])('hides the password of %s, parseable or not', (text, masked) => {
    expect(maskPassword(text)).toBe(masked)
  })

  it.each(['http://u@h/', 'http://h:80/a@b', 'http://h/?m=a:b@c', 'http://h/#a:b@c', 'h/a:b@c', '', 'http://h/'])(
    'leaves %s as it is',
    (text) => expect(maskPassword(text)).toBe(text),
  )

  it('takes no long time over a long line', () => {
    for (const text of [
      `http://${':'.repeat(60_000)}@`,
      `http://u:${'@'.repeat(60_000)}`,
      'a:'.repeat(30_000),
      '/'.repeat(60_000),
      `http:${' '.repeat(60_000)}`,
    ]) {
      expect(maskPassword(`${text}/@`).length).toBeGreaterThan(0)
    }
  })
})
