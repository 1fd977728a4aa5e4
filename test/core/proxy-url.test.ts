import { describe, expect, it } from 'vitest'
import { parseProxyUrl, utf8Of } from '../../src/core/proxy-url.js'

describe('a proxy', () => {
  it.each([
    ['http://proxy:3128', 'http://proxy:3128', 'proxy', 3128],
    ['proxy:3128', 'http://proxy:3128', 'proxy', 3128],
    ['proxy', 'http://proxy:80', 'proxy', 80],
    ['HTTP://Proxy.Example/', 'http://proxy.example:80', 'proxy.example', 80],
    ['https://proxy/some/path?x#y', 'https://proxy:443', 'proxy', 443],
    ['https://proxy:80', 'https://proxy:80', 'proxy', 80],
    ['socks5://proxy', 'socks5://proxy:1080', 'proxy', 1080],
    ['socks5h://proxy:80', 'socks5h://proxy:80', 'proxy', 80],
    ['http://[::1]:3128', 'http://[::1]:3128', '::1', 3128],
    ['socks5://[::1]', 'socks5://[::1]:1080', '::1', 1080],
    ['  http://127.1:8080 ', 'http://127.0.0.1:8080', '127.0.0.1', 8080],
    ['http://pröxy', 'http://xn--prxy-6qa:80', 'xn--prxy-6qa', 80],
  ])('is %s', (text, name, hostname, port) => {
    const { credentials, ...proxy } = parseProxyUrl(text) ?? {}
    expect(proxy).toMatchObject({ name, hostname, port })
    expect(credentials).toBeNull()
  })

  it.each([
    ['http://jo:secret@proxy', 'jo', 'secret'],
    ['jo:secret@proxy:3128', 'jo', 'secret'],
    ['http://jo@proxy', 'jo', ''],
    ['socks5://j%6f:p%40%3A%2F%25@proxy', 'jo', 'p@:/%'],
    ['http://jo:%FF@proxy', 'jo', '\u00ff'],
  ])('has user and password, decoded to bytes: %s', (text, username, password) => {
    const proxy = parseProxyUrl(text)
    expect(proxy?.credentials).toEqual({ username, password })
    expect(proxy?.name).not.toMatch(/jo|secret/)
  })

  it('takes what is no ASCII as UTF-8', () => {
    expect(utf8Of(parseProxyUrl('http://jo:wört@proxy')?.credentials?.password ?? '')).toBe('wört')
  })

  it.each([
    '',
    ' ',
    'http://',
    'ftp://proxy',
    'socks4://proxy',
    'socks://proxy',
    'file:///proxy',
    'http://proxy:0',
    'http://proxy:99999',
    'http://jo:pa/ss@proxy',
    'http://a b',
    'http:/proxy',
    'http//jo:pass@proxy',
    'socks5h:/proxy:1080',
    'https:\\\\proxy',
    'http://pro\nxy',
    `socks5://${'u'.repeat(256)}:p@proxy`,
    `socks5h://u:${'%FF'.repeat(100)}@proxy`,
  ])('is not %j', (text) => {
    expect(parseProxyUrl(text)).toBeNull()
  })
})
