// -x, the environment and their like, in whole runs: who is asked, and what is refused.

import { createServer, get, type RequestListener } from 'node:http'
import type { Socket } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { composeRoutes } from '../../src/cli/routes.js'
import { parseCommandLine } from '../../src/cli/command-line.js'
import { parseOptions } from '../../src/cli/options.js'
import { startHttpServer } from '../support/http-server.js'
import { startHttpProxy, startSocksProxy } from '../support/proxies.js'
import { runCli } from '../support/run-cli.js'

/** Which proxy http, and which https goes through. */
function chosen(argv: readonly string[], env: Readonly<Record<string, string>> = {}): (string | null)[] {
  const command = parseCommandLine(argv, '1.2.3', env)
  if (command.kind !== 'run') throw new Error('runs nothing')
  const { options } = composeRoutes(parseOptions(command.values, command.variables), env, command.variables)
  return ['http://example.com', 'https://example.com'].map((origin) => options.proxyFor?.(origin)?.name ?? null)
}

const all = { http_proxy: 'one:1', HTTPS_PROXY: 'https://two:2', ALL_PROXY: 'socks5://three:3' }

describe('the proxy', () => {
  it.each<[string[], Record<string, string>, (string | null)[]]>([
    [[], {}, [null, null]],
    [[], all, ['http://one:1', 'https://two:2']],
    [[], { ALL_PROXY: 'socks5://three:3' }, ['socks5://three:3', 'socks5://three:3']],
    [[], { https_proxy: 'one:1' }, [null, 'http://one:1']],
    [['-x', 'socks5h://four:4'], all, ['socks5h://four:4', 'socks5h://four:4']],
    [[], { ...all, POOLFETCH_PROXY: 'four:4' }, ['http://four:4', 'http://four:4']],
    [['-x', ''], all, [null, null]],
    [['--noproxy', '*'], all, [null, null]],
    [[], { ...all, NO_PROXY: '*' }, [null, null]],
    [[], { ...all, no_proxy: 'example.com' }, [null, null]],
    [['--noproxy', 'other.test'], { ...all, no_proxy: '*' }, ['http://one:1', 'https://two:2']],
    [['--noproxy', ''], { ...all, no_proxy: '*' }, ['http://one:1', 'https://two:2']],
    [['-x', 'four:4'], { NO_PROXY: 'example.com:443' }, ['http://four:4', null]],
    [['--unix-socket', '/x'], all, [null, null]],
  ])('of %j with %j', (argv, env, expected) => {
    expect(chosen(argv, env)).toEqual(expected)
  })

  it.each<[string[], Record<string, string>, RegExp]>([
    [['-x', 'ftp://u:secret@host'], {}, /^--proxy must be a proxy such as .*, or '' for none$/],
    [[], { POOLFETCH_PROXY: 'socks4://u:secret@host' }, /^POOLFETCH_PROXY must be a proxy such as/],
    [
      [],
      { HTTPS_PROXY: 'u:secret@host:port' },
      /^HTTPS_PROXY must be a proxy such as .*; --noproxy '\*' does without it$/,
    ],
    [['--public-only', '-x', 'u:secret@h:1'], {}, /^--public-only contradicts --proxy: nobody knows/],
    [['--public-only'], { http_proxy: 'u:secret@h' }, /^--public-only contradicts http_proxy: .*--noproxy/],
    [['--unix-socket', '/x', '-x', 'h:1'], {}, /^--unix-socket contradicts --proxy/],
    [['--unix-socket', '/x', '--public-only'], {}, /^--unix-socket contradicts --public-only/],
    [['-4', '-6'], {}, /^--ipv4 contradicts --ipv6/],
    [['--unix-socket', ''], {}, /^--unix-socket must be/],
  ])('is refused: %j with %j', (argv, env, message) => {
    expect(() => chosen(argv, env)).toThrow(message)
    expect(() => chosen(argv, env)).not.toThrow(/secret/)
  })

  it('is no matter to --public-only where none is used', () => {
    expect(chosen(['--public-only', '-x', ''], all)).toEqual([null, null])
    expect(chosen(['--public-only', '--noproxy', '*'], all)).toEqual([null, null])
  })
})

describe('a run', () => {
  it('goes through the proxy of the environment, says so with --verbose, and shows its password to nobody', async () => {
    const server = await startHttpServer((_request, response) => void response.end('hello'))
    onTestFinished(() => server.close())
    const proxy = await startHttpProxy({ credentials: { username: 'jo', password: 'secret' } })
    onTestFinished(() => proxy.close())
    const env = { http_proxy: proxy.url('jo:secret') }
    const { code, records, stdout, stderr } = await runCli(['-v'], { stdin: `${server.origin}/x`, env })
    expect([code, records[0]?.ok, records[0]?.remote_ip]).toEqual([0, true, '127.0.0.1'])
    expect(proxy.asked).toEqual([`GET ${server.origin}/x`])
    expect(stderr).toContain(`poolfetch: requests go through ${proxy.url()} (http_proxy)\n`)
    expect(stdout + stderr).not.toContain('secret')

    const refused = await runCli([], { stdin: `${server.origin}/x`, env: { http_proxy: proxy.url('jo:other') } })
    expect(refused.records[0]).toMatchObject({ error_type: 'proxy', error_code: 'HTTP_407', attempts: 1 })
    expect(refused.stdout + refused.stderr).not.toMatch(/other|jo/)
  })

  it('waits for a proxy that is started anew, and loses nothing over it', async () => {
    const server = await startHttpServer((_request, response) => void setTimeout(() => response.end('hello'), 5))
    onTestFinished(() => server.close())
    const sockets = new Set<Socket>()
    const forward: RequestListener = (request, response) => {
      const { pathname } = new URL(request.url ?? '')
      get(`${server.origin}${pathname}`, (answer) => answer.pipe(response)).on('error', () => response.destroy())
      if (server.arrivals.length === 20) void restart()
    }
    let proxy = createServer(forward)
    const listen = async (port: number) => {
      proxy = createServer(forward).on('connection', (socket) => sockets.add(socket.on('error', () => {})))
      await new Promise<void>((resolve) => proxy.listen(port, '127.0.0.1', resolve))
      const address = proxy.address()
      return typeof address === 'object' && address !== null ? address.port : 0
    }
    const port = await listen(0)
    const restart = async () => {
      proxy.close()
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => setTimeout(resolve, 700))
      await listen(port)
    }
    onTestFinished(() => void proxy.close())
    const stdin = Array.from({ length: 400 }, (_, index) => `${server.origin}/${index}\n`).join('')
    const { code, records } = await runCli(['-x', `http://127.0.0.1:${port}`, '-w', '4'], { stdin })
    expect(records.filter(({ ok }) => !ok)).toEqual([])
    expect([code, records.length]).toEqual([0, 400])
  })

  it('loads what SOCKS needs', async () => {
    const server = await startHttpServer((_request, response) => void response.end('hello'))
    onTestFinished(() => server.close())
    const proxy = await startSocksProxy()
    onTestFinished(() => proxy.close())
    const { records } = await runCli(['-x', `socks5h://${proxy.host}`], { stdin: server.origin })
    expect(records[0]).toMatchObject({ ok: true, body_bytes: 5 })
    expect(proxy.asked).toHaveLength(1)
  })

  it('follows no redirect through a proxy to what is private by its name, unless told to', async () => {
    const proxy = await startHttpProxy({ route: () => ({ host: '127.0.0.1', port: server.port }) })
    onTestFinished(() => proxy.close())
    const server = await startHttpServer((request, response) => {
      if (request.headers.host === 'public.test') response.writeHead(302, { location: 'http://127.0.0.1/' })
      response.end('hello')
    })
    onTestFinished(() => server.close())
    const stdin = 'http://public.test/\nhttp://127.0.0.1/\n'
    const guarded = await runCli(['-x', proxy.url()], { stdin })
    expect(guarded.records.toSorted((a, b) => a.id - b.id)).toMatchObject([
      { error_type: 'blocked', error_code: 'PRIVATE_ADDRESS', redirects: 1 },
      { ok: true },
    ])
    const free = await runCli(['-x', proxy.url(), '--allow-private-redirects'], { stdin })
    expect(free.code).toBe(0)
  })

  it('sends no Proxy-Authorization of the caller to hosts', async () => {
    const { code, stderr } = await runCli(['-H', 'Proxy-Authorization: Basic secret'], { stdin: '' })
    expect([code, stderr]).toEqual([2, expect.stringContaining('--header cannot set Proxy-Authorization')])
    expect(stderr).not.toContain('secret')
  })
})
