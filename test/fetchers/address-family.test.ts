import { lookup as systemLookup } from 'node:dns'
import type { LookupFunction } from 'node:net'
import { describe, expect, it } from 'vitest'
import { lookupOfFamily } from '../../src/fetchers/address-family.js'
import { startHttpServer } from '../support/http-server.js'
import { startHttpProxy } from '../support/proxies.js'
import { through } from './proxied.js'
import { useOpened } from './setup.js'

const { open, fetchOnce } = useOpened()

const names: Readonly<Record<string, readonly string[]>> = {
  'both.test': ['127.0.0.1', '::1'],
  'old.test': ['127.0.0.1'],
  'new.test': ['::1'],
}

/** As the system's: a name without an address of the family asked for does not exist. */
const lookup: LookupFunction = (hostname, { family }, callback) => {
  const known = (names[hostname] ?? []).map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))
  const answer = known.filter((found) => family === 0 || family === undefined || found.family === family)
  if (answer.length > 0) callback(null, answer)
  else callback(Object.assign(new Error('none'), { code: 'ENOTFOUND' }), [])
}

describe('-4 and -6', () => {
  it.each([
    [4, '127.0.0.1'],
    [6, '::1'],
  ] as const)('dial addresses of that family alone: -%i', async (family, address) => {
    const server = await open(startHttpServer((_request, response) => void response.end(), { address }))
    const attempt = await fetchOnce(`http://both.test:${server.port}/`, { lookup, family })
    expect(attempt).toMatchObject({ failure: null, remoteIp: address })
    expect(await fetchOnce(server.origin, { family })).toMatchObject({ failure: null, remoteIp: address })
  })

  it.each([
    [4, 'new.test', 'ENODATA', 'the name has no IPv4 address: new.test (-4)'],
    [6, 'old.test', 'ENODATA', 'the name has no IPv6 address: old.test (-6)'],
    [6, 'none.test', 'ENOTFOUND', 'no such host: none.test'],
    [6, '127.0.0.1', 'ENODATA', '127.0.0.1 is no IPv6 address (-6)'],
    [4, '[::1]', 'ENODATA', '::1 is no IPv4 address (-4)'],
  ] as const)('say what a host lacks: -%i %s', async (family, host, code, message) => {
    const { failure } = await fetchOnce(`http://${host}:9/`, { lookup, family })
    expect(failure).toEqual({ type: 'dns', code, message })
  })

  it('hold for the proxy', async () => {
    const proxy = await open(startHttpProxy())
    const attempt = await fetchOnce('https://[::1]:1/', { lookup, family: 4, ...through(proxy.url()) })
    expect(attempt.failure).toMatchObject({ type: 'proxy', code: 'HTTP_502' })
    const { failure } = await fetchOnce('https://[::1]:1/', { lookup, family: 6, ...through('http://old.test:3128') })
    expect(failure).toEqual({
      type: 'proxy',
      code: 'ENODATA',
      message: 'proxy http://old.test:3128: the name has no IPv6 address: old.test (-6)',
    })
  })

  it("ask the system's resolver for what there is", async () => {
    const answer = await new Promise((resolve) =>
      lookupOfFamily(4, systemLookup)('localhost', { all: true }, (_error, found) => resolve(found)),
    )
    expect(answer).toEqual([{ address: '127.0.0.1', family: 4 }])
  })
})
