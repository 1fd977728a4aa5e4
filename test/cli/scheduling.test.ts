// Whole runs: in which order hosts are asked, how often, and what becomes of those that refuse.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type HttpServer, startHttpServer } from '../support/http-server.js'
import { runCli, spawnCli } from '../support/run-cli.js'
import { tempFile, tempFolder } from '../support/temp.js'

type Handler = Parameters<typeof startHttpServer>[0]

async function serve(handle: Handler): Promise<HttpServer> {
  const server = await startHttpServer(handle)
  onTestFinished(() => server.close())
  return server
}

const hello: Handler = (_request, response) => void response.end('hello')
const lines = (...items: string[]) => `${items.join('\n')}\n`
const ids = (records: readonly { id: number }[]) => records.map(({ id }) => id).toSorted((a, b) => a - b)
const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1)

/** Names of one server: hosts of their own for the program. */
function named(server: HttpServer, count: number, each: number) {
  const urls = upTo(count).flatMap((host) => upTo(each).map((page) => `http://h${host}.test:${server.port}/${page}`))
  return { urls, resolve: ['--resolve', `*:${server.port}:127.0.0.1`] }
}

/** In which order the hosts came, by their arrivals. */
const hostsOf = (server: HttpServer) => server.arrivals.map(({ headers }) => headers.host?.split('.')[0] ?? '')

describe('a list that is larger than memory, sorted by host', () => {
  const run = async (list: string[], stdin: string | undefined, server: HttpServer) => {
    const tmp = await tempFolder()
    const { resolve } = named(server, 1, 1)
    const limits = ['--buffer', '20', '-w', '10', '--per-host', '1']
    const options = { env: { TMPDIR: tmp }, ...(stdin === undefined ? {} : { stdin }) }
    const { code, records, stderr } = await runCli([...list, ...resolve, ...limits], options)
    // All ten hosts are asked before a tenth of the list is done.
    const early = new Set(hostsOf(server).slice(0, 40)).size
    return {
      code,
      stderr,
      ids: ids(records),
      early,
      left: readdirSync(tmp).filter((name) => name.startsWith('poolfetch')),
    }
  }
  const asItShould = { code: 0, stderr: '', ids: upTo(400), early: 10, left: [] }

  it('keeps all hosts busy, from a file', async () => {
    const server = await serve(hello)
    const list = await tempFile(lines(...named(server, 10, 40).urls))
    expect(await run([list], undefined, server)).toEqual(asItShould)
  })

  it('keeps all hosts busy, from a pipe', async () => {
    const server = await serve(hello)
    expect(await run([], lines(...named(server, 10, 40).urls), server)).toEqual(asItShould)
  })

  it('ends with exit code 3 where the list was cut while it was read', async () => {
    let isCut = false
    const server = await serve((_request, response) => {
      if (!isCut) writeFileSync(list, '')
      isCut = true
      response.end('hello')
    })
    const { urls, resolve } = named(server, 2, 2000)
    const list = await tempFile(lines(...urls))
    const { code, stderr } = await runCli([list, ...resolve, '--buffer', '20', '--per-host', '1', '--retries', '0'])
    expect(code).toBe(3)
    expect(stderr).toContain('changed during the run')
  })
})

describe('--host', () => {
  it('limits some hosts, and leaves the others to the common limits', async () => {
    const server = await serve((_request, response) => void setTimeout(() => response.end('x'), 5))
    const { urls, resolve } = named(server, 2, 8)
    const receipt = join(await tempFolder(), 'receipt.json')
    const rules = ['--host', 'h1.test: rate=20/s', '--host', '*.test: per-host=2']
    const { code } = await runCli([...resolve, ...rules, '--receipt', receipt], { stdin: lines(...urls) })
    expect(code).toBe(0)
    const { hosts, violations } = JSON.parse(readFileSync(receipt, 'utf8'))
    expect(violations).toEqual([])
    const [one, two] = ['h1', 'h2'].map((name) => hosts.find(({ host }: { host: string }) => host.startsWith(name)))
    expect(one).toMatchObject({ requests: 8, rate_limit_per_s: 20, per_host_limit: null, kept: true })
    expect(one.smallest_gap_ms).toBeGreaterThanOrEqual(40)
    expect(two).toMatchObject({ requests: 8, rate_limit_per_s: null, per_host_limit: 2, peak_in_flight: 2, kept: true })
  })
})

describe('a host that answers 429', () => {
  it('is slowed down for, and no URL fails for it or spends a retry', async () => {
    let free = 5
    const refill = setInterval(() => {
      free = Math.min(5, free + 1)
    }, 20)
    onTestFinished(() => clearInterval(refill))
    const server = await serve((_request, response) => {
      response.statusCode = free >= 1 ? 200 : 429
      free = Math.max(0, free - 1)
      response.end()
    })
    const stdin = lines(...upTo(40).map((page) => `${server.origin}/${page}`))
    const { code, records, stderr } = await runCli(['--retries', '0', '--progress', 'json'], { stdin })
    expect(code).toBe(0)
    expect(ids(records)).toEqual(upTo(40))
    const summary = JSON.parse(stderr.trim().split('\n').at(-1) ?? '')
    expect(summary).toMatchObject({ ok: 40, retries: 0, limit_violations: 0 })
    expect(summary.status_429).toBeGreaterThan(0)
    expect(summary.status_429).toBeLessThan(40)
  })

  it('costs no 429 at all where it tells its quota', async () => {
    let left = 10
    let resetAt = performance.now() + 1000
    const server = await serve((_request, response) => {
      if (performance.now() >= resetAt) {
        left = 10
        resetAt = performance.now() + 1000
      }
      response.statusCode = left > 0 ? 200 : 429
      left = Math.max(0, left - 1)
      response.setHeader('ratelimit', `"default";r=${left};t=${Math.ceil((resetAt - performance.now()) / 1000)}`)
      response.end()
    })
    const stdin = lines(...upTo(25).map((page) => `${server.origin}/${page}`))
    const { code, stderr } = await runCli(['-w', '3', '--progress', 'json'], { stdin })
    expect(code).toBe(0)
    expect(JSON.parse(stderr.trim().split('\n').at(-1) ?? '')).toMatchObject({ ok: 25, status_429: 0 })
  })
})

describe('a host that cannot be reached', () => {
  const urls = lines(...upTo(300).map((page) => `http://127.0.0.1:1/${page}`))

  it('is given up, and the rest of its URLs end without a request', async () => {
    const { code, records, stderr } = await runCli(['--breaker', '500ms', '--progress', 'json'], { stdin: urls })
    expect(code).toBe(1)
    expect(ids(records)).toEqual(upTo(300))
    const refused = records.filter(({ error_code }) => error_code === 'HOST_DOWN')
    expect(refused.length).toBeGreaterThan(290)
    expect(refused.some(({ attempts }) => attempts === 0)).toBe(true)
    expect(refused[0]?.error_message).toContain('--no-breaker')
    expect(JSON.parse(stderr.trim().split('\n').at(-1) ?? '')).toMatchObject({ failed: 300, hosts_given_up: 1 })
  })

  it('holds one worker at most: the others serve who can be', async () => {
    const server = await serve(hello)
    const stdin = urls + lines(...upTo(50).map((page) => `${server.origin}/${page}`))
    const running = spawnCli(['-w', '2', '--buffer', '10', '--no-breaker'], { stdin })
    await new Promise<void>((resolve) => {
      const look = setInterval(() => {
        if (server.arrivals.length < 50) return
        clearInterval(look)
        resolve()
      }, 10)
    })
    running.child.kill('SIGINT')
    const { records } = await running.finish()
    expect(records.filter(({ ok }) => ok)).toHaveLength(50)
  })
})

describe('retries in an outage', () => {
  it('stay within the budget of the run', async () => {
    const server = await serve((_request, response) => {
      response.statusCode = 500
      response.end()
    })
    const stdin = lines(...upTo(300).map((page) => `${server.origin}/${page}`))
    const { code, records } = await runCli(['--retry-budget', '10%', '-w', '50'], { stdin })
    expect(code).toBe(1)
    expect(records).toHaveLength(300)
    expect(server.arrivals.length).toBeLessThanOrEqual(350)
    expect(records.some(({ error_message }) => error_message?.includes('--retry-budget'))).toBe(true)
  })
})

describe('--dedupe', () => {
  it('makes each distinct request once, and gives the others the outcome of the first', async () => {
    const server = await serve((request, response) => {
      response.statusCode = request.url === '/missing' ? 404 : 200
      response.end('hello')
    })
    const paths = ['/a', '/missing', '/a#top', '/b', '/missing', '/a']
    const groups = [[1, 3, 6], [2, 5], [4]]
    for (const more of [[], ['--shuffle=3']]) {
      server.arrivals.length = 0
      const stdin = lines(...paths.map((path) => server.origin + path))
      const { code, records, stderr } = await runCli(['--dedupe', '--progress', 'json', ...more], { stdin })
      expect(code).toBe(1)
      expect(server.arrivals.map(({ path }) => path).toSorted()).toEqual(['/a', '/b', '/missing'])
      for (const group of groups) {
        const alike = records.filter(({ id }) => group.includes(id))
        const [first, ...others] = alike.filter((record) => record.duplicate_of === undefined)
        expect([alike.length, others]).toEqual([group.length, []])
        // In the order of the list the first is the first; shuffled, it is the one that came first.
        if (more.length === 0) expect(first?.id).toBe(group[0])
        expect(alike.map(({ ok }) => ok)).toEqual(group.map(() => !group.includes(2)))
        for (const { duplicate_of } of alike.filter(({ id }) => id !== first?.id)) expect(duplicate_of).toBe(first?.id)
      }
      const summary = JSON.parse(stderr.trim().split('\n').at(-1) ?? '')
      expect(summary).toMatchObject({ read: 6, ok: 4, failed: 2, not_attempted: 0 })
    }
  })
})

describe('--shuffle', () => {
  it('asks in another order, the same for the same seed, and loses nothing', async () => {
    const server = await serve(hello)
    const stdin = lines('no url://', ...upTo(60).map((page) => `${server.origin}/${page}`))
    const orders: string[] = []
    for (const seed of [1, 1, 2]) {
      server.arrivals.length = 0
      const { records } = await runCli(['-w', '1', `--shuffle=${seed}`], { stdin })
      expect(ids(records)).toEqual(upTo(61))
      orders.push(server.arrivals.map(({ path }) => path).join(' '))
    }
    expect(orders[0]).toBe(orders[1])
    expect(orders[0]).not.toBe(orders[2])
    expect(orders[0]).not.toBe(
      upTo(60)
        .map((page) => `/${page}`)
        .join(' '),
    )
  })
})

describe('--dry-run', () => {
  const list = lines('http://a.test/1', 'http://a.test/2', 'http://a.test/1', 'ftp://a.test/', 'http://b.test/')

  it('says what the list holds and how long it takes at least, without a request', async () => {
    const { code, stdout, stderr } = await runCli(['--dry-run', '-r', '2/s'], { stdin: list })
    expect([code, stderr]).toEqual([1, ''])
    expect(stdout).toMatch(/^URLs +5$/m)
    expect(stdout).toMatch(/^invalid +1 +URL_SCHEME 1$/m)
    expect(stdout).toMatch(/^duplicates +1 +\(fetched again; --dedupe/m)
    expect(stdout).toMatch(/^hosts +2$/m)
    expect(stdout).toMatch(/^largest +3 +a\.test$/m)
    expect(stdout).toMatch(/^at least +1\.00s +a\.test \(3 requests at 2(\.0)?\/s\)$/m)
  })

  it('is an object of JSON on request, and knows the limits of some hosts', async () => {
    const rules = ['--host', 'b.test: rate=1/m', '--dedupe', '-f', 'jsonl', '--max-failures', '1']
    const { code, stdout } = await runCli(['--dry-run', '-r', '2/s', ...rules], { stdin: list })
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({
      type: 'dry_run',
      urls: 5,
      invalid: 1,
      duplicates: 1,
      requests: 3,
      hosts: 2,
      at_least_ms: 500,
      at_least: { host: 'a.test' },
    })
  })

  it('does not write over the list that it reads', async () => {
    const path = await tempFile(list)
    const { code, stderr } = await runCli(['--dry-run', path, '-o', path, '--overwrite'])
    expect([code, readFileSync(path, 'utf8')]).toEqual([2, list])
    expect(stderr).toContain('is a list that is read')
  })

  it('has no csv, and says so', async () => {
    const { code, stderr } = await runCli(['--dry-run', '-f', 'csv'], { stdin: list })
    expect(code).toBe(2)
    expect(stderr).toContain('--format must be jsonl')
  })
})

describe('--receipt', () => {
  it('is refused before anything is fetched where it could not be written', async () => {
    const server = await serve(hello)
    const folder = await tempFolder()
    const list = await tempFile(`${server.origin}/\n`)
    for (const [args, said] of [
      [['--receipt', join(folder, 'no', 'such.json')], 'no such'],
      [['--receipt', folder], 'regular file'],
      [['--receipt', list], 'is a list that is read'],
      [['--receipt', join(folder, 'x'), '-o', join(folder, 'x')], 'is the output'],
    ] as const) {
      const { code, stderr } = await runCli([list, ...args])
      expect([code, stderr], stderr).toEqual([2, expect.stringContaining(said)])
    }
    expect(server.arrivals).toEqual([])
  })

  it('tells of every host, and of attempts and hops whatever their origin', async () => {
    const other = await serve(hello)
    const server = await serve((request, response) => {
      if (request.url !== '/hop') return void response.end('x')
      response.writeHead(302, { location: `${other.origin}/` }).end()
    })
    const receipt = join(await tempFolder(), 'receipt.json')
    const stdin = lines(`${server.origin}/hop`, `${server.origin}/1`)
    await runCli(['--receipt', receipt, '-w', '1'], { stdin })
    const { requests, hosts } = JSON.parse(readFileSync(receipt, 'utf8'))
    expect(requests).toBe(3)
    expect(hosts).toMatchObject([
      { host: server.host, requests: 2, peak_in_flight: 1, status_429: 0, kept: true },
      { host: other.host, requests: 1 },
    ])
  })
})
