// Ways that requests go: to a proxy with the whole URL, to a socket of this machine, straight; and what still holds there.

import { createServer } from 'node:http'
import { once } from 'node:events'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { parseProxyUrl } from '../../src/core/proxy-url.js'
import { startHttpServer } from '../support/http-server.js'
import { startHttpProxy, startSocksProxy } from '../support/proxies.js'
import { startAnswering, startRawServer } from '../support/raw-server.js'
import { tempFolder } from '../support/temp.js'
import { through } from './proxied.js'
import { never, taskFor, tls, useOpened } from './setup.js'

const { open, openFetcher, fetchOnce } = useOpened()

const openServer = () => open(startHttpServer((_request, response) => void response.end('hello')))

describe('an http URL through an HTTP proxy', () => {
  it.each([
    ['http', undefined],
    ['https', tls],
  ])('is asked for whole, with the password for the proxy alone: %s proxy', async (_scheme, certificate) => {
    const server = await openServer()
    const credentials = { username: 'jo', password: 'secret' }
    const proxy = await open(startHttpProxy({ credentials, ...(certificate && { tls: certificate }) }))
    const attempt = await fetchOnce(`${server.origin}/x?y=1`, { insecure: true, ...through(proxy.url('jo:secret')) })
    expect(attempt).toMatchObject({ failure: null, statusCode: 200, bodyBytes: 5, isProxied: true, dnsMs: null })
    expect(proxy.asked).toEqual([`GET ${server.origin}/x?y=1`])
    expect(server.arrivals[0]).toMatchObject({ path: '/x?y=1', headers: { host: server.host } })
    expect(server.arrivals[0]?.headers).not.toHaveProperty('proxy-authorization')
  })

  it('shares its connection with other hosts', async () => {
    const [one, other] = [await openServer(), await openServer()]
    const proxy = await open(startHttpProxy())
    const fetcher = await openFetcher(through(proxy.url()))
    for (const { origin } of [one, other, one, other]) {
      // That a host has no further tasks is no reason to close it.
      const task = taskFor(origin)
      task.hostOutlook = 'none'
      expect((await fetcher.fetch(task, never)).failure).toBeNull()
    }
    expect(proxy.accepted).toBe(1)
  })

  it('that came upon a connection which the proxy had closed is stale', async () => {
    const proxy = await open(
      startRawServer({
        onRequest: ({ socket }, count) => {
          if (count === 1) socket.write('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n')
          else socket.destroy()
        },
      }),
    )
    const fetcher = await openFetcher(through(proxy.origin))
    await fetcher.fetch(taskFor('http://one.test/'), never)
    expect(await fetcher.fetch(taskFor('http://other.test/'), never)).toMatchObject({ stale: true })
  })

  it('sends a body along', async () => {
    const bodies: string[] = []
    const server = await open(
      startHttpServer((request, response) => {
        request.on('data', (chunk: Buffer) => bodies.push(chunk.toString())).on('end', () => response.end())
      }),
    )
    const proxy = await open(startHttpProxy())
    const request = { method: 'POST', body: 'some bytes' }
    expect((await fetchOnce(server.origin, through(proxy.url()), { request })).failure).toBeNull()
    expect(bodies).toEqual(['some bytes'])
  })

  it('is refused by the proxy with 407; what else it answers may be the host', async () => {
    const proxy = await open(startHttpProxy({ credentials: { username: 'jo', password: 'secret' } }))
    const refused = await fetchOnce('http://127.0.0.1:9/', through(proxy.url()))
    expect(refused).toMatchObject({ failure: { type: 'proxy', code: 'HTTP_407' }, statusCode: null, bodyBytes: 0 })
    const failing = await open(startAnswering('HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n'))
    const attempt = await fetchOnce('http://127.0.0.1:9/', through(failing.origin))
    expect(attempt).toMatchObject({ failure: null, statusCode: 503 })
  })

  it('fails by the proxy that is not there', async () => {
    const { failure } = await fetchOnce('http://127.0.0.1:9/', through('http://127.0.0.1:1'))
    expect(failure).toMatchObject({ type: 'proxy', code: 'ECONNREFUSED' })
  })

  it('takes a 407 for an answer where there is no proxy', async () => {
    const server = await open(startAnswering('HTTP/1.1 407 Odd\r\nContent-Length: 0\r\n\r\n'))
    expect(await fetchOnce(server.origin)).toMatchObject({ failure: null, statusCode: 407, isProxied: false })
  })
})

describe('a way', () => {
  it('is chosen for each origin', async () => {
    const server = await openServer()
    const proxy = await open(startHttpProxy())
    const [straight, proxied] = [`http://localhost:${server.port}`, server.origin]
    const found = parseProxyUrl(proxy.url())
    const fetcher = await openFetcher({ proxyFor: (origin) => (origin === proxied ? found : null) })
    expect(await fetcher.fetch(taskFor(straight), never)).toMatchObject({ failure: null, isProxied: false })
    expect(await fetcher.fetch(taskFor(proxied), never)).toMatchObject({ failure: null, isProxied: true })
    expect(proxy.asked).toEqual([`GET ${proxied}/`])
  })

  it('is not for redirects from public hosts to what is private by its name', async () => {
    const proxies = [await open(startHttpProxy()), await open(startSocksProxy())]
    for (const url of [`http://${proxies[0]?.host}`, `socks5h://${proxies[1]?.host}`]) {
      const fetcher = await openFetcher(through(url))
      for (const address of ['http://127.0.0.1:9/', 'http://[::1]:9/', 'http://localhost:9/', 'https://10.0.0.1/']) {
        const task = taskFor(address)
        task.target = { ...task.target, isPublicOnly: true }
        const attempt = await fetcher.fetch(task, never)
        expect(attempt).toMatchObject({ failure: { type: 'blocked', code: 'PRIVATE_ADDRESS' }, remoteIp: null })
      }
    }
    expect(proxies.map(({ accepted }) => accepted)).toEqual([0, 0])
  })

  it('with addresses that are looked up here is as well guarded as without a proxy', async () => {
    const proxy = await open(startSocksProxy())
    const task = taskFor('http://inner.test/')
    task.target = { ...task.target, isPublicOnly: true }
    const fetcher = await openFetcher({
      lookup: (_name, _options, callback) => callback(null, [{ address: '10.0.0.1', family: 4 }]),
      ...through(`socks5://${proxy.host}`),
    })
    expect((await fetcher.fetch(task, never)).failure).toMatchObject({ type: 'blocked', code: 'PRIVATE_ADDRESS' })
    expect(proxy.asked).toEqual([])
  })
})

describe('addresses given with --resolve', () => {
  it('are those of the proxy, too, and of hosts where names are looked up here', async () => {
    const server = await openServer()
    const resolve = (host: string, port: number) => ({ host, port, address: '127.0.0.1' })
    const http = await open(startHttpProxy())
    const socks = await open(startSocksProxy())
    const options = { resolve: [resolve('proxy.test', http.port), resolve('some.test', server.port)] }
    await fetchOnce(server.origin, { ...options, ...through(`http://proxy.test:${http.port}`) })
    await fetchOnce(`http://some.test:${server.port}`, { ...options, ...through(`socks5://${socks.host}`) })
    expect(http.asked).toEqual([`GET ${server.origin}/`])
    expect(socks.asked).toEqual([`socks address 127.0.0.1:${server.port}`])
  })

  it('are not those of hosts that the proxy looks up', async () => {
    const server = await openServer()
    const socks = await open(startSocksProxy({ route: (_host, port) => ({ host: '127.0.0.1', port }) }))
    const resolve = [{ host: 'some.test', port: server.port, address: '192.0.2.1' }]
    const url = `http://some.test:${server.port}`
    expect((await fetchOnce(url, { resolve, ...through(`socks5h://${socks.host}`) })).failure).toBeNull()
    expect(socks.asked).toEqual([`socks name some.test:${server.port}`])
  })
})

describe('a socket of this machine', () => {
  async function listen(): Promise<{ path: string; hosts: (string | undefined)[]; connections: () => number }> {
    const path = join(await tempFolder(), 'socket')
    const hosts: (string | undefined)[] = []
    let connections = 0
    const server = createServer((request, response) => {
      hosts.push(request.headers.host)
      response.end('hello')
    }).on('connection', () => connections++)
    server.listen(path)
    await once(server, 'listening')
    onTestFinished(() => {
      server.close()
      server.closeAllConnections()
    })
    return { path, hosts, connections: () => connections }
  }

  it('serves whatever host, with the Host of the URL, over connections that are kept', async () => {
    const { path, hosts, connections } = await listen()
    const fetcher = await openFetcher({ unixSocket: path })
    const first = await fetcher.fetch(taskFor('http://docker/info'), never)
    expect(first).toMatchObject({ failure: null, bodyBytes: 5, remoteIp: null, dnsMs: null, isProxied: false })
    await fetcher.fetch(taskFor('http://docker/x'), never)
    await fetcher.fetch(taskFor('http://127.0.0.1:1/'), never)
    expect(hosts).toEqual(['docker', 'docker', '127.0.0.1:1'])
    expect(connections()).toBe(2)
  })

  it.each([
    ['is not there', 'nothing', 'ENOENT'],
    ['has a name that is too long', 'x'.repeat(200), ''],
  ])('that %s is a failure to connect', async (_what, name, code) => {
    const { failure } = await fetchOnce('http://docker/', { unixSocket: join(await tempFolder(), name) })
    expect(failure?.type).toBe('connect')
    expect(failure?.code).toContain(code)
    expect(failure?.message).toContain(name)
  })
})
