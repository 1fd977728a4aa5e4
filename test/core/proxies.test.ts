import { describe, expect, it } from 'vitest'
import { NoProxy } from '../../src/core/no-proxy.js'
import { proxyOf, proxyVariable } from '../../src/core/proxies.js'
import { parseProxyUrl } from '../../src/core/proxy-url.js'

describe('the proxy of an origin', () => {
  const [http, https] = [parseProxyUrl('http://one:1'), parseProxyUrl('socks5://two:2')]

  it('goes by its scheme', () => {
    const choice = { http, https, noProxy: new NoProxy('') }
    expect(proxyOf('http://example.com', choice)).toBe(http)
    expect(proxyOf('https://example.com:80', choice)).toBe(https)
    expect(proxyOf('http://example.com', { ...choice, http: null })).toBeNull()
  })

  it.each([
    ['http://example.com', 'example.com:80', null],
    ['https://example.com', 'example.com:443', null],
    ['https://example.com:8443', 'example.com:443', https],
    ['http://[::1]:8080', '[::1]:8080', null],
    ['http://[::1]', '::1', null],
    ['http://localhost', '', http],
  ])('is none by host and port: %s', (origin, text, expected) => {
    expect(proxyOf(origin, { http, https, noProxy: new NoProxy(text) })).toBe(expected)
  })
})

describe('a variable of the environment', () => {
  it.each([
    [{}, null],
    [{ HTTP_PROXY: 'a' }, 'HTTP_PROXY'],
    [{ http_proxy: 'b', HTTP_PROXY: 'a' }, 'http_proxy'],
    [{ http_proxy: ' ', HTTP_PROXY: 'a' }, 'HTTP_PROXY'],
    [{ ALL_PROXY: 'c' }, 'ALL_PROXY'],
    [{ all_proxy: 'c', HTTP_PROXY: 'a' }, 'HTTP_PROXY'],
    [{ HTTP_PROXY: 'a', REQUEST_METHOD: 'GET' }, null],
    [{ http_proxy: 'a', REQUEST_METHOD: 'GET' }, 'http_proxy'],
  ])('is the first that is set, and none that a request to a CGI script could have set: %j', (env, expected) => {
    expect(proxyVariable(['HTTP_PROXY', 'ALL_PROXY'], env)?.name ?? null).toBe(expected)
  })
})
