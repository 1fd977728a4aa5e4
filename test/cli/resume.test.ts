// Runs that go on from their own output: what is fetched, what is left, and what is refused.

import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readFileSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import type { FetchRecord } from '../../src/record-schema.js'
import { failed, line as recordLine } from '../checkpoint/outputs.js'
import { startHttpServer, type HttpServer } from '../support/http-server.js'
import { binPath, type CliOptions, type CliRun, parseRecords, runCli, spawnCli } from '../support/run-cli.js'
import { tempFolder } from '../support/temp.js'

interface Scene {
  readonly server: HttpServer
  readonly folder: string
  readonly list: string
  readonly out: string
  readonly url: (id: number) => string
  /** The line of a record of the list. */
  readonly line: (id: number) => string
  /** Paths that were requested since this was last asked, in order of their numbers. */
  readonly fetched: () => number[]
}

let scene: Scene

/** /n is 200, /n?404 and the like is that status; the list has the ids 1 to 6. */
beforeEach(async () => {
  const server = await startHttpServer((request, response) => {
    response.statusCode = Number(/\?(\d{3})/.exec(request.url ?? '')?.[1] ?? 200)
    response.end('body')
  })
  const folder = await tempFolder()
  const url = (id: number) => `${server.origin}/${id}`
  scene = {
    server,
    folder,
    list: join(folder, 'urls.txt'),
    out: join(folder, 'out.jsonl'),
    url,
    line: (id) => recordLine(id, { url: url(id) }),
    fetched: () =>
      server.arrivals
        .splice(0)
        .map(({ path }) => Number.parseInt(path.slice(1), 10))
        .toSorted((a, b) => a - b),
  }
  writeList(6)
  return () => server.close()
})

const urlsUpTo = (count: number) => Array.from({ length: count }, (_, index) => `${scene.url(index + 1)}\n`).join('')
const writeList = (count: number) => writeFileSync(scene.list, urlsUpTo(count))
const out = () => readFileSync(scene.out, 'utf8')
const records = (): FetchRecord[] => parseRecords(out())
const ids = () => records().map(({ id }) => id)
const sortedIds = () => ids().toSorted((a, b) => a - b)

interface ResumedRun {
  readonly run: CliRun
  readonly summary: Record<string, number>
}

/** Runs with --resume; in every case the sum is that of the whole list. */
async function resume(args: readonly string[] = [], options: CliOptions = {}): Promise<ResumedRun> {
  const lists = options.stdin === undefined && !args.some((arg) => arg.includes('/')) ? [scene.list] : []
  const words = [...lists, '-o', scene.out, '--resume', '--retries', '0', '--progress', 'json', ...args]
  const run = await runCli(words, options)
  const last = run.stderr.trim().split('\n').at(-1) ?? ''
  const summary = last.startsWith('{"type":"summary"') ? JSON.parse(last) : {}
  if (summary['type'] !== undefined) {
    expect(summary['read']).toBe(summary['ok'] + summary['failed'] + summary['not_attempted'])
  }
  return { run, summary }
}

/** Exit 2, nothing fetched, and the file byte by byte as it was. */
async function refused(args: readonly string[] = [], options: CliOptions = {}): Promise<string> {
  const before = existsSync(scene.out) ? readFileSync(scene.out) : null
  const { run } = await resume(args, options)
  expect(run.code, run.stderr).toBe(2)
  expect(scene.fetched()).toEqual([])
  expect(existsSync(scene.out) ? readFileSync(scene.out) : null).toEqual(before)
  expect(existsSync(`${scene.out}.bad`)).toBe(false)
  return run.stderr
}

describe('a run that goes on', () => {
  it('starts where there is no file, or an empty one', async () => {
    expect((await resume()).summary).toMatchObject({ read: 6, ok: 6, earlier: 0, exit_code: 0 })
    expect(sortedIds()).toEqual([1, 2, 3, 4, 5, 6])
    scene.fetched()
    writeFileSync(scene.out, '')
    await resume()
    expect(scene.fetched()).toEqual([1, 2, 3, 4, 5, 6])
  })

  it('fetches only what has no record, and changes none', async () => {
    const before = scene.line(5) + scene.line(2)
    writeFileSync(scene.out, before)
    const { summary } = await resume()
    expect(scene.fetched()).toEqual([1, 3, 4, 6])
    expect(out().startsWith(before)).toBe(true)
    expect(sortedIds()).toEqual([1, 2, 3, 4, 5, 6])
    expect(summary).toMatchObject({ read: 6, earlier: 2, ok: 6, failed: 0, not_attempted: 0 })
  })

  it('fetches nothing where all is done', async () => {
    await resume()
    scene.fetched()
    const before = out()
    expect((await resume()).summary).toMatchObject({ read: 6, earlier: 6, ok: 6, exit_code: 0 })
    expect(scene.fetched()).toEqual([])
    expect(out()).toBe(before)
  })

  it('cuts off a last line that is torn, and says so', async () => {
    writeFileSync(scene.out, scene.line(1) + scene.line(2).slice(0, 300))
    const { run } = await resume()
    expect(run.stderr).toContain(`${scene.out}: an unfinished last line of 300 bytes was cut off`)
    expect(scene.fetched()).toEqual([2, 3, 4, 5, 6])
    expect(sortedIds()).toEqual([1, 2, 3, 4, 5, 6])
  })

  it('begins anew where there is nothing but a torn line', async () => {
    writeFileSync(scene.out, scene.line(1).slice(0, 100))
    await resume(['-q'])
    expect(sortedIds()).toEqual([1, 2, 3, 4, 5, 6])
  })

  it('keeps a last record that only lacks its line end', async () => {
    writeFileSync(scene.out, scene.line(1) + scene.line(2).trimEnd())
    const { run } = await resume(['--progress', 'auto'])
    expect(run.stderr).toBe('')
    expect(scene.fetched()).toEqual([3, 4, 5, 6])
    expect(sortedIds()).toEqual([1, 2, 3, 4, 5, 6])
  })

  it('sets damaged lines aside, and fetches again what they were', async () => {
    const hole = Buffer.from(scene.line(2)).fill(0, 40, 200)
    const parts = [scene.line(1), hole, 'garbage\n', scene.line(4)].map((part) => Buffer.from(part))
    writeFileSync(scene.out, Buffer.concat(parts))
    const { run, summary } = await resume()
    expect(run.stderr).toContain(`2 damaged lines were set aside in ${scene.out}.bad`)
    expect(readFileSync(`${scene.out}.bad`)).toEqual(Buffer.concat([hole, Buffer.from('garbage\n')]))
    expect(scene.fetched()).toEqual([2, 3, 5, 6])
    expect(sortedIds()).toEqual([1, 2, 3, 4, 5, 6])
    expect(summary).toMatchObject({ read: 6, earlier: 2, ok: 6 })
  })

  it('goes on with a list that has grown', async () => {
    await resume()
    scene.fetched()
    writeList(9)
    expect((await resume()).summary).toMatchObject({ read: 9, earlier: 6, ok: 9 })
    expect(scene.fetched()).toEqual([7, 8, 9])
    expect(sortedIds()).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9])
  })

  it('counts the failures of the whole list', async () => {
    const failure = (id: number) => failed(id, 'http_status', { url: scene.url(id), status_code: 404 })
    writeFileSync(scene.out, failure(1) + failure(2))
    const { run, summary } = await resume(['--max-failures', '1'])
    expect(run.code).toBe(1)
    expect(summary).toMatchObject({ read: 6, earlier: 2, ok: 4, failed: 2 })
    expect((await resume(['--max-failures', '2'])).run.code).toBe(0)
    expect((await resume(['--max-failures', '33%'])).run.code).toBe(1)
    expect((await resume(['--max-failures', '34%'])).run.code).toBe(0)
  })

  it('counts for --fail-fast what fails now', async () => {
    writeFileSync(scene.out, failed(1, 'timeout', { url: scene.url(1) }))
    expect((await resume(['--fail-fast'])).run.code).toBe(1)
    expect(sortedIds()).toEqual([1, 2, 3, 4, 5, 6])
  })

  it('writes through a link', async () => {
    const real = join(scene.folder, 'real.jsonl')
    writeFileSync(real, `garbage\n${scene.line(3)}`)
    symlinkSync(real, scene.out)
    await resume()
    expect(scene.fetched()).toEqual([1, 2, 4, 5, 6])
    expect(readFileSync(real, 'utf8')).toBe(out())
    expect(sortedIds()).toEqual([1, 2, 3, 4, 5, 6])
  })

  it('may write some fields only, the ones that it needs among them', async () => {
    await resume(['--fields', 'id,url,error_type'])
    const lines = out().split('\n')
    writeFileSync(scene.out, `${lines.slice(0, 2).join('\n')}\n${lines[2]?.slice(0, 9)}`)
    scene.fetched()
    await resume(['--fields', 'url,error_type,id,ok'])
    expect(scene.fetched()).toHaveLength(4)
    const found = out()
      .trim()
      .split('\n')
      .map((each) => JSON.parse(each).id)
    expect(found.toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6])
  })

  it('compares lines that are no URLs, or hold a password, by what their records show', async () => {
    const listed = Buffer.concat([
      Buffer.from(`http://user:secret@${scene.server.host}/1\nftp://x/\n::\n`),
      Buffer.from('http://\xff/\n', 'latin1'),
      Buffer.from(`http://x/${'y'.repeat(70_000)}\n${scene.server.host}/2 \u202e\n`),
    ])
    writeFileSync(scene.list, listed)
    const first = await resume(['--default-scheme', 'http'])
    expect(first.summary).toMatchObject({ read: 6 })
    scene.fetched()
    expect(out()).not.toContain('secret')
    const again = await resume(['--default-scheme', 'http'])
    expect(again.summary).toMatchObject({ earlier: 6, read: 6, failed: first.summary['failed'] })
    expect(scene.fetched()).toEqual([])
  })
})

describe('where the list comes from', () => {
  const half = () => writeFileSync(scene.out, scene.line(1) + scene.line(4))

  it('may be standard input', async () => {
    half()
    const { summary } = await resume([], { stdin: urlsUpTo(6) })
    expect(scene.fetched()).toEqual([2, 3, 5, 6])
    expect(summary).toMatchObject({ read: 6, earlier: 2, ok: 6 })
  })

  it('may be standard input between files', async () => {
    half()
    const [first, last] = [join(scene.folder, 'first'), join(scene.folder, 'last')]
    writeFileSync(first, `${scene.url(1)}\n`)
    writeFileSync(last, `${scene.url(5)}\n${scene.url(6)}\n`)
    await resume([first, '-', last], { stdin: `${scene.url(2)}\n${scene.url(3)}\n${scene.url(4)}\n` })
    expect(scene.fetched()).toEqual([2, 3, 5, 6])
    expect(sortedIds()).toEqual([1, 2, 3, 4, 5, 6])
  })

  it.skipIf(process.platform === 'win32')('may be a FIFO, or what a command prints', async () => {
    half()
    const fifo = join(scene.folder, 'fifo')
    spawnSync('mkfifo', [fifo])
    const writer = spawn('sh', ['-c', `cat "$1" > "$2"`, 'sh', scene.list, fifo])
    await resume([fifo])
    expect(writer.exitCode ?? (await once(writer, 'exit'))[0]).toBe(0)
    expect(scene.fetched()).toEqual([2, 3, 5, 6])
    writeFileSync(scene.out, scene.line(6))
    const script = `"$1" "$2" <(cat "$3") -o "$4" --resume`
    const bash = spawn('bash', ['-c', script, 'bash', process.execPath, binPath, scene.list, scene.out])
    expect((await once(bash, 'exit'))[0]).toBe(0)
    expect(scene.fetched()).toEqual([1, 2, 3, 4, 5])
  })

  it('is not waited for beyond what was done of it', async () => {
    half()
    const run = spawnCli(['-o', scene.out, '--resume', '-w', '1'])
    onTestFinished(() => void run.child.kill('SIGKILL'))
    run.child.stdin.write(urlsUpTo(5))
    await expect.poll(() => scene.server.arrivals.length, { timeout: 10_000 }).toBe(3)
    run.child.stdin.end(`${scene.url(6)}\n`)
    expect((await run.finish()).code).toBe(0)
    expect(sortedIds()).toEqual([1, 2, 3, 4, 5, 6])
  })

  it.each([[['--dedupe']], [['--shuffle=7']], [['--dedupe', '--shuffle=7']], [['--shuffle']]])(
    'goes with %j',
    async (options) => {
      writeFileSync(scene.list, urlsUpTo(6) + urlsUpTo(6))
      writeFileSync(scene.out, scene.line(1) + scene.line(4) + recordLine(9, { url: scene.url(3) }))
      const { summary } = await resume(options)
      expect(summary).toMatchObject({ read: 12, earlier: 3, ok: 12, failed: 0, not_attempted: 0 })
      expect(sortedIds()).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])
      const fetched = scene.fetched()
      if (!options.includes('--dedupe')) expect(fetched).toHaveLength(9)
      // In the order of the list 3 comes before 9, which has its record.
      else expect(fetched).toEqual(options.length === 1 ? [2, 3, 5, 6] : [2, 5, 6])
    },
  )
})

describe('--retry-failed', () => {
  /** 1 and 2 are fine now, 3 is a 404 still. */
  beforeEach(() => {
    writeFileSync(scene.list, `${scene.url(1)}\n${scene.url(2)}\n${scene.url(3)}?404\n${scene.url(4)}\n`)
    const line = (id: number, type: FetchRecord['error_type'], url = scene.url(id)) => failed(id, type, { url })
    const lines = [line(1, 'timeout'), line(2, 'dns'), line(3, 'http_status', `${scene.url(3)}?404`), scene.line(4)]
    writeFileSync(scene.out, lines.join(''))
  })

  const outcomes = () => Object.fromEntries(records().map(({ id, error_type }) => [id, error_type]))

  it.each([
    [['--retry-failed'], [1, 2, 3], [null, null, 'http_status', null]],
    [['--retry-failed=all'], [1, 2, 3], [null, null, 'http_status', null]],
    [['--retry-failed', 'timeout'], [1], [null, 'dns', 'http_status', null]],
    [['--retry-failed=dns,http_status'], [2, 3], ['timeout', null, 'http_status', null]],
    [['--retry-failed', 'tls'], [], ['timeout', 'dns', 'http_status', null]],
  ])('%j fetches %j again, and the last record stays', async (args, again, after) => {
    const { summary } = await resume(args)
    expect(scene.fetched()).toEqual(again)
    expect(records()).toHaveLength(4)
    expect(outcomes()).toEqual(Object.fromEntries(after.map((type, index) => [index + 1, type])))
    const failures = after.filter((type) => type !== null).length
    expect(summary).toMatchObject({ read: 4, failed: failures, ok: 4 - failures, earlier: 4 - again.length })
  })

  it('takes what names a type as one: a list of that name is written with its folder', async () => {
    writeFileSync(join(scene.folder, 'timeout'), readFileSync(scene.list))
    const common = ['-o', scene.out, '--retries', '0', '-q', '--max-failures', '9']
    const run = await runCli(['--retry-failed', './timeout', ...common], { cwd: scene.folder })
    expect([run.code, scene.fetched()]).toEqual([0, [1, 2, 3]])
    const none = await runCli(['--retry-failed', 'timeout', ...common], { cwd: scene.folder })
    expect([none.code, scene.fetched()]).toEqual([2, []])
  })

  it('says what it accepts', async () => {
    expect(await refused(['--retry-failed=weather'])).toContain('--retry-failed must be types of failures out of')
  })
})

describe('a run that was ended', () => {
  it('by SIGTERM goes on with what was aborted, and leaves one record of each id', async () => {
    const held = await startHttpServer((_request, response) => {
      if (held.arrivals.length <= 2) response.end()
    })
    onTestFinished(() => held.close())
    const urls = Array.from({ length: 6 }, (_, index) => `${held.origin}/${index + 1}\n`).join('')
    const args = ['-o', scene.out, '--resume', '-w', '2', '--grace', '100ms', '--progress', 'json']
    const run = spawnCli(args, { stdin: urls })
    await expect.poll(() => held.arrivals.length, { timeout: 10_000 }).toBe(4)
    run.child.kill('SIGTERM')
    expect((await run.finish()).code).toBe(143)
    expect(records().filter(({ error_type }) => error_type === 'aborted')).toHaveLength(2)
    held.arrivals.length = 0
    const again = spawnCli(args, { stdin: urls })
    await expect.poll(() => held.arrivals.length, { timeout: 10_000 }).toBe(4)
    again.child.kill('SIGTERM')
    await again.finish()
    held.arrivals.length = 0
    expect((await runCli(args, { stdin: urls })).code).toBe(0)
    expect(sortedIds()).toEqual([1, 2, 3, 4, 5, 6])
    expect(records().every(({ ok }) => ok)).toBe(true)
  })

  it('by --deadline goes on, and the sums add up', async () => {
    let isHeld = true
    const held = await startHttpServer((_request, response) => {
      if (!isHeld || held.arrivals.length <= 2) response.end()
    })
    onTestFinished(() => held.close())
    const stdin = Array.from({ length: 6 }, (_, index) => `${held.origin}/${index + 1}\n`).join('')
    const first = await resume(['-w', '2', '--deadline', '700ms'], { stdin })
    expect(first.run.code).toBe(4)
    expect(first.summary).toMatchObject({ read: 6, ok: 2, failed: 2, not_attempted: 2 })
    isHeld = false
    const second = await resume([], { stdin })
    expect(second.summary).toMatchObject({ read: 6, earlier: 2, ok: 6, failed: 0 })
    expect(sortedIds()).toEqual([1, 2, 3, 4, 5, 6])
  })
})

describe('what is refused', () => {
  it('is the output of another list: the message names the id', async () => {
    writeFileSync(scene.out, scene.line(1) + recordLine(3, { url: 'http://other/' }))
    expect(await refused()).toBe(
      `poolfetch: ${scene.out} is of another list: id 3 is http://other/ there, and ${scene.url(3)} in this list\n`,
    )
    writeFileSync(scene.out, recordLine(3, { url: 'http://other/' }).trimEnd())
    expect(await refused([], { stdin: urlsUpTo(6) })).toContain('id 3 is http://other/ there')
  })

  it('is the output of a longer list', async () => {
    writeFileSync(scene.out, scene.line(1) + scene.line(9))
    expect(await refused()).toContain('it has a record with the id 9, this list ends at 6')
  })

  it.each([
    ['a list', 'http://a/\nhttp://b/\n'],
    ['a list without a line end', 'http://a/'],
    ['CSV', 'id,url,error_type\n1,http://a/,\n'],
    ['a PDF', '%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<</Type/Catalog>>\n'],
    ['a program', Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 1, 2, 3])],
    ['JSON of something else', '{"name":"poolfetch","version":"0.1.0"}'],
    ['JSON lines of something else', '{"id":1}\n{"id":2}\n'],
    ['an array', '[{"id":1,"url":"http://a/","error_type":null}]\n'],
  ])('is a file that is %s', async (_what, content) => {
    writeFileSync(scene.out, content)
    expect(await refused()).toContain('is no output to go on from')
  })

  it('is an output that is the list', async () => {
    expect(await refused(['-o', scene.list, scene.list])).toContain('is a list that is read')
    expect(readFileSync(scene.list, 'utf8')).toBe(urlsUpTo(6))
  })

  it('is what cannot be read', async () => {
    writeFileSync(scene.out, scene.line(1))
    expect(await refused([join(scene.folder, 'none.txt')])).toContain('cannot read')
  })

  it.skipIf(process.platform === 'win32')('is an output that is no regular file', async () => {
    spawnSync('mkfifo', [scene.out])
    for (const path of [scene.out, '/dev/null']) {
      const { run } = await resume(['-o', path, scene.list])
      expect([run.code, run.stderr]).toEqual([2, `poolfetch: ${path} is no regular file\n`])
    }
    expect(scene.fetched()).toEqual([])
  })

  it('is an output that cannot be written: exit 3', async () => {
    mkdirSync(scene.out)
    const { run } = await resume()
    expect([run.code, run.stderr]).toEqual([3, `poolfetch: cannot write ${scene.out}: it is a directory\n`])
    expect(scene.fetched()).toEqual([])
  })

  it.skipIf(process.platform === 'win32' || process.getuid?.() === 0)(
    'is a file that is read-only: exit 3',
    async () => {
      writeFileSync(scene.out, scene.line(1), { mode: 0o400 })
      const { run } = await resume()
      expect([run.code, run.stderr]).toEqual([3, `poolfetch: cannot write ${scene.out}: permission denied\n`])
    },
  )

  it('is an output that another run has, at once', async () => {
    const held = await startHttpServer(() => {})
    onTestFinished(() => held.close())
    const urls = `${held.origin}/1\n`
    const first = spawnCli(['-o', scene.out, '--resume', '--grace', '1ms'], { stdin: urls })
    await expect.poll(() => held.arrivals.length, { timeout: 10_000 }).toBe(1)
    const { ino } = statSync(scene.out)
    for (const args of [
      ['-o', scene.out, '--resume'],
      ['-o', scene.out, '--retry-failed'],
      ['compact', scene.out],
    ]) {
      const second = await runCli(args, args[0] === 'compact' ? {} : { stdin: urls })
      expect([second.code, second.stderr]).toEqual([2, `poolfetch: ${scene.out} is being written by another run\n`])
    }
    expect(held.arrivals).toHaveLength(1)
    expect(statSync(scene.out).ino).toBe(ino)
    first.child.kill('SIGKILL')
    await first.finish()
    expect((await resume()).summary).toMatchObject({ read: 6, ok: 6 })
  })

  it('is an output that another run has, also with -o alone', async () => {
    const held = await startHttpServer(() => {})
    onTestFinished(() => held.close())
    const stdin = `${held.origin}/1\n`
    const first = spawnCli(['-o', scene.out], { stdin })
    await expect.poll(() => held.arrivals.length, { timeout: 10_000 }).toBe(1)
    for (const args of [[], ['--overwrite'], ['--resume']]) {
      const second = await runCli(['-o', scene.out, ...args], { stdin })
      expect([second.code, second.stderr]).toEqual([2, `poolfetch: ${scene.out} is being written by another run\n`])
    }
    expect(held.arrivals).toHaveLength(1)
    first.child.kill('SIGKILL')
    await first.finish()
  })
})

describe('bodies that were saved', () => {
  const bodies = () => join(scene.folder, 'bodies')
  const save = (...args: string[]) =>
    runCli([scene.list, '-o', scene.out, '--save', bodies(), '--hash', 'sha256', ...args])

  it('are not fetched again where the run was killed before it wrote their records', async () => {
    await save()
    const before = records()
    expect(scene.fetched()).toEqual([1, 2, 3, 4, 5, 6])
    const lost = before.filter(({ id }) => id === 2 || id === 5)
    const kept = out()
      .split('\n')
      .filter((each) => each !== '' && !lost.some(({ id }) => each.includes(`"id":${id},`)))
    writeFileSync(scene.out, `${kept.join('\n')}\n`)
    const { code } = await save('--resume')
    expect(code).toBe(0)
    expect(scene.fetched()).toEqual([])
    expect(sortedIds()).toEqual([1, 2, 3, 4, 5, 6])
    for (const { id, file, sha256, body_bytes } of lost) {
      const found = records().find((each) => each.id === id)
      expect(found).toMatchObject({ ok: true, attempts: 0, status_code: null, file, sha256, body_bytes })
    }
  })

  it('stand in the records that are to have them', async () => {
    await save('--include', 'headers,body')
    scene.fetched()
    const [first = '', ...kept] = out().split('\n')
    writeFileSync(scene.out, kept.join('\n'))
    const { code } = await save('--include', 'headers,body', '--include-limit', '3', '--resume')
    expect([code, scene.fetched()]).toEqual([0, []])
    const { id } = JSON.parse(first)
    const found = records().find((record) => record.id === id)
    expect(found).toMatchObject({ headers: null, body: 'bod', body_encoding: 'utf-8', body_truncated: true })
  })

  it("are somebody else's where they are older than the output", async () => {
    await save()
    scene.fetched()
    const [first, second, ...kept] = out().split('\n')
    writeFileSync(scene.out, kept.join('\n'))
    const file = (text = '') => String(JSON.parse(text).file)
    utimesSync(file(first), 1, 1)
    await save('--resume')
    expect(scene.fetched()).toEqual([Number(JSON.parse(first ?? '').id)])
    const outcomes = [first, second].map((each) => {
      const { id } = JSON.parse(each ?? '')
      return records().find((record) => record.id === id)?.error_code
    })
    expect(outcomes).toEqual(['EEXIST', null])
  })

  it('for an output that was replaced since are no answers of today, and --overwrite replaces them', async () => {
    await save()
    scene.fetched()
    const [first, second, ...kept] = out().split('\n')
    const ofToday = kept.map((each) => each.replace(/"timestamp":"\d{4}/, '"timestamp":"2999')).join('\n')
    writeFileSync(scene.out, ofToday)
    const missing = [first, second].map((each) => Number(JSON.parse(each ?? '').id)).toSorted((a, b) => a - b)
    const { code } = await save('--resume', '--overwrite')
    expect(scene.fetched()).toEqual(missing)
    expect([code, out().startsWith(ofToday), sortedIds()]).toEqual([0, true, [1, 2, 3, 4, 5, 6]])
    expect(records().every(({ status_code }) => status_code === 200)).toBe(true)
  })

  it('of a disk that was full are fetched again', async () => {
    const line = { id: 3, url: scene.url(3), error_type: 'aborted', error_code: 'ENOSPC' }
    writeFileSync(scene.out, `${JSON.stringify(line)}\n`)
    const { code } = await save('--resume')
    expect(code).toBe(0)
    expect(scene.fetched()).toEqual([1, 2, 3, 4, 5, 6])
    expect(sortedIds()).toEqual([1, 2, 3, 4, 5, 6])
  })
})

describe('a signal that comes when all is fetched', () => {
  it('ends no run that came to its end, and harms no output that is put in order', async () => {
    writeFileSync(scene.out, failed(1, 'timeout', { url: scene.url(1) }))
    // Compacting asks for this just before it waits for its lock.
    const preload = `import fs from 'node:fs'; import { syncBuiltinESMExports } from 'node:module'
      const { fchmodSync } = fs
      fs.fchmodSync = (...args) => { process.kill(process.pid, 'SIGTERM'); return fchmodSync(...args) }
      syncBuiltinESMExports()`
    const env = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(preload)}` }
    const { run, summary } = await resume(['--retry-failed'], { env })
    expect(run.code).toBe(0)
    expect(summary).toMatchObject({ read: 6, ok: 6, not_attempted: 0 })
    expect(sortedIds()).toEqual([1, 2, 3, 4, 5, 6])
  })
})
