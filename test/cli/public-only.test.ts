// --public-only in whole runs: a list that somebody else wrote gets nowhere near what is private.

import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, onTestFinished } from 'vitest'
import { startHttpServer } from '../support/http-server.js'
import { canIsolate, isolated } from '../support/network-namespace.js'
import { binPath, parseRecords, runCli } from '../support/run-cli.js'

const serversPath = fileURLToPath(new URL('../support/public-servers.mjs', import.meta.url))
const publicAddress = '8.8.8.8'

describe('--public-only', () => {
  const hosts = [
    '127.0.0.1',
    '127.1',
    '0x7f000001',
    '0177.0.0.1',
    '2130706433',
    '127。0。0。1',
    '\uff11\uff12\uff17.0.0.1',
  ]

  it('connects to nothing on this machine, however it is spelled, and tries once', async () => {
    const server = await startHttpServer((_request, response) => void response.end('hello'))
    onTestFinished(() => server.close())
    const urls = hosts.map((host) => `http://${host}:${server.port}/`)
    const other = ['localhost', 'localhost.', '[::1]', '[::ffff:127.0.0.1]', '[::ffff:7f00:1]']
    const stdin = [...urls, ...other.map((host) => `http://${host}:${server.port}/`)].join('\n')
    const guarded = await runCli(['--public-only'], { stdin })
    expect(guarded.code).toBe(1)
    expect(guarded.records).toHaveLength(hosts.length + other.length)
    for (const record of guarded.records) {
      expect(record).toMatchObject({
        ok: false,
        error_type: 'blocked',
        error_code: 'PRIVATE_ADDRESS',
        error_message: `${record.host} is not public (--public-only)`,
        attempts: 1,
        status_code: null,
        connect_ms: null,
        remote_ip: null,
      })
    }
    expect(server.accepted).toBe(0)

    const free = await runCli([], { stdin: urls.join('\n') })
    expect(free.records.map(({ ok }) => ok)).toEqual(urls.map(() => true))
    expect(server.accepted).toBeGreaterThan(0)
  })

  it('takes no host for dead, whatever number of its URLs is refused', async () => {
    const stdin = Array.from({ length: 200 }, (_, index) => `http://127.0.0.1:1/${index}\n`).join('')
    const { code, records } = await runCli(['--public-only', '--breaker', '1ms'], { stdin })
    expect(code).toBe(1)
    expect(new Set(records.map(({ error_code }) => error_code))).toEqual(new Set(['PRIVATE_ADDRESS']))
    expect(records).toHaveLength(200)
  })

  it('leaves an address that --resolve names to who named it', async () => {
    const server = await startHttpServer((_request, response) => void response.end('hello'))
    onTestFinished(() => server.close())
    const resolve = `mine.test:${server.port}:127.0.0.1`
    const { code, records } = await runCli(['--public-only', '--resolve', resolve], {
      stdin: `http://mine.test:${server.port}/\nhttp://127.0.0.1:${server.port}/`,
    })
    expect(code).toBe(1)
    expect(new Map(records.map(({ id, error_type }) => [id, error_type]))).toEqual(
      new Map([
        [1, null],
        [2, 'blocked'],
      ]),
    )
  })

  it('is refused together with --allow-private-redirects', async () => {
    const { code, stderr } = await runCli(['--public-only', '--allow-private-redirects'], { stdin: '' })
    expect([code, stderr]).toEqual([2, expect.stringContaining('contradicts --public-only')])
  })
})

describe.skipIf(!canIsolate())('a public address that redirects to a private one', () => {
  const url = `http://${publicAddress}/?to=http://127.0.0.1/`
  const byName = `http://${publicAddress}/?to=http://localhost/`

  function run(...parameters: string[]) {
    const inside = isolated(
      [process.execPath, serversPath, publicAddress, binPath, '--progress', 'none', ...parameters, '-'],
      `ip addr add ${publicAddress}/32 dev lo`,
    )
    const [file = '', ...rest] = inside
    const input = `${url}\n${byName}\nhttp://${publicAddress}/\n`
    const { status, stdout, stderr } = spawnSync(file, rest, { encoding: 'utf8', input, timeout: 20_000 })
    const connections: unknown = JSON.parse(stderr.trim().split('\n').at(-1) ?? '')
    return { status, records: parseRecords(stdout).toSorted((a, b) => a.id - b.id), connections }
  }

  it.each([
    [[], 'a public host redirects to 127.0.0.1, which is not public (--allow-private-redirects)'],
    [['--public-only'], '127.0.0.1 is not public (--public-only)'],
  ])('leads nowhere with %j', (options, message) => {
    const { status, records, connections } = run('-w', '1', ...options)
    expect(status).toBe(1)
    expect(records).toMatchObject([
      { error_type: 'blocked', error_code: 'PRIVATE_ADDRESS', error_message: message, redirects: 1, remote_ip: null },
      { error_type: 'blocked', error_message: message.replace('127.0.0.1', 'localhost'), redirects: 1 },
      { ok: true, status_code: 200, remote_ip: publicAddress },
    ])
    expect(connections).toEqual({ public: 1, loopback: 0 })
  })

  it('is followed with --allow-private-redirects', () => {
    const { status, records, connections } = run('-w', '1', '--allow-private-redirects')
    expect(status).toBe(0)
    expect(records.slice(0, 2)).toMatchObject([
      { ok: true, redirects: 1, remote_ip: '127.0.0.1' },
      { ok: true, redirects: 1 },
    ])
    expect(connections).toMatchObject({ public: 1 })
  })
})
