import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, it, onTestFinished } from 'vitest'
import { optInFields } from '../../src/core/record.js'
import { startHttpServer, type HttpServer } from '../support/http-server.js'
import { parseRecords, runCli } from '../support/run-cli.js'
import { tempFile, tempFolder } from '../support/temp.js'

type Handler = Parameters<typeof startHttpServer>[0]

async function serve(handle: Handler, address?: string): Promise<HttpServer> {
  const server = await startHttpServer(handle, address === undefined ? {} : { address })
  onTestFinished(() => server.close())
  return server
}

const hello: Handler = (_request, response) => void response.end('hello')
const lines = (...items: string[]) => `${items.join('\n')}\n`

describe('the main job', () => {
  it('makes one record per URL, whatever becomes of it', async () => {
    const server = await serve((request, response) => {
      response.statusCode = request.url === '/missing' ? 404 : 200
      response.end('hello')
    })
    const list = await tempFile(
      lines(`${server.origin}/`, '# a comment', '', `${server.origin}/missing`, 'ftp://x/', 'http://127.0.0.1:1/'),
    )
    const { code, records, stderr } = await runCli([list, '--retries', '0'])
    expect(code).toBe(1)
    expect(records.toSorted((a, b) => a.id - b.id)).toMatchObject([
      { id: 1, ok: true, status_code: 200, body_bytes: 5, host: server.host, attempts: 1, error_type: null },
      { id: 2, ok: false, status_code: 404, error_type: 'http_status', error_code: 'HTTP_404' },
      { id: 3, ok: false, error_type: 'invalid_url', attempts: 0, worker: null, final_url: null, host: null },
      { id: 4, ok: false, error_type: 'connect', error_code: 'ECONNREFUSED', attempts: 1 },
    ])
    expect(stderr).toMatch(/^poolfetch: read 4 URLs in .*: 1 ok, 3 failed, 0 not attempted .*; exit 1\n/)
  })

  it('is silent off a terminal when all is well', async () => {
    const server = await serve(hello)
    const { code, records, stderr } = await runCli([], { stdin: lines(`${server.origin}/a`, `${server.origin}/b`) })
    expect([code, records.length, stderr]).toEqual([0, 2, ''])
  })

  it('says where the time of every URL went, in parts that add up', async () => {
    const server = await serve((_request, response) => void setTimeout(() => response.end('x'), 20))
    const stdin = lines(...Array.from({ length: 12 }, (_, index) => `${server.origin}/${index}`))
    const { records } = await runCli(['-w', '2', '-r', '50/s'], { stdin })
    expect(records).toHaveLength(12)
    for (const { duration_ms, queued_ms, limited_ms, fetch_ms } of records) {
      expect(Math.abs(duration_ms - queued_ms - limited_ms - fetch_ms)).toBeLessThan(1)
    }
    const last = records.find(({ id }) => id === 12)
    expect(last?.limited_ms).toBeGreaterThan(0)
    expect(records.some(({ connect_ms }) => connect_ms !== null)).toBe(true)
    expect(records.some(({ connect_ms }) => connect_ms === null)).toBe(true)
  })

  it('reads lists one after the other, standard input among them, ids going on', async () => {
    const server = await serve(hello)
    const first = await tempFile(lines(`${server.origin}/1`))
    const third = await tempFile(`\ufeff${server.origin}/3`)
    const { records } = await runCli([first, '-', third, '-w', '1'], { stdin: lines(`${server.origin}/2`) })
    expect(records.map(({ id, url }) => [id, url])).toEqual([1, 2, 3].map((id) => [id, `${server.origin}/${id}`]))
  })

  it('gives a line without a scheme the default one', async () => {
    const server = await serve(hello)
    const { records } = await runCli(['--default-scheme', 'http'], { stdin: `${server.host}/x` })
    expect(records).toMatchObject([{ ok: true, url: `${server.host}/x`, final_url: `${server.origin}/x` }])
  })

  it('ends with 0 on an empty list', async () => {
    expect(await runCli([], { stdin: '' })).toMatchObject({ code: 0, stdout: '', stderr: '' })
    expect(await runCli([], { stdin: '# nothing\n\n' })).toMatchObject({ code: 0, stdout: '', stderr: '' })
  })

  it('makes a record of a line that is no text and one that is far too long, and goes on', async () => {
    const server = await serve(hello)
    const stdin = Buffer.concat([
      Buffer.from(`${server.origin}/a\n`),
      Buffer.from([0x68, 0xff, 0xfe, 0x0a]),
      Buffer.alloc(3_000_000, 'x'),
      Buffer.from(`\n${server.origin}/b\n`),
    ])
    const { code, records } = await runCli([], { stdin })
    expect(code).toBe(1)
    expect(records.filter(({ ok }) => ok).map(({ id }) => id)).toEqual(expect.arrayContaining([1, 4]))
    expect(records.find(({ id }) => id === 2)).toMatchObject({ error_type: 'invalid_url', error_code: 'INVALID_UTF8' })
    expect(records.find(({ id }) => id === 3)).toMatchObject({ error_type: 'invalid_url', error_code: 'LINE_TOO_LONG' })
  })
})

describe('what is sent', () => {
  it('is method, headers and body as given, as curl would send them', async () => {
    const bodies: string[] = []
    const server = await serve((request, response) => {
      let body = ''
      request.setEncoding('utf8')
      request.on('data', (chunk: string) => (body += chunk))
      request.on('end', () => {
        bodies.push(body)
        response.end()
      })
    })
    const headers = await tempFile('X-From-File: one\n# not this\nX-Other: two\n', 'headers.txt')
    const data = await tempFile('from\nfile\n', 'data.txt')
    const args = ['-H', 'X-A: b', '-H', `@${headers}`, '-d', 'x=1', '-d', `@${data}`, '-A', 'me/1']
    const { records } = await runCli(args, { stdin: `${server.origin}/` })
    expect(records).toMatchObject([{ method: 'POST', ok: true }])
    expect(bodies).toEqual(['x=1&fromfile'])
    expect(server.arrivals[0]).toMatchObject({
      method: 'POST',
      headers: {
        'x-a': 'b',
        'x-from-file': 'one',
        'x-other': 'two',
        'user-agent': 'me/1',
        'content-type': 'application/x-www-form-urlencoded',
      },
    })
  })

  it("leaves the caller's headers and credentials with the origin they were meant for, and they stay away", async () => {
    const other = await serve((_request, response) => {
      response.writeHead(302, { location: `${first.origin}/back` })
      response.end()
    })
    const first: HttpServer = await serve((request, response) => {
      if (request.url !== '/start') return void response.end('done')
      response.writeHead(302, { location: `${other.origin}/away` })
      response.end()
    })
    const stdin = first.origin.replace('http://', 'http://user:secret@')
    const args = ['-H', 'X-Token: t', '-H', 'Cookie: c=1', '-H', 'Accept: text/plain', '-A', 'me/1']
    const { records, stdout, stderr } = await runCli(args, { stdin: `${stdin}/start` })
    expect(records).toMatchObject([{ ok: true, redirects: 2, final_url: `${first.origin}/back` }])
    const [start, back] = first.arrivals
    expect(start?.headers).toMatchObject({ authorization: 'Basic dXNlcjpzZWNyZXQ=', 'x-token': 't', cookie: 'c=1' })
    for (const arrival of [back, other.arrivals[0]]) {
      expect(arrival?.headers).toMatchObject({ accept: 'text/plain', 'user-agent': 'me/1' })
      expect(Object.keys(arrival?.headers ?? {})).not.toEqual(expect.arrayContaining(['authorization']))
      expect(arrival?.headers).not.toHaveProperty('x-token')
      expect(arrival?.headers).not.toHaveProperty('cookie')
    }
    expect(records[0]?.url).toContain('user:***@')
    expect(stdout + stderr).not.toContain('secret')
  })

  it('sends user and password of -u to the listed origins only, where the URL has none', async () => {
    const other = await serve((_request, response) => void response.end('done'))
    const server = await serve((request, response) => {
      if (request.url === '/here') return void response.writeHead(302, { location: '/end' }).end()
      if (request.url === '/away') return void response.writeHead(302, { location: other.origin }).end()
      response.end('done')
    })
    const own = server.origin.replace('http://', 'http://own:own@')
    const stdin = `${server.origin}/here\n${server.origin}/away\n${own}/x`
    const { code } = await runCli(['-u', 'me:pass', '-w', '1'], { stdin })
    expect(code).toBe(0)
    const sent = Object.fromEntries(server.arrivals.map(({ path, headers }) => [path, headers.authorization]))
    const [mine, urls] = ['me:pass', 'own:own'].map((credentials) => `Basic ${btoa(credentials)}`)
    expect(sent).toEqual({ '/here': mine, '/end': mine, '/away': mine, '/x': urls })
    expect(other.arrivals[0]?.headers).not.toHaveProperty('authorization')
  })

  it('returns the redirect itself with --max-redirects 0, and fails where there are too many', async () => {
    const server = await serve((_request, response) => {
      response.writeHead(302, { location: '/again' })
      response.end()
    })
    const zero = await runCli(['--max-redirects', '0'], { stdin: `${server.origin}/` })
    expect(zero.records).toMatchObject([{ ok: true, status_code: 302, redirects: 0 }])
    const loop = await runCli(['--max-redirects', '3'], { stdin: `${server.origin}/` })
    expect(loop.records).toMatchObject([{ ok: false, error_type: 'redirect', redirects: 3 }])
  })

  it('goes to the address that --resolve names', async () => {
    const server = await serve(hello)
    const args = ['--resolve', `example.test:${server.port}:127.0.0.1`]
    const { records } = await runCli(args, { stdin: `http://example.test:${server.port}/` })
    expect(records).toMatchObject([{ ok: true, remote_ip: '127.0.0.1', host: `example.test:${server.port}` }])
    expect(server.arrivals[0]?.headers.host).toBe(`example.test:${server.port}`)
  })
})

describe('politeness', () => {
  it('spaces the requests to each host, hops and retries among them', async () => {
    const failed = new Set<string>()
    const server = await serve((request, response) => {
      const url = request.url ?? ''
      if (url.startsWith('/hop')) {
        response.writeHead(302, { location: `/landed${url}` })
      } else if (url.startsWith('/flaky') && !failed.has(url)) {
        failed.add(url)
        response.statusCode = 500
      }
      response.end()
    })
    const stdin = lines(...['/hop1', '/flaky1', '/a', '/hop2', '/flaky2', '/b'].map((path) => server.origin + path))
    const { code } = await runCli(['-r', '20/s'], { stdin })
    expect(code).toBe(0)
    expect(server.arrivals).toHaveLength(10)
    const span = (server.arrivals.at(-1)?.at ?? 0) - (server.arrivals[0]?.at ?? 0)
    // Nine gaps of 50 ms; what is left allows for a server that was slow to note the first.
    expect(span).toBeGreaterThan(300)
  })

  it('keeps to --per-host whatever the number of workers', async () => {
    const server = await serve((_request, response) => void setTimeout(() => response.end(), 10))
    const stdin = lines(...Array.from({ length: 30 }, (_, index) => `${server.origin}/${index}`))
    await runCli(['-w', '20', '--per-host', '3'], { stdin })
    expect(server.arrivals).toHaveLength(30)
    expect(server.maxInFlight).toBeLessThanOrEqual(3)
  })

  it('pauses a host for everyone when it says so, and goes on with the others', async () => {
    let until = 0
    const limiting = await serve((_request, response) => {
      if (until === 0) {
        until = performance.now() + 1000
        response.writeHead(429, { 'retry-after': '1' })
      }
      response.end()
    })
    const other = await serve(hello, '127.0.0.2')
    const stdin = lines(
      `${limiting.origin}/0`,
      ...Array.from({ length: 5 }, (_, index) => `${other.origin}/${index}`),
      ...Array.from({ length: 5 }, (_, index) => `${limiting.origin}/${index + 1}`),
    )
    const { code, records } = await runCli(['-w', '1'], { stdin })
    expect(code).toBe(0)
    const [first, ...later] = limiting.arrivals
    for (const arrival of later) expect(arrival.at - (first?.at ?? 0)).toBeGreaterThanOrEqual(990)
    expect(other.arrivals.at(-1)?.at).toBeLessThan(later[0]?.at ?? 0)
    expect(records.filter(({ attempts }) => attempts === 2)).toHaveLength(1)
  })
})

describe('protection', () => {
  it('holds the total timeout against a body that drips', async () => {
    const server = await serve((_request, response) => {
      const drip = setInterval(() => response.write('x'), 50)
      response.on('close', () => clearInterval(drip))
    })
    const { records } = await runCli(['-t', '400ms', '--retries', '0'], { stdin: `${server.origin}/` })
    expect(records).toMatchObject([{ ok: false, error_type: 'timeout', error_code: 'TIMEOUT_TOTAL', status_code: 200 }])
    expect(records[0]?.fetch_ms).toBeGreaterThanOrEqual(399)
  })

  it('holds the size cap against a body that unpacks to a hundred times its size', async () => {
    const bomb = gzipSync(Buffer.alloc(20_000_000))
    const server = await serve((_request, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' })
      response.end(bomb)
    })
    const { records } = await runCli(['--max-size', '1MB'], { stdin: `${server.origin}/` })
    expect(records).toMatchObject([{ ok: false, error_type: 'too_large', attempts: 1 }])
  })

  it('shows no byte that could move a cursor, in any format', async () => {
    const server = await serve((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/\u009b31mplain\u0085' })
      response.end()
    })
    for (const format of ['jsonl', 'csv', 'table']) {
      const stdin = `${server.origin}/\u202ex%1b\n${server.origin.replace('http', 'gopher')}/\u009b2J\u200b\n`
      const { stdout, stderr } = await runCli(['-f', format], { stdin })
      // eslint-disable-next-line no-control-regex
      expect(stdout + stderr).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b\u202e]/)
    }
  })
})

describe('output', () => {
  it('goes to the file that -o names, and not over one that has content', async () => {
    const server = await serve(hello)
    const list = await tempFile(lines(`${server.origin}/a`, `${server.origin}/b`))
    const output = join(await tempFolder(), 'out.jsonl')
    expect(await runCli([list, '-o', output])).toMatchObject({ code: 0, stdout: '' })
    const written = readFileSync(output, 'utf8')
    expect(parseRecords(written)).toHaveLength(2)

    const again = await runCli([list, '-o', output])
    expect(again.code).toBe(2)
    expect(again.stderr).toMatch(/^poolfetch: --output .*out\.jsonl .*--overwrite.*\n$/)
    expect(readFileSync(output, 'utf8')).toBe(written)
    expect((await runCli([list, '-o', output, '--overwrite'])).code).toBe(0)
    expect(parseRecords(readFileSync(output, 'utf8'))).toHaveLength(2)
  })

  it('never replaces a list that is read', async () => {
    const list = await tempFile('http://127.0.0.1:1/\n')
    const { code, stderr } = await runCli([list, '-o', list, '--overwrite'])
    expect([code, stderr]).toEqual([2, expect.stringContaining('is a list that is read')])
    expect(readFileSync(list, 'utf8')).toBe('http://127.0.0.1:1/\n')
  })

  it('never writes to a list that comes by way of standard input, or into which standard output goes', async () => {
    const list = await tempFile('http://127.0.0.1:1/\n')
    const bin = join(import.meta.dirname, '../../bin/poolfetch.js')
    for (const command of ['- -o "$2" --overwrite < "$2"', '-o "$2" --overwrite < "$2"', '"$2" >> "$2"']) {
      const { status, stderr } = spawnSync('sh', ['-c', `"$0" "$1" ${command}`, process.execPath, bin, list], {
        encoding: 'utf8',
      })
      expect([status, stderr]).toEqual([2, expect.stringContaining('is a list that is read')])
    }
    expect(readFileSync(list, 'utf8')).toBe('http://127.0.0.1:1/\n')
  })

  it.each([['a'.repeat(300)], ['missing/x']])('says in one line that it cannot write %s', async (name) => {
    const list = await tempFile('http://127.0.0.1:1/\n')
    const { code, stderr } = await runCli([list, '-o', join(await tempFolder(), name)])
    expect([code, stderr]).toEqual([3, expect.stringMatching(/^poolfetch: cannot write [^\n]*\n$/)])
  })

  it('has the chosen fields and records only, and the exit code of all', async () => {
    const server = await serve((request, response) => {
      response.statusCode = request.url === '/bad' ? 500 : 200
      response.end()
    })
    const stdin = lines(`${server.origin}/good`, `${server.origin}/bad`)
    const failed = await runCli(['--only', 'failed', '--fields', 'status_code,id', '--retries', '0', '-q'], { stdin })
    expect([failed.code, failed.stdout, failed.stderr]).toEqual([1, '{"status_code":500,"id":2}\n', ''])
    const ok = await runCli(['--only', 'ok', '--fields', 'id,ok', '-f', 'csv', '--retries', '0'], { stdin })
    expect([ok.code, ok.stdout]).toEqual([1, 'id,ok\n1,true\n'])
  })

  it('is touched by nothing when the run cannot start', async () => {
    const output = join(await tempFolder(), 'out.jsonl')
    writeFileSync(output, 'precious\n')
    expect((await runCli(['no-such-list.txt', '-o', output, '--overwrite'])).code).toBe(2)
    expect(readFileSync(output, 'utf8')).toBe('precious\n')
    const fresh = join(await tempFolder(), 'fresh.jsonl')
    expect((await runCli(['no-such-list.txt', '-o', fresh])).code).toBe(2)
    expect(existsSync(fresh)).toBe(false)
  })
})

describe('the verdict', () => {
  it.each([
    [['--accept', '200-399,404'], 0],
    [['--accept', '404'], 1],
    [['--max-failures', '1'], 0],
    [['--max-failures', '50%'], 0],
    [['--max-failures', '49%'], 1],
    [[], 1],
  ])('with %j is exit code %i for one page and one that is missing', async (args, expected) => {
    const server = await serve((request, response) => {
      response.statusCode = request.url === '/missing' ? 404 : 200
      response.end()
    })
    const stdin = lines(`${server.origin}/`, `${server.origin}/missing`)
    expect((await runCli(args, { stdin })).code).toBe(expected)
  })

  it('retries no status that is accepted', async () => {
    const server = await serve((_request, response) => {
      response.statusCode = 503
      response.end()
    })
    const { records } = await runCli(['--accept', '503'], { stdin: server.origin })
    expect(records).toMatchObject([{ ok: true, status_code: 503, attempts: 1 }])
  })
})

describe('bad input', () => {
  it.each([
    [['no-such-file.txt'], /cannot read no-such-file\.txt: no such file/],
    [['.'], /cannot read \.: .*directory/],
    [['--bogus'], /unknown option '--bogus'/],
    [['--timout', '3s'], /did you mean --timeout/i],
    [['-r', '10'], /--rate must be a rate such as 10\/s, 600\/m or 5000\/h, got "10"/],
    [['-w', '0'], /--workers must be a whole number from 1 to 10000, got "0"/],
    [['-t', '30'], /--timeout must be a duration with its unit.*got "30"/],
    [['-f', 'xml'], /--format must be one of jsonl, table, csv, got "xml"/],
    [['--fields', 'id,nope'], /--fields must be names out of v, id, .*got "id,nope"/],
    [['-H', 'no colon'], /--header must be 'Name: value'/],
    [['-H', 'A: b\r\nC: d'], /--header must be 'Name: value'/],
    [['-H', '@no-such-file'], /--header cannot read no-such-file/],
    [['--resume'], /--resume needs --output FILE/],
  ])('%j is exit 2 and one line', async (args, message) => {
    const { code, stdout, stderr } = await runCli(args, { stdin: '' })
    expect(stderr).toMatch(message)
    expect(stderr.split('\n')).toHaveLength(2)
    expect(stderr).not.toContain('    at ')
    expect([code, stdout]).toEqual([2, ''])
  })

  it('is UTF-16: exit 2, and nothing is fetched', async () => {
    const server = await serve(hello)
    const good = await tempFile(`${server.origin}/\n`)
    const utf16 = await tempFile(Buffer.from(`\ufeff${server.origin}/\n`, 'utf16le'), 'utf16.txt')
    const { code, stderr } = await runCli([good, utf16])
    expect([code, stderr]).toEqual([2, expect.stringMatching(/^poolfetch: .*utf16\.txt is UTF-16.*\n$/)])
    expect(server.arrivals).toEqual([])
  })

  it('is told even with --quiet', async () => {
    expect((await runCli(['-q', 'no-such-file.txt'])).stderr).toMatch(/^poolfetch: cannot read/)
  })
})

describe('what is printed on request', () => {
  it('is the bare version', async () => {
    const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
    expect(await runCli(['--version'])).toMatchObject({ code: 0, stdout: `${version}\n`, stderr: '' })
    expect(await runCli(['-V'])).toMatchObject({ code: 0, stdout: `${version}\n` })
  })

  it('is the help, with every group of options', async () => {
    const { code, stdout } = await runCli(['--help'])
    expect(code).toBe(0)
    for (const group of ['Input', 'Request', 'Pool', 'Politeness', 'Time', 'Retry', 'Output', 'Verdict', 'Display']) {
      expect(stdout).toContain(`\n${group}:\n`)
    }
  })

  it('is the JSON Schema of a record, which says what every record is like', async () => {
    const { code, stdout } = await runCli(['schema'])
    const schema = JSON.parse(stdout)
    expect(code).toBe(0)
    expect(schema).toMatchObject({ type: 'object', additionalProperties: false })
    const { records } = await runCli([], { stdin: 'ftp://x' })
    expect(Object.keys(records[0] ?? {})).toEqual(schema.required)
    expect(Object.keys(schema.properties)).toEqual([...schema.required, ...optInFields])
  })
})
