import { describe, expect, it } from 'vitest'
import { MemoryJar } from '../../src/cookies/memory-jar.js'
import { formatCookieFile, parseCookieFile } from '../../src/cookies/netscape.js'
import { seed, seededRandom } from '../support/random.js'
import { makeTask } from '../support/values.js'

const start = Date.UTC(2026, 0, 1)
const targetOf = (url: string) => makeTask(1, url).target

function openJar(file = '') {
  let now = start
  let changes = 0
  const parsed = parseCookieFile(file)
  const jar = new MemoryJar(parsed.kind === 'cookies' ? parsed.cookies : [], {
    wallNow: () => now,
    onChange: () => void changes++,
  })
  return {
    jar,
    set: (url: string, ...fields: string[]) => jar.store(targetOf(url), fields),
    sent: (url: string) => jar.header(targetOf(url)),
    pass: (ms: number) => void (now += ms),
    changes: () => changes,
  }
}

describe('a cookie', () => {
  it.each<[field: string, from: string, to: string]>([
    ['a=1', 'http://a.test/x/y', 'http://a.test/x/z'],
    ['a=1', 'http://a.test/x/y', 'http://a.test/x'],
    ['a=1', 'http://a.test/x', 'http://a.test/?q'],
    ['a=1', 'http://a.test:81/', 'https://a.test:82/'],
    ['a=1; Path=/x', 'http://a.test/', 'http://a.test/x?q'],
    ['a=1; Path=/x/', 'http://a.test/', 'http://a.test/x/y'],
    ['a=1; path="/x"', 'http://a.test/z/y', 'http://a.test/z/'],
    ['a=1; Domain=a.test', 'http://a.test/', 'http://b.a.test/'],
    ['a=1; domain=.A.TEST', 'http://b.a.test/', 'http://a.test/'],
    ['a=1; Domain=', 'http://a.test/', 'http://a.test/'],
    ['a=1; Secure', 'https://a.test/', 'https://a.test/'],
    ['a=1; Secure', 'http://localhost/', 'http://localhost/'],
    ['a=1; Secure', 'http://127.0.0.2/', 'http://127.0.0.2/'],
    ['a=1; Secure', 'http://[::1]:81/', 'http://[::1]/'],
    ['a=1; HttpOnly; SameSite=Strict', 'http://a.test/', 'http://a.test/'],
    ['a=1; Domain=127.0.0.1', 'http://127.0.0.1/', 'http://127.0.0.1/'],
    ['a=1; Domain=intranet', 'http://intranet/', 'http://intranet/'],
    ['a=1; Domain=co.uk', 'http://co.uk/', 'http://co.uk/'],
    ['a=1', 'http://test/', 'http://test/'],
    ['a=1; Domain=bücher.example', 'http://b\u00fccher.example/', 'http://x.b\u00fccher.example/'],
    ['__Host-a=1; Secure; Path=/', 'https://a.test/', 'https://a.test/x'],
    ['__Secure-a=1; Secure', 'https://a.test/', 'https://a.test/'],
    ['a=1; Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:00 GMT', 'http://a.test/', 'http://a.test/'],
    ['a=1; Expires=tomorrow', 'http://a.test/', 'http://a.test/'],
    ['a=1; Max-Age=999999999999999999999', 'http://a.test/', 'http://a.test/'],
  ])('%s, set by %s, is sent to %s', (field, from, to) => {
    const { set, sent } = openJar()
    set(from, field)
    expect(sent(to)).toMatch(/^(?:__\w+-)?a=1$/)
  })

  it.each<[field: string, from: string, to: string]>([
    ['a=1', 'http://a.test/', 'http://b.a.test/'],
    ['a=1', 'http://b.a.test/', 'http://a.test/'],
    ['a=1', 'http://a.test/', 'http://xa.test/'],
    ['a=1', 'http://a.test/x/y', 'http://a.test/'],
    ['a=1', 'http://a.test/x/y', 'http://a.test/xy'],
    ['a=1; Path=/x', 'http://a.test/', 'http://a.test/X'],
    ['a=1; Domain=b.a.test', 'http://a.test/', 'http://b.a.test/'],
    ['a=1; Domain=b.test', 'http://a.test/', 'http://b.test/'],
    ['a=1; Domain=com', 'http://a.com/', 'http://a.com/'],
    ['a=1; Domain=co.uk', 'http://a.co.uk/', 'http://b.co.uk/'],
    ['a=1; Domain=github.io', 'http://a.github.io/', 'http://a.github.io/'],
    ['a=1; Domain=co.uk', 'http://co.uk/', 'http://a.co.uk/'],
    ['a=1; Domain=0.0.1', 'http://127.0.0.1/', 'http://127.0.0.1/'],
    ['a=1; Secure', 'https://a.test/', 'http://a.test/'],
    ['a=1; Secure', 'http://a.test/', 'https://a.test/'],
    ['__Secure-a=1', 'https://a.test/', 'https://a.test/'],
    ['__Host-a=1; Secure', 'https://a.test/x/y', 'https://a.test/x/y'],
    ['__host-a=1; Secure; Path=/; Domain=a.test', 'https://a.test/', 'https://a.test/'],
    ['a=1; Max-Age=0', 'http://a.test/', 'http://a.test/'],
    ['a=1; Max-Age=-1', 'http://a.test/', 'http://a.test/'],
    ['a=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT', 'http://a.test/', 'http://a.test/'],
    ['=1', 'http://a.test/', 'http://a.test/'],
    ['a', 'http://a.test/', 'http://a.test/'],
    ['', 'http://a.test/', 'http://a.test/'],
    ['a=\u0001', 'http://a.test/', 'http://a.test/'],
    ['a=\u007f', 'http://a.test/', 'http://a.test/'],
    ['a\tb=1', 'http://a.test/', 'http://a.test/'],
    [`a=${'x'.repeat(4096)}`, 'http://a.test/', 'http://a.test/'],
  ])('%s, set by %s, is not sent to %s', (field, from, to) => {
    const { set, sent } = openJar()
    set(from, field)
    expect(sent(to)).toBeNull()
  })

  it('expires, is replaced and removed', () => {
    const { set, sent, pass, jar, changes } = openJar()
    const url = 'http://a.test/'
    set(url, 'a=1; Max-Age=60', 'b=1', 'c=1; Expires=Thu, 01 Jan 2026 00:01:40 GMT', 'd=1; Max-Age=99999999999')
    expect(sent(url)).toBe('a=1; b=1; c=1; d=1')
    pass(60_000)
    expect(sent(url)).toBe('b=1; c=1; d=1')
    set(url, 'b=2', 'd=1; Max-Age=0')
    expect(sent(url)).toBe('b=2; c=1')
    pass(40_000)
    expect(jar.cookies().map(({ name }) => name)).toEqual(['b'])
    const before = changes()
    set(url, 'b=2', 'nothing', 'e=1; Max-Age=0')
    expect(changes()).toBe(before)
    set(url, 'b=3')
    expect(changes()).toBe(before + 1)
  })

  it('lasts for 400 days at most', () => {
    const { set, sent, pass } = openJar()
    set('http://a.test/', 'a=1; Expires=Fri, 31 Dec 9999 23:59:59 GMT')
    pass(400 * 86_400_000 - 1)
    expect(sent('http://a.test/')).toBe('a=1')
    pass(1)
    expect(sent('http://a.test/')).toBeNull()
  })

  it('that came over TLS is not replaced over plain http', () => {
    const { set, sent } = openJar()
    set('https://a.test/', 'a=1; Secure')
    set('http://a.test/', 'a=2', 'a=3; Max-Age=0')
    expect(sent('https://a.test/')).toBe('a=1')
    set('https://a.test/', 'a=4')
    expect(sent('http://a.test/')).toBe('a=4')
  })

  it('comes before others with a shorter path, then before those that were set later', () => {
    const { set, sent } = openJar()
    set('http://a.test/x/y', 'a=1; Path=/', 'b=1; Path=/x', 'c=1; Path=/', 'd=1; Path=/x/y; Domain=a.test')
    set('http://a.test/x/y', 'a=2; Path=/')
    expect(sent('http://a.test/x/y')).toBe('d=1; b=1; a=2; c=1')
  })

  it('keeps the bytes that it came in', () => {
    const { set, sent } = openJar()
    set('http://a.test/', 'a="x, y" \u00e9\u00ff')
    expect(sent('http://a.test/')).toBe('a="x, y" \u00e9\u00ff')
  })
})

describe('a jar', () => {
  it('begins with what a file holds, apart from what has expired', () => {
    const { sent, jar } = openJar(`# Netscape HTTP Cookie File
a.test\tFALSE\t/x/\tFALSE\t0\ta\t1
.a.test\tTRUE\t/\tTRUE\t${start / 1000 + 1}\tb\t2
a.test\tFALSE\t/\tFALSE\t${start / 1000}\tc\t3
.co.uk\tTRUE\t/\tFALSE\t0\td\t4
::1\tFALSE\t/\tFALSE\t0\te\t5
`)
    expect(sent('http://a.test/x')).toBe('a=1')
    expect(sent('https://y.a.test/x/')).toBe('b=2')
    expect([sent('http://x.co.uk/'), sent('http://co.uk/')]).toEqual([null, 'd=4'])
    expect(sent('http://[::1]:8080/')).toBe('e=5')
    expect(jar.cookies()).toHaveLength(4)
  })

  it('knows a cookie again whose default path curl wrote with a slash behind it', () => {
    const { set, sent } = openJar('a.test\tFALSE\t/x/\tFALSE\t0\ta\t1\n')
    set('http://a.test/x/y', 'a=2')
    expect(sent('http://a.test/x/z')).toBe('a=2')
  })

  it('sends a field of 8190 bytes at most, and the rest not at all', () => {
    const { set, sent } = openJar()
    for (let index = 0; index < 9; index++) set('http://a.test/', `a${index}=${'x'.repeat(2000)}`)
    expect(sent('http://a.test/')).toHaveLength(4 * 2003 + 3 * 2)
  })

  it('does not grow without bounds, whoever fills it', () => {
    const { jar, set } = openJar()
    const value = 'x'.repeat(4000)
    for (let index = 0; index < 300; index++) set('http://a.test/', `n${index}=${value}`)
    expect(jar.cookies()).toHaveLength(200)
    for (let index = 0; index < 8000; index++) set(`http://h${index}.test/`, `n=${value}`)
    const length = jar.cookies().reduce((sum, cookie) => sum + cookie.value.length, 0)
    expect(length).toBeLessThan(16 * 2 ** 20)
    expect(length).toBeGreaterThan(12 * 2 ** 20)
  })

  it('takes whatever bytes a server sends, and writes a file that can be read', () => {
    const random = seededRandom(seed)
    const parts = [
      'a=1',
      '; ',
      ';',
      '=',
      'Domain=',
      'Path=/',
      'Max-Age=',
      'Expires=',
      'Thu, 01 Jan 2027 00:00:00 GMT',
      'Secure',
      'HttpOnly',
      'a.test',
      '.',
      '\t',
      '\n',
      '\r',
      '\0',
      ' ',
      '"',
      '\u00ff',
      '__Host-',
      '9'.repeat(400),
      '-1',
      'xn--',
      '[::1]',
      '%00',
      'co.uk',
      '#HttpOnly_',
      '__proto__',
      '/',
    ] // prettier-ignore
    const urls = [
      'http://a.test/',
      'https://b.a.test/x/y',
      'http://[::1]:81/',
      'http://127.0.0.1/',
      'https://co.uk/',
      'http://test/',
      'https://xn--bcher-kva.example/',
    ] // prettier-ignore
    const { jar, set, sent } = openJar()
    for (let round = 0; round < 20_000; round++) {
      const field = Array.from({ length: random.below(9) }, () =>
        random.below(4) === 0 ? String.fromCharCode(random.below(256)) : random.pick(parts),
      ).join('')
      const url = random.pick(urls)
      const told = `SEED=${seed}, ${url} ${JSON.stringify(field)}`
      expect(() => set(url, field), told).not.toThrow()
      expect(sent(url) ?? '', told).toMatch(/^[\x20-\x7e\x80-\xff]*$/)
    }
    const cookies = jar.cookies().map((cookie) => ({ ...cookie, expiresAt: null }))
    expect(cookies.length).toBeGreaterThan(50)
    expect(parseCookieFile(formatCookieFile(cookies)), `SEED=${seed}`).toEqual({ kind: 'cookies', cookies })
  })
})
