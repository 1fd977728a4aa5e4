import { describe, expect, it } from 'vitest'
import { parseProxyUrl } from '../../src/core/proxy-url.js'
import { ProxyStates } from '../../src/fetchers/proxy-state.js'
import type { ProxyServer } from '../../src/types.js'
import { runCli } from '../support/run-cli.js'

function proxyOf(text: string): ProxyServer {
  const proxy = parseProxyUrl(text)
  if (proxy === null) throw new Error(text)
  return proxy
}

const proxy = proxyOf('http://jo:secret@proxy.test:3128')

/** Fails at these times, without taking any. */
function failAt(states: ProxyStates, ...times: number[]): void {
  for (const now of times) states.failed(proxy, now, now)
}

describe('a proxy that cannot be reached', () => {
  it('is given up after so long and four failures, and then tried once a second', () => {
    const states = new ProxyStates(10_000)
    failAt(states, 0, 5000, 9999)
    expect(states.refusal(proxy, 10_000)).toBeNull()
    failAt(states, 10_000)
    expect(states.refusal(proxy, 10_500)).toEqual({
      type: 'proxy',
      code: 'PROXY_DOWN',
      message:
        'the proxy http://proxy.test:3128 is given up after 4 failures in 10.0s; not tried again (--no-breaker tries every URL)',
    })
    expect(states.refusal(proxy, 11_000)).toBeNull()
    expect(states.refusal(proxy, 11_001)?.code).toBe('PROXY_DOWN')
    failAt(states, 11_010)
    expect(states.refusal(proxy, 12_005)?.code).toBe('PROXY_DOWN')
    expect(states.refusal(proxy, 12_010)).toBeNull()
  })

  it('is as good as ever when it was reached', () => {
    const states = new ProxyStates(1000)
    failAt(states, 0, 500, 1000, 1500)
    expect(states.refusal(proxy, 1501)?.code).toBe('PROXY_DOWN')
    states.reached(proxy)
    expect(states.refusal(proxy, 1502)).toBeNull()
    failAt(states, 1600)
    expect(states.refusal(proxy, 1601)).toBeNull()
  })

  it('is none of the other proxies, and is tried for ever where nothing is given up', () => {
    const states = new ProxyStates(0)
    failAt(states, 0, 1, 2, 3)
    expect(states.refusal(proxy, 4)?.code).toBe('PROXY_DOWN')
    expect(states.refusal(proxyOf('http://other.test'), 4)).toBeNull()
    const patient = new ProxyStates(null)
    failAt(patient, 0, 100_000, 200_000, 300_000)
    expect(patient.refusal(proxy, 300_001)).toBeNull()
  })

  it('is given up for the hosts of a run, which are not', async () => {
    const urls = Array.from({ length: 40 }, (_, index) => `http://host-${index % 4}.test/${index}`)
    const options = ['-x', 'http://127.0.0.1:1', '--breaker', '1ms', '--retries', '0', '-w', '1']
    const { records } = await runCli(options, { stdin: urls.join('\n') })
    const codes = records.map(({ error_code }) => error_code)
    expect(new Set(records.map(({ error_type }) => error_type))).toEqual(new Set(['proxy']))
    expect(new Set(codes)).toEqual(new Set(['ECONNREFUSED', 'PROXY_DOWN']))
    expect(codes.filter((code) => code === 'PROXY_DOWN').length).toBeGreaterThan(20)
  })
})
