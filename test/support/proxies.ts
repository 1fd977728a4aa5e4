// Proxies of a test: HTTP (CONNECT, and requests with the whole URL) and SOCKS 5, with and without a password; what they were asked is kept.

import { createServer, request as httpRequest, type Server as HttpServer } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { connect, createServer as createTcpServer, type Server, type Socket } from 'node:net'
import type { TlsOptions } from 'node:tls'
import { LoopbackServer } from './loopback-server.js'

export interface ProxyOptions {
  readonly credentials?: { readonly username: string; readonly password: string }
  /** Makes it an https proxy. */
  readonly tls?: TlsOptions
  /** Where a host really is; itself if left out. */
  readonly route?: (host: string, port: number) => { readonly host: string; readonly port: number }
}

type Route = NonNullable<ProxyOptions['route']>

const straight: Route = (host, port) => ({ host: host.replace(/^\[(.*)\]$/, '$1'), port })

abstract class TestProxy extends LoopbackServer {
  /** What was asked for: `CONNECT host:port`, `GET http://...`, or `socks name host:port`. */
  readonly asked: string[] = []
  accepted = 0

  protected watch(server: Server): void {
    server.on('connection', (socket: Socket) => {
      this.accepted += 1
      this.sockets.add(socket)
      socket.on('error', () => {})
      socket.once('close', () => this.sockets.delete(socket))
    })
  }

  /** Both sides end with each other. */
  protected join(client: Socket, host: Socket): void {
    this.sockets.add(host)
    host.once('close', () => {
      this.sockets.delete(host)
      client.destroy()
    })
    client.once('close', () => host.destroy())
    host.pipe(client)
    client.pipe(host)
  }
}

export class HttpProxy extends TestProxy {
  protected readonly server: HttpServer
  /** Of each request, as it came; undefined where there was none. */
  readonly authorizations: (string | undefined)[] = []
  readonly #expected: string | undefined
  readonly #scheme: string

  constructor({ credentials, tls, route = straight }: ProxyOptions) {
    super()
    this.#scheme = tls === undefined ? 'http' : 'https'
    this.#expected =
      credentials && `Basic ${Buffer.from(`${credentials.username}:${credentials.password}`).toString('base64')}`
    this.server = tls === undefined ? createServer() : createTlsServer(tls)
    this.watch(this.server)
    this.server.on('request', (request, response) => {
      const { method = '', url = '', headers } = request
      this.asked.push(`${method} ${url}`)
      this.authorizations.push(headers['proxy-authorization'])
      if (!this.#isAllowed(headers['proxy-authorization'])) return void response.writeHead(407).end('who are you?')
      const target = new URL(url)
      const there = route(target.hostname, Number(target.port || 80))
      const { 'proxy-authorization': _secret, ...passed } = headers
      const forwarded = httpRequest(
        { ...there, method, path: `${target.pathname}${target.search}`, headers: passed, agent: false },
        (answer) => {
          response.writeHead(answer.statusCode ?? 500, answer.rawHeaders)
          answer.pipe(response)
        },
      )
      forwarded.on('error', () => response.writeHead(502).end())
      request.pipe(forwarded)
    })
    this.server.on('connect', (request, client, head) => {
      this.asked.push(`CONNECT ${request.url}`)
      const authorization = request.headers['proxy-authorization']
      this.authorizations.push(authorization)
      client.on('error', () => {})
      if (!this.#isAllowed(authorization)) return void client.end('HTTP/1.1 407 Who\r\nContent-Length: 0\r\n\r\n')
      const [, host = '', port = ''] = /^(.*):(\d+)$/.exec(request.url ?? '') ?? []
      const socket = connect(route(host, Number(port)))
      socket.on('error', () => client.end('HTTP/1.1 502 Bad Gateway\r\n\r\n'))
      socket.once('connect', () => {
        client.write('HTTP/1.1 200 Connection established\r\n\r\n')
        socket.write(head)
        this.join(client as Socket, socket)
      })
    })
  }

  /** With user and password, where it wants them. */
  url(credentials = ''): string {
    return `${this.#scheme}://${credentials === '' ? '' : `${credentials}@`}${this.host}`
  }

  #isAllowed(authorization: string | undefined): boolean {
    return this.#expected === undefined || authorization === this.#expected
  }
}

export class SocksProxy extends TestProxy {
  protected readonly server: Server
  /** `user:password` of each that told them. */
  readonly logins: string[] = []

  constructor({ credentials, route = straight }: ProxyOptions) {
    super()
    this.server = createTcpServer(
      (client) => void this.#serve(client, credentials, route).catch(() => client.destroy()),
    )
    this.watch(this.server)
  }

  async #serve(client: Socket, credentials: ProxyOptions['credentials'], route: Route): Promise<void> {
    const take = reader(client)
    const [, count = 0] = await take(2)
    const methods = await take(count)
    if (credentials !== undefined) {
      if (!methods.includes(2)) return void client.end(Buffer.from([5, 0xff]))
      client.write(Buffer.from([5, 2]))
      const [, length = 0] = await take(2)
      const username = (await take(length)).toString()
      const password = (await take((await take(1))[0] ?? 0)).toString()
      this.logins.push(`${username}:${password}`)
      const isRight = username === credentials.username && password === credentials.password
      client.write(Buffer.from([1, isRight ? 0 : 1]))
      if (!isRight) return void client.end()
    } else {
      client.write(Buffer.from([5, 0]))
    }
    const [, , , kind] = await take(4)
    const address = kind === 3 ? await take((await take(1))[0] ?? 0) : await take(kind === 1 ? 4 : 16)
    const host = kind === 3 ? address.toString() : kind === 1 ? address.join('.') : ipv6Of(address)
    const port = (await take(2)).readUInt16BE()
    this.asked.push(`socks ${kind === 3 ? 'name' : 'address'} ${host}:${port}`)
    const socket = connect(route(host, port))
    socket.on('error', () => client.end(Buffer.from([5, 5, 0, 1, 0, 0, 0, 0, 0, 0])))
    socket.once('connect', () => {
      client.write(Buffer.from([5, 0, 0, 1, 127, 0, 0, 1, 0, 80]))
      this.join(client, socket)
    })
  }
}

function ipv6Of(address: Buffer): string {
  return Array.from({ length: 8 }, (_, index) => address.readUInt16BE(2 * index).toString(16)).join(':')
}

/** Takes so many bytes, when they have come. */
function reader(socket: Socket): (count: number) => Promise<Buffer> {
  return async (count) => {
    if (count === 0) return Buffer.alloc(0)
    for (;;) {
      const bytes: unknown = socket.read(count)
      if (Buffer.isBuffer(bytes)) return bytes
      if (socket.readableEnded || socket.destroyed) throw new Error('ended')
      await new Promise<void>((resolve) => {
        const go = () => {
          for (const name of ['readable', 'end', 'close']) socket.removeListener(name, go)
          resolve()
        }
        for (const name of ['readable', 'end', 'close']) socket.once(name, go)
      })
    }
  }
}

export function startHttpProxy(options: ProxyOptions = {}): Promise<HttpProxy> {
  return new HttpProxy(options).listen()
}

export function startSocksProxy(options: ProxyOptions = {}): Promise<SocksProxy> {
  return new SocksProxy(options).listen()
}
