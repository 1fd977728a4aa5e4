// The README is true: its tables are the program's, and its recipes run.

import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createHash } from 'node:crypto'
import { chmodSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { delimiter, join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { parse } from 'csv-parse/sync'
import { describe, expect, it, onTestFinished } from 'vitest'
import { recordSchema } from '../src/record-schema.js'
import { withTables } from '../scripts/readme-tables.mjs'
import { type HttpServer, startHttpServer } from './support/http-server.js'
import { startSocksProxy } from './support/proxies.js'
import { binPath } from './support/run-cli.js'
import { tempFolder } from './support/temp.js'

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
const recipes = [...readme.matchAll(/```(sh|crontab) recipe\n([^]*?)\n```/g)].map(([, kind = '', text = '']) => ({
  text,
  // A crontab line is five fields and a command, in which a per cent sign is escaped.
  command: kind === 'crontab' ? text.replace(/^(?:\S+ ){5}/, '').replaceAll('\\%', '%') : text,
}))
const hasJq = spawnSync('jq', ['--version']).status === 0

/** A folder as a user's would be, with what the recipes read, and an `npx` that knows one program. */
async function workplace(server: HttpServer): Promise<string> {
  const folder = await tempFolder()
  const urls = ['/a', '/missing', '/b'].map((path) => server.origin + path)
  writeFileSync(join(folder, 'urls.txt'), `${urls.join('\n')}\n`)
  const calls = [1, 2].map((n) => JSON.stringify({ url: `${server.origin}/call`, body: { n }, meta: { n } }))
  writeFileSync(join(folder, 'calls.jsonl'), `${calls.join('\n')}\n`)
  writeFileSync(join(folder, 'page.html'), urls.map((url) => `<a href="${url}">x</a>`).join('\n'))
  writeFileSync(join(folder, 'users.csv'), 'id,name,age\n1,"Jane ""J"" Doe",40\na/b,x,\n')
  writeFileSync(join(folder, 'token.txt'), 'Authorization: Bearer secret\n')
  writeFileSync(join(folder, 'login.txt'), `${server.origin}/login\n`)
  writeFileSync(join(folder, 'form.txt'), 'user=me&password=secret\n')
  const npx = join(folder, 'npx')
  writeFileSync(npx, `#!/bin/sh\nshift\nexec "${process.execPath}" "${binPath}" "$@"\n`)
  chmodSync(npx, 0o755)
  return folder
}

async function runRecipe(
  command: string,
): Promise<{ code: number; stdout: string; stderr: string; folder: string; server: HttpServer }> {
  const server = await startHttpServer((request, response) => {
    if (request.url === '/login') response.setHeader('set-cookie', 'session=1; HttpOnly')
    response.statusCode = request.url === '/missing' ? 404 : 200
    response.end('hello')
  })
  onTestFinished(() => server.close())
  const folder = await workplace(server)
  const env = { PATH: `${folder}${delimiter}${process.env['PATH'] ?? ''}`, HOME: folder }
  const local = command.replaceAll('https://api.example.com', server.origin)
  const child = spawn('sh', ['-c', local], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] })
  let [stdout, stderr] = ['', '']
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
  const [code] = await once(child, 'close')
  return { code: Number(code), stdout, stderr, folder, server }
}

describe('the README', () => {
  it('has the tables of options and fields that the program has (node scripts/readme-tables.mjs writes them)', () => {
    expect(withTables(readme)).toBe(readme)
    expect(readme).toContain('| `-w, --workers <n>` |')
  })

  it('names every error type that there is', () => {
    for (const type of recordSchema.shape.error_type.unwrap().options) expect(readme).toContain(`\`${type}\``)
  })

  it('shows a record that is one', () => {
    const shown = /```json\n(.*)\n```/.exec(readme)?.[1] ?? ''
    expect(recordSchema.parse(JSON.parse(shown))).toMatchObject({ v: 1, ok: true })
  })

  it('has the two lines that do everything', () => {
    expect(readme).toMatch(/^npm ci && npm run demo$/m)
    expect(readme).toMatch(/^npm ci && npm test$/m)
  })
})

describe('a recipe of the README', () => {
  const recipe = (words: string) => {
    const found = recipes.find(({ text }) => text.includes(words))
    if (!found) throw new Error(`no recipe with ${words}`)
    return found.command
  }

  it('is one of eighteen that are run here', () => {
    expect(recipes).toHaveLength(18)
  })

  it.skipIf(!hasJq)('filters with jq (skipped where there is no jq)', async () => {
    const { stdout, server } = await runRecipe(recipe('jq -r'))
    expect(stdout).toBe(`${server.origin}/missing\n`)
  })

  it('runs from cron, and is heard of only when too much failed', async () => {
    const { code, stdout, stderr, folder } = await runRecipe(recipe('--max-failures'))
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toMatch(/^poolfetch: read 3 URLs in .*1 failed/)
    expect(readFileSync(join(folder, 'results.jsonl'), 'utf8').trim().split('\n')).toHaveLength(3)
    const lenient = await runRecipe(recipe('--max-failures').replace('2%', '40%'))
    expect([lenient.code, lenient.stdout, lenient.stderr]).toEqual([0, '', ''])
  })

  it('is heard of when something changed', async () => {
    const command = recipe('--state')
    const { code, stdout, stderr } = await runRecipe(`${command}; echo again; ${command}`)
    const told = stdout.trim().split('\n')
    expect(told.map((line) => (line === 'again' ? line : JSON.parse(line).change))).toEqual([
      'new',
      'new',
      'new',
      'again',
    ])
    expect([code, stderr]).toEqual([1, ''])
  })

  it('goes on with its output, and then fetches only what is worth another try', async () => {
    const { code, folder, server } = await runRecipe(recipe('--resume'))
    expect(code).toBe(1)
    expect(server.arrivals.map(({ path }) => path).toSorted()).toEqual(['/a', '/b', '/missing'])
    expect(readFileSync(join(folder, 'results.jsonl'), 'utf8').trim().split('\n')).toHaveLength(3)
  })

  it('saves bodies as files', async () => {
    const { folder } = await runRecipe(recipe('--save'))
    const files = readdirSync(join(folder, 'pages'))
    expect(files.map((name) => name.replace(/-[0-9a-f]{10}-.*-/, ' ')).toSorted()).toEqual(['000001 a', '000003 b'])
    for (const name of files) expect(readFileSync(join(folder, 'pages', name), 'utf8')).toBe('hello')
    expect(readFileSync(join(folder, 'results.jsonl'), 'utf8')).toContain(
      createHash('sha256').update('hello').digest('hex'),
    )
  })

  it('takes URLs from another command', async () => {
    const { stdout, server } = await runRecipe(recipe('grep'))
    expect(JSON.parse(stdout)).toMatchObject({ url: `${server.origin}/missing`, status_code: 404 })
    expect(server.arrivals.map(({ path }) => path).toSorted()).toEqual(['/a', '/b', '/missing'])
  })

  it('asks an API at its rate, with a token from a file', async () => {
    const { stdout, stderr, server } = await runRecipe(recipe('token.txt'))
    expect(server.arrivals).toHaveLength(3)
    for (const { headers } of server.arrivals) expect(headers.authorization).toBe('Bearer secret')
    // Two gaps of 200 ms; what is left allows for a server that was slow to note the first.
    expect((server.arrivals[2]?.at ?? 0) - (server.arrivals[0]?.at ?? 0)).toBeGreaterThan(200)
    expect(stdout + stderr).not.toContain('secret')
  })

  it('logs in, and takes the cookies along', async () => {
    const { stderr, server } = await runRecipe(recipe('--cookie-jar'))
    expect(stderr).not.toContain('secret')
    const sent = server.arrivals.map(({ method, path, headers }) => [method, path, headers.cookie])
    expect(sent[0]).toEqual(['POST', '/login', undefined])
    expect(
      sent
        .slice(1)
        .map((request) => request.join(' '))
        .toSorted(),
    ).toEqual(['/a', '/b', '/missing'].map((path) => `GET ${path} session=1`))
  })

  it('calls an API with a body for each, and keeps the answers beside what they were for', async () => {
    const { code, folder, server } = await runRecipe(recipe('calls.jsonl'))
    expect(code).toBe(0)
    expect(server.arrivals.map(({ method }) => method)).toEqual(['POST', 'POST'])
    const [first, second] = server.arrivals.map(({ headers }) => headers['idempotency-key'])
    expect(first).toMatch(/^[0-9a-f-]{36}$/)
    expect(first).not.toBe(second)
    const records = readFileSync(join(folder, 'out.jsonl'), 'utf8').trim().split('\n')
    const parsed = records.map((line) => recordSchema.parse(JSON.parse(line))).toSorted((a, b) => a.id - b.id)
    expect(parsed).toMatchObject([
      { meta: { n: 1 }, body: 'hello' },
      { meta: { n: 2 }, body: 'hello' },
    ])
  })

  it('sends a request for every row of a table', async () => {
    const { code, folder, server } = await runRecipe(recipe('users.csv'))
    expect(code).toBe(0)
    const arrivals = server.arrivals.map(({ method, path, headers }) => `${method} ${path} ${headers['content-type']}`)
    expect(arrivals.toSorted()).toEqual(['PATCH /users/1 application/json', 'PATCH /users/a%2Fb application/json'])
    const records: unknown = parse(readFileSync(join(folder, 'results.csv')), { columns: true })
    expect(records).toContainEqual(
      expect.objectContaining({ id: '1', ok: 'true', 'meta.id': '1', 'meta.name': 'Jane "J" Doe', 'meta.age': '40' }),
    )
  })

  it('looks up what an API knows of each row', async () => {
    const { code, stdout, server } = await runRecipe(recipe('--expect-json'))
    expect(server.arrivals.map(({ path }) => path).toSorted()).toEqual(['/users/1', '/users/a%2Fb'])
    const [header, ...rows] = stdout.trim().split('\n')
    expect(header).toBe('meta.id,status_code,body.name,body.items.length')
    expect(rows.toSorted()).toEqual(['1,200,,', 'a/b,200,,'])
    // The server's answer is no JSON.
    expect(code).toBe(1)
  })

  it('posts each row once, and nothing again that is done', async () => {
    const { code, folder, server } = await runRecipe(recipe('posted.jsonl'))
    expect(code).toBe(0)
    expect(server.arrivals.map(({ method, path }) => `${method} ${path}`)).toEqual(['POST /users', 'POST /users'])
    const records = readFileSync(join(folder, 'posted.jsonl'), 'utf8').trim().split('\n')
    const keys = records.map((line) => recordSchema.parse(JSON.parse(line)).meta)
    expect(keys).toHaveLength(2)
    expect(keys).toContainEqual({ id: 'a/b', name: 'x', age: '' })
  })

  it('archives pages', async () => {
    const { folder, server } = await runRecipe(recipe('--warc'))
    const archive = gunzipSync(readFileSync(join(folder, 'pages.warc.gz'))).toString()
    expect(archive.match(/^WARC-Type: response\r$/gm)).toHaveLength(3)
    expect(archive).toContain(`WARC-Target-URI: ${server.origin}/missing\r\n`)
  })

  it.skipIf(!hasJq)('tells the keys of what failed with jq (skipped where there is no jq)', async () => {
    const { stdout } = await runRecipe(recipe('.meta.n'))
    expect(stdout.trim().split('\n').toSorted()).toEqual(['1\tHTTP_200', '2\tHTTP_200'])
  })

  it('looks at a list before it is run', async () => {
    const { code, stdout, server } = await runRecipe(recipe('--dry-run'))
    expect(code).toBe(0)
    expect(stdout).toMatch(/^at least +1\.00s /m)
    expect(server.arrivals).toEqual([])
  })

  it('makes a table for a spreadsheet', async () => {
    const { folder } = await runRecipe(recipe('-f csv --csv-safe'))
    const [header, ...rows] = readFileSync(join(folder, 'results.csv'), 'utf8').trim().split('\n')
    expect(header).toBe('id,url,status_code,fetch_ms,error_message')
    expect(rows).toHaveLength(3)
  })

  it('goes through a proxy', async () => {
    const proxy = await startSocksProxy()
    onTestFinished(() => proxy.close())
    const command = recipe('socks5h://').replace('127.0.0.1:1080', proxy.host)
    const straight = await runRecipe(command)
    expect(straight.server.arrivals).toHaveLength(3)
    expect(proxy.asked).toEqual([])
    const { server } = await runRecipe(command.replace('127.0.0.0/8', '10.0.0.0/8'))
    expect(server.arrivals).toHaveLength(3)
    expect(new Set(proxy.asked)).toEqual(new Set([`socks address ${server.host}`]))
  })

  it('asks a server of this machine by its socket', async () => {
    const path = join(await tempFolder(), 'docker.sock')
    const docker = createServer((request, response) => response.end(`${request.headers.host}${request.url}`))
    docker.listen(path)
    await once(docker, 'listening')
    onTestFinished(() => void docker.close())
    const { stdout } = await runRecipe(recipe('docker.sock').replace('/var/run/docker.sock', path))
    expect(JSON.parse(stdout)).toMatchObject({ ok: true, body: 'docker/containers/json' })
  })
})
