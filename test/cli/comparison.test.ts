// Runs one after another: what is asked of the server, what is called changed, and what is kept for the next run.

import { existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import type { FetchRecord } from '../../src/record-schema.js'
import { type HttpServer, startHttpServer } from '../support/http-server.js'
import { type CliRun, parseRecords, runCli, spawnCli } from '../support/run-cli.js'
import { tempFolder } from '../support/temp.js'

interface Answer {
  readonly status?: number
  readonly body?: string
  readonly headers?: Readonly<Record<string, string>>
  /** The server looks at conditions. */
  readonly isConditional?: boolean
  readonly hangs?: boolean
}

const date = 'Wed, 21 Oct 2015 07:28:00 GMT'

let server: HttpServer
let folder: string
let site: Record<string, Answer>

beforeEach(async () => {
  site = {}
  folder = await tempFolder()
  server = await startHttpServer((request, response) => {
    const answer = site[request.url ?? ''] ?? { status: 404, body: 'nothing' }
    const { status = 200, body = 'body', headers = {}, isConditional = false, hangs = false } = answer
    if (hangs) return
    const { etag, 'last-modified': modified } = headers
    const { 'if-none-match': tags, 'if-modified-since': since } = request.headers
    const isKnown = tags === undefined ? since !== undefined && since === modified : tags === etag
    const isSame = isConditional && isKnown
    response.writeHead(isSame ? 304 : status, headers)
    response.end(isSame ? undefined : body)
  })
  return () => server.close()
})

const file = (name: string) => join(folder, name)
const listed = (...paths: string[]) =>
  writeFileSync(file('urls.txt'), paths.map((path) => `${server.origin}${path}\n`).join(''))

function run(...args: string[]): Promise<CliRun> {
  return runCli(['urls.txt', '--retries', '0', ...args], { cwd: folder })
}

/** By path, what records say. */
function saidBy<T>(records: readonly FetchRecord[], of: (record: FetchRecord) => T): Record<string, T> {
  return Object.fromEntries(records.map((record) => [record.url.slice(server.origin.length), of(record)]))
}

const changes = (records: readonly FetchRecord[]) => saidBy(records, ({ change }) => change)
const state = () => parseRecords(readFileSync(file('state.jsonl'), 'utf8'))

/** The conditions that came since this was last asked, by path. */
function conditions(): Record<string, (string | undefined)[]> {
  const arrivals = server.arrivals.splice(0)
  return Object.fromEntries(
    arrivals.map(({ path, headers }) => [path, [headers['if-none-match'], headers['if-modified-since']]]),
  )
}

const sorted = (texts: readonly string[]) => texts.toSorted((a, b) => a.localeCompare(b))
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 5))
}

const nothingAsked = [undefined, undefined]

describe('three runs in a row', () => {
  it('say what is new, the same, changed, gone and recovered, and transfer what is not the same', async () => {
    site = {
      '/etag': { headers: { etag: '"1"' }, isConditional: true },
      '/dated': { headers: { 'last-modified': date }, isConditional: true },
      '/deaf': { headers: { etag: '"1"' } },
      '/plain': {},
      '/weak': { headers: { etag: 'W/"1"' }, body: 'a' },
      '/news': { headers: { etag: '"1"' }, isConditional: true },
      '/going': {},
      '/coming': { status: 500 },
      '/moved': { status: 302, headers: { location: '/etag' } },
    }
    const paths = Object.keys(site)
    listed(...paths, '/dead')
    const first = await run('--state', 'state.jsonl')
    expect(changes(first.records)).toEqual(Object.fromEntries([...paths, '/dead'].map((path) => [path, 'new'])))
    expect(Object.values(conditions()).flat().filter(Boolean)).toEqual([])

    site['/weak'] = { headers: { etag: 'W/"1"' }, body: 'b' }
    site['/news'] = { headers: { etag: '"2"' }, body: 'news', isConditional: true }
    site['/going'] = { status: 404 }
    site['/coming'] = {}
    const second = await run('--state', 'state.jsonl')
    expect(changes(second.records)).toEqual({
      '/etag': 'same',
      '/dated': 'same',
      '/deaf': 'same',
      '/plain': 'same',
      '/weak': 'same',
      '/news': 'changed',
      '/going': 'gone',
      '/coming': 'recovered',
      '/moved': 'same',
      '/dead': 'same',
    })
    expect(saidBy(second.records, ({ status_code: status }) => status)).toMatchObject({
      '/etag': 304,
      '/dated': 304,
      '/deaf': 200,
      '/moved': 304,
    })
    // The redirect itself is asked without, where it leads with.
    expect(conditions()).toMatchObject({
      '/etag': ['"1"', undefined],
      '/dated': [undefined, date],
      '/plain': nothingAsked,
      '/moved': nothingAsked,
      '/coming': nothingAsked,
    })

    // What a 304 did not repeat is still known.
    site['/dated'] = { headers: {} }
    const third = await run('--state', 'state.jsonl', '--only', 'changed')
    expect(third.records).toEqual([])
    const validators = ({ etag, last_modified: modified, sha256 }: FetchRecord) => [etag, modified, sha256?.length]
    expect(saidBy(state(), validators)).toMatchObject({
      '/etag': ['"1"', null, 64],
      '/dated': [null, null, 64],
      '/moved': ['"1"', null, 64],
    })
    expect(third.code).toBe(1)
  })
})

describe('--since', () => {
  it('takes the output of any run, also one that was not asked for hashes', async () => {
    site = { '/a': {}, '/b': {} }
    listed('/a', '/b', '/c')
    await run('-o', 'plain.jsonl')
    site['/b'] = { body: 'another' }
    const { records } = await run('--since', 'plain.jsonl')
    expect(changes(records)).toEqual({ '/a': 'same', '/b': 'changed', '/c': 'same' })
    expect(records[0]?.sha256).toMatch(/^[0-9a-f]{64}$/)
  })

  it('goes by what is asked, not by its place in the list', async () => {
    site = { '/a': {}, '/b': {}, '/c': {} }
    listed('/a', '/b', '/a')
    await run('-o', 'one.jsonl')
    listed('/c', '/b', '/a', '/b')
    const { records } = await run('--since', 'one.jsonl')
    expect(sorted(records.map(({ url, change }) => `${url.at(-1)} ${change}`))).toEqual([
      'a same',
      'b same',
      'b same',
      'c new',
    ])
  })

  it('is a first run where there is no file, which is said to whoever looks on', async () => {
    site = { '/a': {} }
    listed('/a')
    const silent = await run('--since', 'none.jsonl')
    expect([silent.code, silent.stderr, changes(silent.records)]).toEqual([0, '', { '/a': 'new' }])
    expect((await run('--since', 'none.jsonl', '-v')).stderr).toBe(
      'poolfetch: none.jsonl is not there: every URL is new\n',
    )
  })

  it('reads past a torn last line and damaged ones, and says so', async () => {
    site = { '/a': {}, '/b': {}, '/c': {} }
    listed('/a', '/b', '/c')
    await run('-o', 'one.jsonl')
    const [a = '', b = '', c = ''] = readFileSync(file('one.jsonl'), 'utf8').split('\n').toSorted().slice(1)
    writeFileSync(file('torn.jsonl'), `${a}\n${b.slice(0, -30)}\n${c.slice(0, -30)}`)
    const { code, stderr, records } = await run('--since', 'torn.jsonl')
    expect(stderr).toBe(
      'poolfetch: torn.jsonl has a damaged line and an unfinished last line: what stood there counts as new\n',
    )
    expect([code, sorted(Object.values(changes(records)).map(String))]).toEqual([0, ['new', 'new', 'same']])
  })

  it.each([
    ['garbage', 'what\never\n', 'bad.jsonl is no output to compare with: JSON lines with url, method and ok are'],
    ['a list', 'http://a.test/\n', 'bad.jsonl is no output to compare with: JSON lines with url, method and ok are'],
  ])('refuses %s, before anything is fetched', async (_, content, message) => {
    listed('/a')
    writeFileSync(file('bad.jsonl'), content)
    for (const option of ['--since', '--state']) {
      const { code, stderr } = await run(option, 'bad.jsonl')
      expect(code).toBe(2)
      expect(stderr).toContain(message)
    }
    expect(readFileSync(file('bad.jsonl'), 'utf8')).toBe(content)
    expect(server.arrivals).toEqual([])
  })

  it('refuses what is no regular file', async () => {
    listed('/a')
    const { code, stderr } = await run('--since', '.')
    expect([code, stderr]).toEqual([
      2,
      'poolfetch: --since . is no regular file: records are read from anywhere in it\n',
    ])
  })

  it("leaves the caller's own condition alone, and other methods unconditional", async () => {
    site = { '/a': { headers: { etag: '"1"' }, isConditional: true } }
    listed('/a')
    await run('-o', 'get.jsonl', '--since', 'none')
    await run('-o', 'post.jsonl', '--since', 'none', '-X', 'POST')
    server.arrivals.splice(0)
    const own = await run('--since', 'get.jsonl', '-H', 'If-None-Match: "2"')
    expect([conditions(), changes(own.records)]).toEqual([{ '/a': ['"2"', undefined] }, { '/a': 'same' }])
    const post = await run('--since', 'post.jsonl', '-X', 'POST')
    expect([conditions(), changes(post.records)]).toEqual([{ '/a': nothingAsked }, { '/a': 'same' }])
  })

  it('asks for every body where that says what is ok', async () => {
    site = { '/a': { headers: { etag: '"1"' }, isConditional: true } }
    listed('/a')
    await run('-o', 'one.jsonl', '--since', 'none', '--match', 'body')
    server.arrivals.splice(0)
    const { records } = await run('--since', 'one.jsonl', '--match', 'other')
    expect([conditions(), changes(records)]).toEqual([{ '/a': nothingAsked }, { '/a': 'gone' }])
  })

  it('counts a 304 as the 200 that it stands for, whatever is accepted', async () => {
    site = { '/a': { headers: { etag: '"1"' }, isConditional: true } }
    listed('/a')
    await run('-o', 'one.jsonl', '--since', 'none')
    const { code, records } = await run('--since', 'one.jsonl', '--accept', '200-299')
    expect([code, records[0]?.ok, records[0]?.status_code, records[0]?.change]).toEqual([0, true, 304, 'same'])
    const own = await run('-H', 'If-None-Match: "1"', '--accept', '200-299')
    expect([own.code, own.records[0]?.error_code]).toEqual([1, 'HTTP_304'])
  })

  it('gives what repeats a URL what is said of the first', async () => {
    site = { '/a': {}, '/b': {} }
    listed('/a', '/b', '/a')
    await run('-o', 'one.jsonl', '--since', 'none', '--dedupe')
    site['/a'] = { body: 'another' }
    const { records } = await run('--since', 'one.jsonl', '--dedupe')
    expect(sorted(records.map(({ id, change }) => `${id} ${change}`))).toEqual(['1 changed', '2 same', '3 changed'])
  })

  it('goes together with --resume: each record says it once', async () => {
    site = { '/a': {}, '/b': {} }
    listed('/a')
    await run('-o', 'one.jsonl', '--since', 'none')
    await run('-o', 'two.jsonl', '--since', 'one.jsonl', '--resume')
    listed('/a', '/b')
    await run('-o', 'two.jsonl', '--since', 'one.jsonl', '--resume')
    expect(changes(parseRecords(readFileSync(file('two.jsonl'), 'utf8')))).toEqual({ '/a': 'same', '/b': 'new' })
  })

  it('asks for a body again that is to be saved and is not there, and else says where it was saved', async () => {
    site = { '/a': { headers: { etag: '"1"' }, isConditional: true } }
    listed('/a')
    const save = ['--save', 'pages', '--overwrite']
    await run('-o', 'one.jsonl', '--since', 'none', ...save)
    server.arrivals.splice(0)
    const [kept] = (await run('--since', 'one.jsonl', ...save)).records
    expect([kept?.status_code, existsSync(file(kept?.file ?? ''))]).toEqual([304, true])
    rmSync(file(kept?.file ?? ''))
    const [fetched] = (await run('--since', 'one.jsonl', ...save)).records
    expect([fetched?.status_code, fetched?.change, fetched?.file]).toEqual([200, 'same', kept?.file])
    expect(existsSync(file(kept?.file ?? ''))).toBe(true)
  })
})

describe('--state', () => {
  it('is all that the next run needs, whatever is printed', async () => {
    site = { '/a': {}, '/b': {} }
    listed('/a', '/b')
    await run('--state', 'state.jsonl')
    site['/b'] = { status: 404 }
    const { code, stdout, stderr } = await run('--state', 'state.jsonl', '--only', 'changed', '--fields', 'change,url')
    expect([code, stdout]).toEqual([1, `{"change":"gone","url":"${server.origin}/b"}\n`])
    expect(stderr).toContain('; gone 1, same 1; exit 1\n')
    expect(stderr).toContain('HTTP_404')
    const third = await run('--state', 'state.jsonl', '--only', 'changed')
    expect([third.stdout, third.stderr.split('\n').slice(1)]).toEqual([
      '',
      ['  and 1 that failed like that in the run before', ''],
    ])
    expect(readdirSync(folder).toSorted()).toEqual(['state.jsonl', 'urls.txt'])
  })

  it('forgets what is no longer in the list', async () => {
    site = { '/a': {}, '/b': {} }
    listed('/a', '/b')
    await run('--state', 'state.jsonl')
    listed('/b')
    await run('--state', 'state.jsonl')
    expect(Object.keys(changes(state()))).toEqual(['/b'])
  })

  it('keeps what a run did not get to, and calls nothing of that', async () => {
    site = { '/a': {}, '/b': {}, '/c': {} }
    listed('/a', '/b', '/c')
    await run('--state', 'state.jsonl')
    site = { '/a': { body: 'another' }, '/b': { hangs: true }, '/c': {} }
    server.arrivals.splice(0)
    const args = ['urls.txt', '--state', 'state.jsonl', '-w', '1', '--retries', '0', '--grace', '1ms']
    const stopped = spawnCli(args, { cwd: folder })
    await until(() => server.arrivals.some(({ path }) => path === '/b'))
    stopped.child.kill('SIGTERM')
    const early = await stopped.finish()
    expect(early.code).toBe(143)
    expect(changes(early.records)).toEqual({ '/a': 'changed', '/b': null })
    expect(changes(state())).toEqual({ '/a': 'changed', '/b': 'new', '/c': 'new' })
    site['/b'] = {}
    expect(changes((await run('--state', 'state.jsonl')).records)).toEqual({ '/a': 'same', '/b': 'same', '/c': 'same' })
  })

  it('is as it was when the run is killed, and the next run works', async () => {
    site = { '/a': {}, '/b': {} }
    listed('/a', '/b')
    await run('--state', 'state.jsonl')
    const before = readFileSync(file('state.jsonl'))
    site['/a'] = { body: 'another' }
    site['/b'] = { hangs: true }
    const killed = spawnCli(['urls.txt', '--state', 'state.jsonl'], { cwd: folder })
    await new Promise<void>((resolve) => {
      killed.child.stdout.once('data', () => resolve())
    })
    killed.child.kill('SIGKILL')
    await killed.finish()
    expect(readFileSync(file('state.jsonl'))).toEqual(before)
    site['/b'] = {}
    expect(changes((await run('--state', 'state.jsonl')).records)).toEqual({ '/a': 'changed', '/b': 'same' })
    expect(readdirSync(folder).toSorted()).toEqual(['state.jsonl', 'urls.txt'])
  })

  it('is as it was when nobody could be told: what changed is told again', async () => {
    site = { '/a': {} }
    listed('/a')
    await run('--state', 'state.jsonl')
    const before = readFileSync(file('state.jsonl'))
    site['/a'] = { body: 'another' }
    if (existsSync('/dev/full')) {
      const full = await run('--state', 'state.jsonl', '-o', '/dev/full')
      expect(full.code).toBe(3)
    }
    const gone = spawnCli(['urls.txt', '--state', 'state.jsonl', '--retries', '0'], { cwd: folder })
    gone.child.stdout.destroy()
    const { code } = await gone.finish()
    expect(code).toBe(141)
    expect(readFileSync(file('state.jsonl'))).toEqual(before)
    expect(changes((await run('--state', 'state.jsonl', '--only', 'changed')).records)).toEqual({ '/a': 'changed' })
  })

  it('is no list of the run, and of one run at a time', async () => {
    listed('/a')
    const list = await run('--state', 'urls.txt')
    expect([list.code, list.stderr]).toEqual([
      2,
      'poolfetch: --state urls.txt is a list that is read: name another file\n',
    ])
    site['/a'] = { hangs: true }
    const other = spawnCli(['urls.txt', '--state', 'state.jsonl'], { cwd: folder })
    await until(() => server.arrivals.length > 0)
    const second = await run('--state', 'state.jsonl')
    expect([second.code, second.stderr]).toEqual([2, 'poolfetch: state.jsonl is being written by another run\n'])
    other.child.kill('SIGKILL')
    await other.finish()
  })

  it('says which folder is not there', async () => {
    listed('/a')
    const { code, stderr } = await run('--state', 'none/state.jsonl')
    expect([code, stderr]).toEqual([3, 'poolfetch: cannot write --state none/state.jsonl: no such directory\n'])
  })

  it('may be an output of an earlier run, and the other way round', async () => {
    site = { '/a': { headers: { etag: '"1"' }, isConditional: true } }
    listed('/a')
    await run('-o', 'one.jsonl', '--since', 'none')
    renameSync(file('one.jsonl'), file('state.jsonl'))
    const { mode } = statSync(file('state.jsonl'))
    await run('--state', 'state.jsonl')
    expect(statSync(file('state.jsonl')).mode).toBe(mode)
    expect(changes((await run('--since', 'state.jsonl')).records)).toEqual({ '/a': 'same' })
  })
})
