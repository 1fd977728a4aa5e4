// Runs over tables and templates: what is sent for a row, and what comes back of it.

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'csv-parse/sync'
import { stringify } from 'csv-stringify/sync'
import { beforeEach, describe, expect, it } from 'vitest'
import { type HttpServer, startHttpServer } from '../support/http-server.js'
import { parseRecords, runCli, spawnCli } from '../support/run-cli.js'
import { tempFolder } from '../support/temp.js'

interface Received {
  readonly method: string
  readonly path: string
  readonly type: string | undefined
  readonly row: string | undefined
  readonly body: string
}

let server: HttpServer
let folder: string
let received: Received[]
/** Paths that are not answered. */
let held: RegExp
/** Paths that are 404. */
let missing: RegExp

beforeEach(async () => {
  ;[received, held, missing] = [[], /^$/, /^$/]
  server = await startHttpServer((request, response) => {
    let body = ''
    request.setEncoding('utf8')
    request.on('data', (chunk: string) => (body += chunk))
    request.on('end', () => {
      const { method = '', url: path = '', headers } = request
      const row = headers['x-row']
      received.push({
        method,
        path,
        type: headers['content-type'],
        row: typeof row === 'string' ? row : undefined,
        body,
      })
      response.statusCode = missing.test(path) ? 404 : 200
      if (!held.test(path)) response.end('ok')
    })
  })
  folder = await tempFolder()
  return () => server.close()
})

function write(name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

const usersUrl = () => `${server.origin}/users/{id}`
const byPath = (a: Received, b: Received) => (a.path < b.path ? -1 : 1)
const paths = () =>
  received
    .splice(0)
    .map(({ path }) => path)
    .toSorted()
const numbered = (count: number) => Array.from({ length: count }, (_, index) => [`${index + 1}`, `n${index + 1}`])
const table = (count: number) => stringify([['id', 'name'], ...numbered(count)])

describe('a table of rows', () => {
  const rows = [
    ['id', 'First Name', 'note', 'n'],
    ['007', 'Jane "J" Doé', 'two\nlines, and\r\na tab\t', '1.50'],
    ['a/b', '😀 👨‍👩‍👧', '', '12345678901234567890'],
    ['x y', "O'Hara; {id}", '\\"', 'true'],
  ]

  it('is sent as the templates say, and comes back in columns as it was', async () => {
    const list = write('users.csv', `\ufeff${stringify(rows, { record_delimiter: 'windows', quoted_match: /[\r\n]/ })}`)
    const body = '{"id": {id}, "text": "<{First Name}>", "note": {note}, "n": {n}}'
    const run = await runCli([list, '--url', usersUrl(), '-X', 'PATCH', '-H', 'X-Row: {n}', '-d', body, '-f', 'csv'])
    expect([run.code, run.stderr]).toEqual([0, ''])
    expect(received.toSorted(byPath).map(({ method, path, type, row }) => ({ method, path, type, row }))).toEqual([
      { method: 'PATCH', path: '/users/007', type: 'application/json', row: '1.50' },
      { method: 'PATCH', path: '/users/a%2Fb', type: 'application/json', row: '12345678901234567890' },
      { method: 'PATCH', path: '/users/x%20y', type: 'application/json', row: 'true' },
    ])
    expect(received.toSorted(byPath).map((each) => each.body)).toEqual([
      String.raw`{"id": "007", "text": "<Jane \"J\" Doé>", "note": "two\nlines, and\r\na tab\t", "n": 1.50}`,
      '{"id": "a/b", "text": "<😀 👨‍👩‍👧>", "note": null, "n": 12345678901234567890}',
      String.raw`{"id": "x y", "text": "<O'Hara; {id}>", "note": "\\\"", "n": true}`,
    ])
    const records: Record<string, string>[] = parse(run.stdout, { columns: true })
    const back = records.toSorted((a, b) => Number(a['id']) - Number(b['id']))
    expect(back.map((record) => rows[0]?.map((name) => record[`meta.${name}`]))).toEqual(rows.slice(1))
    expect(back.map(({ status_code: status }) => status)).toEqual(['200', '200', '200'])
  })

  it('is a form where the body is none of JSON, and has its own column for URLs', async () => {
    const list = write('links.tsv', `id\tlink\n1&2\t${server.origin}/a\n3\t${server.origin}/b\n`)
    const run = await runCli([list, '--url-column', 'link', '-d', 'id={id}', '-d', 'x=1', '--include', 'body'])
    expect(received.toSorted(byPath).map(({ method, type, body }) => [method, type, body])).toEqual([
      ['POST', 'application/x-www-form-urlencoded', 'id=1%262&x=1'],
      ['POST', 'application/x-www-form-urlencoded', 'id=3&x=1'],
    ])
    expect(run.records.toSorted((a, b) => a.id - b.id).map(({ meta }) => meta)).toEqual([{ id: '1&2' }, { id: '3' }])
  })

  it('leaves braces alone with a list of URLs', async () => {
    const args = ['-d', '{"a": {id}, }', '-H', 'X-Row: {id} {{id}}', '-X', 'POST']
    const run = await runCli(args, { stdin: `${server.origin}/{id}\n` })
    expect(run.code).toBe(0)
    expect(received).toEqual([
      {
        method: 'POST',
        path: '/%7Bid%7D',
        type: 'application/x-www-form-urlencoded',
        row: '{id} {{id}}',
        body: '{"a": {id}, }',
      },
    ])
  })

  it('takes a file for a template as well', async () => {
    const body = write('body.json', '{\n  "user": {"id": {id}},\n  "query": "{{id}}"\n}\n')
    await runCli([write('users.csv', 'id\n7\n'), '--url', server.origin, '-d', `@${body}`])
    expect(received[0]?.body).toBe('{  "user": {"id": 7},  "query": "{id}"}')
  })

  it('comes from standard input, each URL with what it is to be sent', async () => {
    const run = await runCli(['--url', usersUrl(), '-f', 'csv', '-w', '1'], { stdin: table(3) })
    expect(paths()).toEqual(['/users/1', '/users/2', '/users/3'])
    expect(run.stdout.split('\n')[0]).toMatch(/,body_bytes,meta\.id,meta\.name$/)
    await runCli(['--url', usersUrl(), '--input-format', 'jsonl'], { stdin: '{"id": 1}\n{"id":"é"}\n' })
    expect(paths()).toEqual(['/users/%C3%A9', '/users/1'])
  })

  it('is fetched once per request with --dedupe, and each row has its own data', async () => {
    const list = write('users.csv', 'id,name\n1,a\n1,b\n2,c\n')
    const run = await runCli([list, '--url', usersUrl(), '--dedupe'])
    expect(paths()).toEqual(['/users/1', '/users/2'])
    const records = run.records.toSorted((a, b) => a.id - b.id)
    expect(records.map(({ id, duplicate_of: first, meta }) => [id, first, meta])).toEqual([
      [1, undefined, { id: '1', name: 'a' }],
      [2, 1, { id: '1', name: 'b' }],
      [3, undefined, { id: '2', name: 'c' }],
    ])
    await runCli([list, '--url', usersUrl(), '--dedupe', '-d', 'name={name}'])
    expect(
      received
        .splice(0)
        .map(({ body }) => body)
        .toSorted(),
    ).toEqual(['name=a', 'name=b', 'name=c'])
  })

  it('is shuffled, and looked at', async () => {
    const list = write('users.csv', table(30))
    const run = await runCli([list, '--url', usersUrl(), '--shuffle=1', '-w', '1', '-H', 'X-Row: {name}'])
    expect(run.records.map(({ id }) => id)).not.toEqual(Array.from({ length: 30 }, (_, index) => index + 1))
    expect(received.splice(0).every(({ path, row }) => path === `/users/${row?.slice(1)}`)).toBe(true)
    const { code, stdout } = await runCli([list, '--url', usersUrl(), '--dry-run'])
    expect([code, received]).toEqual([0, []])
    expect(stdout).toMatch(/^URLs +30$/m)
  })

  it('keeps what each row sends when memory has no room for it', async () => {
    const list = write('users.csv', table(3000))
    const args = [list, '--url', usersUrl(), '--buffer', '10', '-d', '{"n": "{name}"}', '-H', 'X-Row: {id}', '-w', '2']
    const run = await runCli(args, { timeoutMs: 60_000 })
    expect(run.code).toBe(0)
    const expected = numbered(3000).map(([id, name]) => `/users/${id} ${id} {"n": "${name}"}`)
    expect(received.map(({ path, row, body }) => `${path} ${row} ${body}`).toSorted()).toEqual(expected.toSorted())
    expect(run.records.map(({ meta }) => meta)).toContainEqual({ id: '3000', name: 'n3000' })
  })
})

describe('a table that was interrupted', () => {
  it('goes on after kill -9 with the rows that are not done, and knows them by their data', async () => {
    held = /\/[89]$/
    const list = write('users.csv', `${table(9)}x,too,many\n`)
    const out = join(folder, 'out.jsonl')
    const args = [list, '--url', server.origin + '/{id}', '-d', 'n={name}', '-o', out, '--resume', '-w', '9']
    const first = spawnCli(args)
    const seen = () => readFileSync(out, { encoding: 'utf8', flag: 'a+' }).split('\n').length - 1
    await expect.poll(() => [received.length, seen()], { timeout: 10_000 }).toEqual([9, 8])
    first.child.kill('SIGKILL')
    await first.finish()
    ;[held, received] = [/^$/, []]
    const run = await runCli([...args])
    expect(paths()).toEqual(['/8', '/9'])
    expect(run.code).toBe(1)
    const records = parseRecords(readFileSync(out, 'utf8'))
    expect(records.map(({ id }) => id).toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    expect(records.find(({ id }) => id === 8)?.meta).toEqual({ id: '8', name: 'n8' })

    write('users.csv', table(9).replace('n5', 'other'))
    const other = await runCli(args)
    expect([other.code, other.stderr]).toEqual([
      2,
      expect.stringContaining(`id 5 is ${server.origin}/5 with other data (meta)`),
    ])
  })

  it('fetches failures again with --retry-failed', async () => {
    missing = /\/2$/
    const out = join(folder, 'out.jsonl')
    const args = [write('users.csv', table(3)), '--url', usersUrl(), '-o', out]
    expect((await runCli(args)).code).toBe(1)
    ;[missing, received] = [/^$/, []]
    expect((await runCli([...args, '--retry-failed=http_status'])).code).toBe(0)
    expect(paths()).toEqual(['/users/2'])
  })
})

describe('what cannot be read as rows is exit 2, before anything is fetched', () => {
  it.each([
    [
      ['{}/users.csv', '{}/urls.txt', '--url', '{o}/{id}'],
      'urls.txt is a list of URLs (--input-format csv, or jsonl, reads it as rows)',
    ],
    [['{}/users.csv'], 'users.csv has no column "url": it has "id", "name"'],
    [['{}/users.csv', '--url', '{o}/{zip}'], 'users.csv has no column "zip" for {zip}: it has "id", "name"'],
    [
      ['{}/users.csv', '--url', '{o}/{id}', '-d', '{"a": {id}'],
      '--data begins as JSON does and is to be JSON for every row',
    ],
    [['{}/users.csv', '--url', 'ftp://x/{id}'], '--url must be a URL with {name} where the value of a row goes'],
    [['{}/users.csv', '--url', '{o}/{id}', '-H', '{name}: x'], "--header must be 'Name: value'"],
    [['{}/twice.csv'], 'two columns have the name "url" in the header row'],
  ])('%j', async (args, message) => {
    write('users.csv', table(2))
    write('urls.txt', `${server.origin}/x\n`)
    write('twice.csv', 'url,url\nx,y\n')
    const run = await runCli(args.map((arg) => arg.replace('{}', folder).replace('{o}', server.origin)))
    expect([run.code, run.stdout, run.stderr]).toEqual([2, '', expect.stringContaining(message)])
    expect(run.stderr.trim().split('\n')).toHaveLength(1)
    expect(received).toEqual([])
  })

  it('says so of standard input when it has come', async () => {
    const run = await runCli(['--url', usersUrl()], { stdin: 'name\nx\n' })
    expect([run.code, run.stdout]).toEqual([2, ''])
    expect(run.stderr).toContain('standard input is a list of URLs')
  })
})
