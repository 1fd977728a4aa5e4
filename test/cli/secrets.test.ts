import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { startHttpServer } from '../support/http-server.js'
import { startRawServer } from '../support/raw-server.js'
import { type CliRun, runCli, spawnCli } from '../support/run-cli.js'
import { tempFile, tempFolder } from '../support/temp.js'

const password = 'PASSWORDSENTINEL'
const key = 'KEYSENTINEL'
const header = 'HEADERSENTINEL'
const body = 'BODYSENTINEL'

/** Answers that go wrong in many ways, chosen by the path; each request has the secrets. */
async function startTrouble() {
  const authorizations: (string | undefined)[] = []
  const server = await startHttpServer((request, response) => {
    authorizations.push(request.headers.authorization)
    const { url = '' } = request
    const redirectTo = (location: string) => response.writeHead(302, { location }).end()
    if (url.startsWith('/missing')) response.writeHead(404).end()
    else if (url.startsWith('/again')) response.writeHead(503, { 'retry-after': '0' }).end()
    else if (url.startsWith('/hop')) redirectTo(`http://u:${password}@${server.host}/?sig=${key}`)
    else if (url.startsWith('/loop')) redirectTo(`${server.origin}/loop?token=${key}`)
    else if (url.startsWith('/bad')) redirectTo(`ftp://u:${password}@x/?token=${key}`)
    else if (url.startsWith('/cut'))
      response.writeHead(200, { 'content-length': '9' }).write('x', () => response.destroy())
    else if (url.startsWith('/gzip')) response.writeHead(200, { 'content-encoding': 'gzip' }).end('no gzip')
    else response.end('hello')
  })
  onTestFinished(() => server.close())
  const raw = await startRawServer({ onRequest: ({ socket }) => socket.end('SSH-2.0-x\r\n\r\n') })
  onTestFinished(() => raw.close())
  const at = (host: string, path: string) => `http://u:${password}@${host}${path}?page=1&api_key=${key}`
  const paths = ['/', '/missing', '/again', '/hop', '/loop', '/bad', '/cut', '/gzip']
  const urls = [
    ...paths.map((path) => at(server.host, path)),
    at(raw.host, '/'),
    at('127.0.0.1:1', '/'),
    // No URLs: nothing is looked up or asked for.
    at('127.0.0.1:99999', '/'),
    at('bad host', '/'),
    at('[::1', '/'),
    `ftp://u:${password}@x/?token=${key}`,
    `http://u:${password}/more@127.0.0.1:1/?token=${key}`,
    `${at('127.0.0.1:1', '/')}${'x'.repeat(70_000)}`,
  ]
  return { list: `${urls.join('\n')}\n`, count: urls.length, authorizations, server }
}

const secretArgs = ['-H', `X-Key: ${header}`, '-H', `Cookie: a=${header}`, '-d', body, '--retry-unsafe']
const common = [...secretArgs, '--retries', '1', '--timeout', '5s', '--max-redirects', '3', '--breaker', '1h']

function expectNoneOf(text: string, secrets: readonly string[]): void {
  for (const secret of secrets) expect(text.includes(secret), `${secret} in ${text.slice(0, 5000)}`).toBe(false)
}

/** stdout has the records, which have the URLs with their keys. */
function expectSecret(run: Pick<CliRun, 'stdout' | 'stderr'>): void {
  expectNoneOf(run.stdout, [password, header, body])
  expectNoneOf(run.stderr, [password, key, header, body])
}

describe('passwords, keys, header values and bodies', () => {
  it.each([
    [[]],
    [['--progress', 'plain', '-v']],
    [['--progress', 'json', '-v']],
    [['--progress', 'none', '-v']],
    [['--progress', 'tty', '-v', '--color', 'always']],
    [['-f', 'table', '-v']],
    [['-f', 'csv', '--dedupe']],
    [['--fail-fast']],
    [['--fields', 'id,url,final_url,error_message']],
  ])('are not shown whatever becomes of the URLs: %j', async (args) => {
    const { list, authorizations } = await startTrouble()
    const run = await runCli([...args, ...common], { stdin: list })
    expectSecret(run)
    expect(run.stderr).not.toBe('')
    expect(run.stdout).toContain('api_key=')
    // Used all the same, where the run does not end before.
    const basic = `Basic ${Buffer.from(`u:${password}`).toString('base64')}`
    if (!args.includes('--fail-fast')) expect(authorizations).toContain(basic)
    expectNoneOf(run.stdout + run.stderr, [basic.slice('Basic '.length)])
  })

  it('are shown as *** in the mail that cron sends, which still says where it went wrong', async () => {
    const { list, count, server } = await startTrouble()
    const { stderr } = await runCli(common, { stdin: list })
    expect(stderr).toMatch(new RegExp(`^poolfetch: read ${count} URLs`))
    expect(stderr).toContain(`HTTP_404 http://u:***@${server.host}/missing?page=1&api_key=***`)
  })

  it('are in no receipt and no rehearsal', async () => {
    const { list } = await startTrouble()
    const folder = await tempFolder()
    await runCli(['--receipt', join(folder, 'receipt.json'), '-o', join(folder, 'out.jsonl'), ...common], {
      stdin: list,
    })
    expect(readdirSync(folder).toSorted()).toEqual(['out.jsonl', 'receipt.json'])
    expectNoneOf(readFileSync(join(folder, 'receipt.json'), 'utf8'), [password, key, header, body])
    for (const format of ['table', 'jsonl']) {
      const { stdout, stderr } = await runCli(['--dry-run', '-f', format, ...common], { stdin: list })
      expect(stdout).not.toBe('')
      expectNoneOf(stdout + stderr, [password, key, header, body])
    }
  })

  it.each([
    [[`http://u:${password}@h/?token=${key}`], {}],
    [['-o', `/no/http://u:${password}@h/?token=${key}`], {}],
    [['-H', header], {}],
    [['-u', header], {}],
    [['-u', `${header}:`, '--bearer', header], {}],
    [['-u', `a:${header}`, '-H', `authorization: ${header}`], {}],
    [[`-ua:${header}\u0001`], {}],
    [['--bearer', `${header} ${key}`], {}],
    [[`--users=a:${header}`], {}],
    [[`--bearers=${header}`], {}],
    [[], { POOLFETCH_USER: header }],
    [[], { POOLFETCH_BEARER: `${header} ${key}` }],
    [['-H', `${header}=`], {}],
    [['-H', `A: ${header}\u0001`], {}],
    [['-H', `Host : ${header}`], {}],
    [[`--headers=A: ${header}`], {}],
    [[`--cookie=${header}`], {}],
    [['--host', `a.test: header=${header}`], {}],
    [['--host', `a.test: haeder=X: ${header}`], {}],
    [['--host', `a.test: header=X: ${header}\u0001`], {}],
    [[], { POOLFETCH_HEADER: header }],
    [[], { POOLFETCH_HEADER: `A: ${header}\nB ${header}` }],
    [['-w', 'x'], { POOLFETCH_HEADER: `A: ${header}`, POOLFETCH_DATA: body }],
    [['-w', 'x', ...secretArgs], {}],
  ])('are in no usage error: %j %j', async (args, env) => {
    const run = await runCli(args, { stdin: '', env })
    expect([2, 3]).toContain(run.code)
    expect(run.stderr).toMatch(/^poolfetch: /)
    expectNoneOf(run.stdout + run.stderr, [password, key, header, body])
  })

  it('come from the environment and from a file, and are sent', async () => {
    const { server, list, authorizations } = await startTrouble()
    const file = await tempFile(`Authorization: Bearer ${header}\n`, 'headers.txt')
    const run = await runCli(['-v'], {
      stdin: `${server.origin}/missing\n`,
      env: { POOLFETCH_HEADER: `X-Key: ${header}\n@${file}`, POOLFETCH_DATA: body, POOLFETCH_PROGRESS: 'plain' },
    })
    expectSecret(run)
    expect(authorizations).toEqual([`Bearer ${header}`])
    expect(server.arrivals[0]).toMatchObject({ method: 'POST', headers: { 'x-key': header } })
    expect(list).not.toContain(header)
  })

  it.each([
    ['-u', `me:${password}`, `Basic ${btoa(`me:${password}`)}`],
    ['--bearer', header, `Bearer ${header}`],
  ])('of %s are sent, and stand in no record, receipt or message', async (option, value, sent) => {
    const { server, list, authorizations } = await startTrouble()
    const receipt = join(await tempFolder(), 'receipt.json')
    const args = [option, `@${await tempFile(`${value}\n`)}`, '-v', '--progress', 'plain', '--retries', '1']
    const run = await runCli([...args, '--receipt', receipt, '--timeout', '5s', '--max-redirects', '3'], {
      stdin: `${server.origin}/again\n${list}`,
    })
    const texts = run.stdout + run.stderr + readFileSync(receipt, 'utf8')
    expectNoneOf(texts, [password, header, sent.replace(/^\w+ /, '')])
    // Where the URL has none of its own.
    expect(new Set(authorizations)).toEqual(new Set([sent, `Basic ${btoa(`u:${password}`)}`]))
  })

  it('are not shown when the run is ended by a signal', async () => {
    let arrived = (): void => {}
    const isThere = new Promise<void>((resolve) => (arrived = resolve))
    const server = await startHttpServer(() => arrived())
    onTestFinished(() => server.close())
    const run = spawnCli([...common, '-v', '--progress', 'plain', '--grace', '50ms'], {
      stdin: `http://u:${password}@${server.host}/?token=${key}\n`,
    })
    await isThere
    run.child.kill('SIGTERM')
    const ended = await run.finish()
    expect(ended.code).toBe(143)
    expectSecret(ended)
    expect(ended.stderr).toContain('token=***')
  })
})
