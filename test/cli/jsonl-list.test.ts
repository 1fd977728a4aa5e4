// Whole runs over lists of JSON lines: what reaches the server, what stands in the records, and what goes on after a kill.

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { type HttpServer, startHttpServer } from '../support/http-server.js'
import { type CliRun, parseRecords, runCli, spawnCli } from '../support/run-cli.js'
import { tempFolder } from '../support/temp.js'

interface Received {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: string
}

let server: HttpServer
let received: Received[]
let list: string
let out: string
/** So many requests are answered. */
let answered: number

/** /redir/STATUS leads to /landed; /fails is 503; all else is 200. */
beforeEach(async () => {
  received = []
  answered = Number.POSITIVE_INFINITY
  server = await startHttpServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const { method = '', url: path = '', headers } = request
      received.push({ method, path, headers, body: Buffer.concat(chunks).toString() })
      const status = /^\/redir\/(\d+)/.exec(path)?.[1]
      response.statusCode = status === undefined ? (path === '/fails' ? 503 : 200) : Number(status)
      if (status !== undefined) response.setHeader('location', '/landed')
      if (received.length <= answered) response.end('{}')
    })
  })
  const folder = await tempFolder()
  list = join(folder, 'calls.jsonl')
  out = join(folder, 'out.jsonl')
  return () => server.close()
})

const write = (...lines: readonly (object | string)[]) =>
  writeFileSync(list, lines.map((line) => `${typeof line === 'string' ? line : JSON.stringify(line)}\n`).join(''))
const url = (path: string) => `${server.origin}${path}`
const run = (...args: readonly string[]): Promise<CliRun> => runCli([list, '--progress', 'json', '-w', '1', ...args])
const byId = (text: string) => parseRecords(text).toSorted((a, b) => a.id - b.id)

describe('a list of JSON lines', () => {
  it('sends what each line says, and brings its data back as it stands there', async () => {
    write(
      `{"url":"${url('/a')}","body":{"id": 12345678901234567890},"meta":{"row": 12345678901234567890}}`,
      { url: url('/b'), method: 'put', headers: { 'X-Own': 'é', Authorization: 'own' }, body: 'text', meta: 'b' },
      { url: url('/c') },
    )
    const { stdout, code } = await run('-H', 'Authorization: run', '-H', 'X-Run: 1')
    expect(code).toBe(0)
    const [a, b, c] = ['/a', '/b', '/c'].map((path) => received.find((each) => each.path === path))
    expect(a).toMatchObject({ method: 'POST', body: '{"id": 12345678901234567890}' })
    expect(a?.headers).toMatchObject({ 'content-type': 'application/json', authorization: 'run', 'x-run': '1' })
    expect(b).toMatchObject({ method: 'PUT', body: 'text' })
    expect(b?.headers).toMatchObject({ authorization: 'own', 'x-run': '1', 'x-own': 'Ã©' })
    expect(c).toMatchObject({ method: 'GET', body: '' })
    expect(byId(stdout).map(({ method }) => method)).toEqual(['POST', 'PUT', 'GET'])
    expect(stdout).toContain('"meta":{"row":12345678901234567890}}')
    expect(byId(stdout)[2]).not.toHaveProperty('meta')
  })

  it('has a record for every line, and counts them all', async () => {
    write({ url: url('/a') }, '{"url":"x","color":1,"meta":[1]}', '# note', 'nonsense', { url: 'ftp://x', meta: 4 })
    const { stdout, stderr, code } = await run()
    expect(code).toBe(1)
    const records = byId(stdout)
    expect(records.map(({ error_code: code_ }) => code_)).toEqual([null, 'UNKNOWN_MEMBER', 'JSON_SYNTAX', 'URL_SCHEME'])
    expect(records.map(({ meta }) => meta)).toEqual([undefined, [1], undefined, 4])
    expect(stderr).toContain('"read":4')
  })

  it('is read from standard input, too, and shuffled with all that its lines say', async () => {
    const lines = Array.from({ length: 50 }, (_, n) => JSON.stringify({ url: url('/a'), body: `${n}`, meta: n + 1 }))
    const { records } = await runCli(['--shuffle=1'], { stdin: `\ufeff${lines.join('\r\n')}` })
    expect(records.map(({ id }) => id)).not.toEqual(records.map(({ id }) => id).toSorted((a, b) => a - b))
    for (const { id, meta } of records) expect(meta).toBe(id)
    const bodies = received.map(({ body }) => Number(body)).toSorted((a, b) => a - b)
    expect(bodies).toEqual(lines.map((_, n) => n))
  })

  it('is fetched once for each distinct request with --dedupe: bodies and headers count, data does not', async () => {
    write(
      { url: url('/a'), body: '1', meta: 1 },
      { url: url('/a'), body: '2', meta: 2 },
      { url: url('/a'), body: '1', meta: 3 },
      { url: url('/a'), body: '1', headers: { x: '1' }, meta: 4 },
    )
    const { stdout } = await run('--dedupe')
    expect(received).toHaveLength(3)
    expect(byId(stdout).map(({ meta, duplicate_of: first }) => [meta, first])).toEqual([
      [1, undefined],
      [2, undefined],
      [3, 1],
      [4, undefined],
    ])
    const dry = await run('--dry-run', '-f', 'jsonl')
    expect(JSON.parse(dry.stdout)).toMatchObject({ urls: 4, duplicates: 1, invalid: 0 })
  })

  it('takes its own retries, and says nothing of a body that cannot be repeated', async () => {
    write({ url: url('/fails'), retries: 0 }, { url: url('/fails'), retries: 1 }, { url: url('/fails'), body: '1' })
    const { stdout } = await run()
    expect(byId(stdout).map(({ attempts }) => attempts)).toEqual([1, 2, 1])
  })
})

describe('a redirect of a line with a body', () => {
  it.each([
    [301, 'GET', ''],
    [302, 'GET', ''],
    [303, 'GET', ''],
    [307, 'POST', '{"n":1}'],
    [308, 'POST', '{"n":1}'],
  ])('%i goes on with %s', async (status, method, body) => {
    write({ url: url(`/redir/${status}`), body: { n: 1 }, meta: 1 })
    const { records } = await runCli([list, '-H', 'X-Run: 1', '--idempotency-key'])
    expect(records).toMatchObject([{ ok: true, redirects: 1, method: 'POST', meta: 1 }])
    const landed = received.find(({ path }) => path === '/landed')
    expect(landed).toMatchObject({ method, body })
    expect(landed?.headers['content-type']).toBe(body === '' ? undefined : 'application/json')
    expect(landed?.headers['idempotency-key'] === undefined).toBe(body === '')
    expect(landed?.headers['x-run']).toBe('1')
  })
})

describe('a run that goes on', () => {
  it('makes what was under way again with the same key, after the process was killed', async () => {
    write(...Array.from({ length: 20 }, (_, n) => ({ url: url('/a'), body: { n }, meta: { n } })))
    const args = [list, '-o', out, '--resume', '--idempotency-key', '-w', '2', '--progress', 'none']
    answered = 10
    const first = spawnCli(args)
    while (received.length < 12) await new Promise((resolve) => setTimeout(resolve, 5))
    first.child.kill('SIGKILL')
    await first.finish()
    answered = Number.POSITIVE_INFINITY
    expect((await runCli(args)).code).toBe(0)
    expect(byId(readFileSync(out, 'utf8')).map(({ meta }) => meta)).toEqual(
      Array.from({ length: 20 }, (_, n) => ({ n })),
    )
    const keys = new Map<string, Set<unknown>>()
    for (const { body, headers } of received) {
      keys.set(body, (keys.get(body) ?? new Set()).add(headers['idempotency-key']))
    }
    expect(received).toHaveLength(22)
    expect(keys.size).toBe(20)
    expect([...keys.values()].every((each) => each.size === 1)).toBe(true)
    expect(new Set([...keys.values()].flatMap((each) => [...each])).size).toBe(20)
  })

  it('refuses a list whose lines have other data, though all URLs are alike', async () => {
    write({ url: url('/a'), body: '1', meta: 1 }, { url: url('/a'), body: '2', meta: 2 })
    expect((await run('-o', out)).code).toBe(0)
    expect((await run('-o', out, '--resume')).code).toBe(0)
    write({ url: url('/a'), body: '1', meta: 1 }, { url: url('/a'), body: '3', meta: 3 })
    const { code, stderr } = await run('-o', out, '--resume')
    expect([code, stderr]).toEqual([2, expect.stringMatching(/id 2 is \S+ with other data \(meta\)/)])
    expect(received).toHaveLength(2)
  })

  it('refuses a list whose lines have other bodies, though all URLs are alike and none has data', async () => {
    const lines = [1, 2, 3].map((n) => ({ url: url('/a'), body: { n } }))
    write(...lines)
    expect((await run('-o', out, '--include', 'body')).code).toBe(0)
    const before = readFileSync(out)
    expect((await run('-o', out, '--include', 'body', '--resume')).code).toBe(0)
    write({ url: url('/a'), body: { n: 0 } }, ...lines)
    const { code, stderr } = await run('-o', out, '--include', 'body', '--resume')
    expect([code, stderr]).toEqual([2, expect.stringMatching(/id 1 is \S+ with another body$/m)])
    expect(readFileSync(out)).toEqual(before)
    expect(received).toHaveLength(3)
  })

  it('refuses a list whose lines have other methods, whatever redirects and -X made of them', async () => {
    const lines = (method: string) => [
      { url: url('/redir/303'), method: 'POST' },
      { url: url('/a'), method },
      { url: url('/a') },
    ]
    write(...lines('delete'))
    expect((await run('-o', out, '-X', 'PUT')).code).toBe(0)
    const before = readFileSync(out)
    expect((await run('-o', out, '--resume')).code).toBe(0)
    write(...lines('GET'))
    const { code, stderr } = await run('-o', out, '--resume')
    expect([code, stderr]).toEqual([2, expect.stringMatching(/id 2 is \S+ with the method DELETE instead of GET$/m)])
    expect(readFileSync(out)).toEqual(before)
    expect(received.map(({ method }) => method)).toEqual(['POST', 'GET', 'DELETE', 'PUT'])
  })

  it('sends a failed line again whose body was mended', async () => {
    write({ url: url('/a'), body: 'a' }, { url: url('/fails'), body: 'b' })
    const args = ['-o', out, '--retries', '0']
    expect((await run(...args)).code).toBe(1)
    write({ url: url('/a'), body: 'a' }, { url: url('/fails'), body: 'mended' })
    expect((await run(...args, '--resume')).code).toBe(2)
    expect((await run(...args, '--retry-failed')).code).toBe(1)
    write({ url: url('/a'), body: 'a' }, { url: url('/fails'), body: 'again' })
    expect((await run(...args, '--retry-failed')).code).toBe(1)
    expect(received.map(({ body }) => body)).toEqual(['a', 'b', 'mended', 'again'])
    expect(byId(readFileSync(out, 'utf8'))).toHaveLength(2)
  })

  it('is compared line by line with an earlier run, though all URLs are alike and none has data', async () => {
    const lines = ['1', '22'].map((body) => ({ url: url('/a'), body }))
    const changes = async () => (await run('--state', out)).stdout
    write(...lines)
    expect(byId(await changes()).map(({ change }) => change)).toEqual(['new', 'new'])
    write(...lines, { url: url('/a'), body: '333' })
    expect(byId(await changes()).map(({ change }) => change)).toEqual(['same', 'same', 'new'])
  })

  it('fetches again what could not be read, once it was put right', async () => {
    write({ url: url('/a'), meta: 1 }, `{"url":"${url('/b')}","retry":1,"meta":2}`)
    expect((await run('-o', out)).code).toBe(1)
    write({ url: url('/a'), meta: 1 }, { url: url('/b'), retries: 1, meta: 2 })
    expect((await run('-o', out, '--retry-failed=invalid_request')).code).toBe(0)
    expect(received.map(({ path }) => path)).toEqual(['/a', '/b'])
    expect(byId(readFileSync(out, 'utf8')).map(({ ok, meta }) => [ok, meta])).toEqual([
      [true, 1],
      [true, 2],
    ])
  })
})
