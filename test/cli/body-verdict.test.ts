// Whole runs that choose what is ok by the body, and print parts of it.

import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type HttpServer, startHttpServer } from '../support/http-server.js'
import { runCli } from '../support/run-cli.js'
import { tempFolder } from '../support/temp.js'

/** What /word says, until it is changed. */
interface Site {
  readonly server: HttpServer
  text: string
}

async function serve(): Promise<Site> {
  const server = await startHttpServer((request, response) => {
    switch (request.url ?? '') {
      case '/word':
        return void response.end(site.text)
      case '/json':
        response.writeHead(200, { etag: '"x"', 'x-twice': ['1', '2'] })
        return void response.end('{"word":"=1+1","items":[{"id":12345678901234567890},{"a":[1, 2]}]}')
      default:
        response.statusCode = 500
        return void response.end('{"word":"failed"}')
    }
  })
  onTestFinished(() => server.close())
  const site = { server, text: 'nothing of the kind' }
  return site
}

const listOf = ({ server }: Site, ...paths: string[]) => paths.map((path) => `${server.origin}${path}\n`).join('')
const outcomes = (text: string) =>
  text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
    .toSorted((a, b) => a.id - b.id)

describe('--match', () => {
  it('fails what is accepted and does not match, and saves nothing of it', async () => {
    const site = await serve()
    const dir = join(await tempFolder(), 'pages')
    const args = ['--match', '/WORD/i', '--save', dir, '--hash', 'sha256', '--include', 'body', '--retries', '0']
    const { code, records } = await runCli(args, { stdin: listOf(site, '/word', '/json', '/500') })
    expect(code).toBe(1)
    expect(records.toSorted((a, b) => a.id - b.id)).toMatchObject([
      {
        ok: false,
        status_code: 200,
        error_type: 'no_match',
        error_code: 'NO_MATCH',
        error_message: 'no match for /WORD/i; the body begins "nothing of the kind"',
        attempts: 1,
        file: null,
        body: 'nothing of the kind',
      },
      { ok: true, file: expect.stringContaining('json') },
      { ok: false, error_type: 'http_status', file: null },
    ])
    expect(readdirSync(dir)).toHaveLength(1)
  })

  it('ends the run with --fail-fast, tells repetitions with --dedupe, and is a failure for --only', async () => {
    const site = await serve()
    const stdin = listOf(site, '/word', '/word', '/json')
    const first = await runCli(['--match', 'word', '--fail-fast', '-w', '1'], { stdin })
    expect(first.code).toBe(4)
    const { records } = await runCli(['--match', 'word', '--dedupe', '--only', 'failed'], { stdin })
    expect(records).toMatchObject([
      { error_type: 'no_match', error_code: 'NO_MATCH' },
      { error_type: 'no_match', error_code: 'DUPLICATE' },
    ])
  })

  it('is told in the summary', async () => {
    const site = await serve()
    const { stderr } = await runCli(['--match', 'word', '--match', 'more'], { stdin: listOf(site, '/word', '/json') })
    expect(stderr).toContain('(2 no_match); exit 1')
    expect(stderr).toContain('no match for /more/; the body begins')
  })

  it('is tried again with --retry-failed, and saved then', async () => {
    const site = await serve()
    const folder = await tempFolder()
    const [out, dir] = [join(folder, 'out.jsonl'), join(folder, 'pages')]
    const args = ['--match', 'word', '--save', dir, '-o', out, '--fields', 'id,url,error_type,body.word']
    const stdin = listOf(site, '/word', '/json')
    await runCli(args, { stdin })
    site.text = 'the word'
    expect((await runCli([...args, '--resume'], { stdin })).code).toBe(1)
    const { code } = await runCli([...args, '--retry-failed=no_match'], { stdin })
    expect(code).toBe(0)
    expect(site.server.arrivals.map(({ path }) => path).toSorted()).toEqual(['/json', '/word', '/word'])
    expect(outcomes(readFileSync(out, 'utf8'))).toMatchObject([
      { id: 1, error_type: null, 'body.word': null },
      { id: 2, error_type: null, 'body.word': '=1+1' },
    ])
    expect(existsSync(dir) && readdirSync(dir)).toHaveLength(2)
  })
})

describe('--expect-json', () => {
  it('fails what is accepted and no JSON', async () => {
    const site = await serve()
    const { records } = await runCli(['--expect-json', '--retries', '0'], {
      stdin: listOf(site, '/word', '/json', '/500'),
    })
    const types = records.toSorted((a, b) => a.id - b.id).map((record) => [record.error_type, record.error_code])
    expect(types).toEqual([
      ['not_json', 'JSON_SYNTAX'],
      [null, null],
      ['http_status', 'HTTP_500'],
    ])
  })
})

describe('--fields with paths', () => {
  it('prints parts of headers and of JSON bodies, of failures too', async () => {
    const site = await serve()
    const fields = 'id,headers.ETag,headers.x-twice,body.items.length,body.items.0.id,body.items.1,body.word'
    const { stdout } = await runCli(['--fields', fields, '--retries', '0'], {
      stdin: `${listOf(site, '/json', '/500', '/word')}ftp://x/\n`,
    })
    const lines = stdout.trim().split('\n').toSorted()
    expect(lines[0]).toBe(
      '{"id":1,"headers.ETag":"\\"x\\"","headers.x-twice":["1","2"],"body.items.length":2,' +
        '"body.items.0.id":12345678901234567890,"body.items.1":{"a":[1,2]},"body.word":"=1+1"}',
    )
    expect(lines[1]).toContain('"body.word":"failed"')
    expect(lines[2]).toContain('"headers.ETag":null,"headers.x-twice":null,"body.items.length":null')
    expect(lines[3]).toMatch(/^\{"id":4,.*"body.word":null\}$/)
  })

  it('leaves an included body to its own limit', async () => {
    const site = await serve()
    const args = ['--fields', 'body,body.word', '--include', 'body', '--include-limit', '5']
    const { stdout } = await runCli(args, { stdin: listOf(site, '/json') })
    expect(JSON.parse(stdout)).toEqual({ body: '{"wor', 'body.word': '=1+1' })
  })

  it('takes bodies that an earlier run had saved when it was killed', async () => {
    const site = await serve()
    const folder = await tempFolder()
    const out = join(folder, 'out.jsonl')
    const fields = 'id,url,error_type,timestamp,body.items.length'
    const args = ['--save', join(folder, 'pages'), '-o', out, '--fields', fields, '-w', '1']
    const stdin = listOf(site, '/json', '/json')
    await runCli(args, { stdin })
    const [first = ''] = readFileSync(out, 'utf8').split('\n')
    writeFileSync(out, `${first}\n`)
    const { code } = await runCli([...args, '--resume'], { stdin })
    expect(code).toBe(0)
    expect(outcomes(readFileSync(out, 'utf8'))).toMatchObject([
      { id: 1, 'body.items.length': 2 },
      { id: 2, 'body.items.length': 2 },
    ])
    expect(site.server.arrivals).toHaveLength(2)
  })
})

describe('--csv-safe', () => {
  it('prints csv without formulas', async () => {
    const site = await serve()
    const args = ['-f', 'csv', '--csv-safe', '--fields', 'id,body.word,headers.x-twice']
    const { stdout } = await runCli(args, { stdin: listOf(site, '/json') })
    expect(stdout).toBe('id,body.word,headers.x-twice\n1,\'=1+1,"1, 2"\n')
  })
})
