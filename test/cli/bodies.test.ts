// Whole runs that keep bodies: files, hashes, and what stands in the record.

import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, it, onTestFinished } from 'vitest'
import { fileName } from '../../src/bodies/index.js'
import { type HttpServer, startHttpServer } from '../support/http-server.js'
import { binPath, runCli, spawnCli } from '../support/run-cli.js'
import { tempFile, tempFolder } from '../support/temp.js'

type Handler = Parameters<typeof startHttpServer>[0]

async function serve(handle: Handler): Promise<HttpServer> {
  const server = await startHttpServer(handle)
  onTestFinished(() => server.close())
  return server
}

const sha256 = (data: string | Uint8Array) => createHash('sha256').update(data).digest('hex')
const hidden = (dir: string) => readdirSync(dir).filter((name) => name.startsWith('.'))

const pages: Handler = (request, response) => {
  switch ((request.url ?? '').replace(/\?.*/, '')) {
    case '/page.html':
      response.writeHead(200, { 'content-encoding': 'gzip', 'x-twice': ['1', '2'] })
      return void response.end(gzipSync('<p>gr\u00fc\u00df</p>'))
    case '/bytes':
      return void response.end(Buffer.from([0xff, 0, 1]))
    case '/empty':
      return void response.end()
    case '/none':
      response.statusCode = 204
      return void response.end()
    case '/moved':
      response.writeHead(302, { location: '/page.html' })
      return void response.end('moved')
    case '/cut':
      response.writeHead(200, { 'content-length': 99 })
      return void response.write('begun', () => response.destroy())
    default:
      response.statusCode = 404
      return void response.end('nothing here')
  }
}

describe('--save', () => {
  it('saves the decoded body of what is ok, under a name that the record tells, and nothing else', async () => {
    const server = await serve(pages)
    const paths = ['/page.html?key=secret', '/bytes', '/empty', '/none', '/moved', '/cut', '/missing']
    const urls = [...paths.map((path) => server.origin + path), 'ftp://x/']
    const dir = join(await tempFolder(), 'pages')
    const { code, records } = await runCli(['--save', dir, '--retries', '0'], { stdin: `${urls.join('\n')}\n` })
    expect(code).toBe(1)
    const file = (id: number) => join(dir, fileName(id, urls[id - 1] ?? ''))
    const told = new Map(records.map((record) => [record.id, record.file]))
    expect([1, 2, 3, 4, 5, 6, 7, 8].map((id) => told.get(id))).toEqual([
      file(1),
      file(2),
      file(3),
      null,
      file(5),
      null,
      null,
      null,
    ])
    expect(readdirSync(dir).toSorted()).toEqual([1, 2, 3, 5].map((id) => fileName(id, urls[id - 1] ?? '')))
    expect(readdirSync(dir).join()).not.toContain('secret')
    expect([1, 3, 5].map((id) => readFileSync(file(id), 'utf8'))).toEqual([
      '<p>gr\u00fc\u00df</p>',
      '',
      '<p>gr\u00fc\u00df</p>',
    ])
    expect([...readFileSync(file(2))]).toEqual([0xff, 0, 1])
  })

  it('does not replace files without --overwrite', async () => {
    const server = await serve(pages)
    const dir = await tempFolder()
    const args = ['--save', dir, '--fields', 'file,error_type,error_code,error_message']
    const stdin = `${server.origin}/page.html\n`
    const run = async (...more: string[]) => JSON.parse((await runCli([...args, ...more], { stdin })).stdout)
    const first = await run()
    expect(await run()).toEqual({
      file: null,
      error_type: 'write',
      error_code: 'EEXIST',
      error_message: `${first.file} exists already: remove it, or give --overwrite to replace it`,
    })
    expect(server.arrivals).toHaveLength(2)
    expect(await run('--overwrite')).toEqual(first)
    expect(hidden(dir)).toEqual([])
  })

  it('refuses a folder that cannot be written to before anything is fetched', async () => {
    const server = await serve(pages)
    const path = await tempFile('x', 'file')
    const { code, stdout, stderr } = await runCli(['--save', path], { stdin: `${server.origin}/page.html\n` })
    expect([code, stdout, server.arrivals.length]).toEqual([2, '', 0])
    expect(stderr).toBe(`poolfetch: --save ${path}: cannot write there: not a directory\n`)
  })

  it.each([
    ['a deadline', ['--deadline', '1s'], 4],
    ['a timeout', ['--timeout', '1s', '--retries', '0'], 1],
    ['a limit of size', ['--max-size', '1MB'], 1],
  ])('leaves nothing unfinished after %s', async (_name, options, expected) => {
    const server = await serve((_request, response) => {
      for (let piece = 0; piece < 20; piece++) response.write(Buffer.alloc(100_000))
    })
    const dir = await tempFolder()
    const stdin = `${server.origin}/1\n${server.origin}/2\n`
    const { code, records } = await runCli(['--save', dir, ...options], { stdin })
    expect([code, records.map(({ file }) => file), readdirSync(dir)]).toEqual([expected, [null, null], []])
  })

  it('leaves nothing unfinished after a second signal', async () => {
    const server = await serve((_request, response) => {
      for (let piece = 0; piece < 20; piece++) response.write(Buffer.alloc(100_000))
    })
    const dir = await tempFolder()
    const run = spawnCli(['--save', dir], { stdin: `${server.origin}/1\n` })
    // Not the file that is made to see whether one can be: then the run has not begun.
    const isBegun = () => hidden(dir).some((name) => name.startsWith('.000001-'))
    while (!isBegun()) await new Promise((resolve) => setTimeout(resolve, 5))
    run.child.kill('SIGINT')
    await new Promise((resolve) => setTimeout(resolve, 300))
    run.child.kill('SIGINT')
    const { code, records } = await run.finish()
    expect([code, records[0]?.error_type, readdirSync(dir)]).toEqual([130, 'aborted', []])
  })

  it('needs no more descriptors than there are', async () => {
    const server = await serve((request, response) => void response.end(`${request.url}`.repeat(20_000)))
    const list = await tempFile(Array.from({ length: 200 }, (_, index) => `${server.origin}/${index}\n`).join(''))
    const dir = await tempFolder()
    const args = [process.execPath, binPath, list, '-w', '100', '--save', dir, '--fields', 'ok'].map(
      (arg) => `'${arg}'`,
    )
    const { stdout, status } = await shell(`ulimit -n 64 && exec ${args.join(' ')}`)
    expect(status).toBe(0)
    expect(stdout).toBe('{"ok":true}\n'.repeat(200))
    expect(readdirSync(dir)).toHaveLength(200)
  })

  it.skipIf(!canMount())('ends with 3 where the disk is full (skipped where nothing can be mounted)', async () => {
    const server = await serve((_request, response) => void response.end(Buffer.alloc(300_000)))
    const dir = join(await tempFolder(), 'small')
    mkdirSync(dir)
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', dir])
    onTestFinished(() => void execFileSync('umount', ['-l', dir]))
    const stdin = Array.from({ length: 50 }, (_, index) => `${server.origin}/${index}\n`).join('')
    const { code, records, stderr } = await runCli(['--save', dir, '-w', '2'], { stdin })
    expect(code).toBe(3)
    expect(stderr).toContain(`cannot save bodies in ${dir}: no space left on device`)
    expect(records.length).toBeLessThan(50)
    expect(records.filter(({ error_code }) => error_code === 'ENOSPC')[0]).toMatchObject({
      error_type: 'aborted',
      file: null,
    })
    expect(hidden(dir)).toEqual([])
    for (const { file } of records) if (file != null) expect(readFileSync(file)).toHaveLength(300_000)
    expect(records.filter(({ ok }) => ok)).toHaveLength(readdirSync(dir).length)
  })
})

describe('a file that cannot be opened for now', () => {
  it('is no failure of a URL whose body is to be saved', async () => {
    const server = await serve(pages)
    const stdin = ['/page.html', '/bytes', '/empty'].map((path) => `${server.origin}${path}\n`).join('')
    let unharmed = 0
    for (let call = 1, isHit = true; isHit; call++) {
      const folder = await tempFolder()
      const hits = join(folder, 'hits')
      const before = server.arrivals.length
      const { code, records, stderr } = await runCli(['--save', join(folder, 'pages'), '-q'], {
        stdin,
        env: {
          NODE_OPTIONS: `--import=${new URL('../torture/failing.mjs', import.meta.url).href}`,
          FAILING: `open EMFILE ${call}`,
          FAILING_HITS: hits,
        },
      })
      isHit = existsSync(hits)
      // What is needed before the first request keeps the run from beginning.
      expect([0, 2], stderr).toContain(code)
      expect(records.map(({ ok }) => ok)).toEqual(code === 0 ? [true, true, true] : [])
      // The response is there: it is not asked for again.
      expect(server.arrivals.length - before).toBe(records.length)
      if (isHit && code === 0) unharmed += 1
    }
    expect(unharmed).toBeGreaterThanOrEqual(3)
  })
})

describe('--hash and --include', () => {
  it('have their fields on every record, null where there is nothing to say', async () => {
    const server = await serve(pages)
    const urls = ['/page.html', '/page.html', '/missing', '/none', '/cut'].map((path) => server.origin + path)
    const options = ['--hash', 'sha256', '--include', 'headers,body', '--dedupe', '--retries', '0']
    const { records } = await runCli(options, { stdin: `${[...urls, 'ftp://x/'].join('\n')}\n` })
    const byId = new Map(records.map((record) => [record.id, record]))
    const nothing = { sha256: null, headers: null, body: null, body_encoding: null, body_truncated: null }
    const page = '<p>gr\u00fc\u00df</p>'
    expect(byId.get(1)).toMatchObject({
      sha256: sha256(page),
      body: page,
      body_encoding: 'utf-8',
      body_truncated: false,
    })
    expect(byId.get(1)?.headers).toMatchObject({ 'content-encoding': 'gzip', 'x-twice': ['1', '2'] })
    expect(byId.get(2)).toMatchObject({ duplicate_of: 1, ok: true, ...nothing })
    expect(byId.get(3)).toMatchObject({
      error_type: 'http_status',
      sha256: sha256('nothing here'),
      body: 'nothing here',
    })
    expect(byId.get(4)).toMatchObject({ ...nothing, headers: { connection: 'keep-alive' } })
    expect(byId.get(5)).toMatchObject({ sha256: null, body: 'begun', body_truncated: true })
    expect(byId.get(6)).toMatchObject({ error_type: 'invalid_url', ...nothing })
    for (const record of records) expect(record).not.toHaveProperty('file')
  })

  it('write lines that --resume can read, whatever the body is made of', async () => {
    const server = await serve((_request, response) => void response.end(Buffer.alloc(11 * 2 ** 20, 1)))
    const out = join(await tempFolder(), 'out.jsonl')
    const args = ['-o', out, '--include', 'body', '--include-limit', '10MiB', '--resume']
    const stdin = `${server.origin}/\n`
    expect((await runCli(args, { stdin })).code).toBe(0)
    expect(statSync(out).size).toBeGreaterThan(60 * 2 ** 20)
    const { code, stderr } = await runCli(args, { stdin })
    expect([code, stderr, server.arrivals.length]).toEqual([0, '', 1])
  })

  it('cut a body at --include-limit', async () => {
    const server = await serve((_request, response) => void response.end('aaaa\u20acbbbb'))
    const options = [
      '--include',
      'body',
      '--include-limit',
      '6',
      '--fields',
      'body,body_encoding,body_truncated,body_bytes',
    ]
    const { stdout } = await runCli(options, { stdin: `${server.origin}\n` })
    expect(JSON.parse(stdout)).toEqual({ body: 'aaaa', body_encoding: 'utf-8', body_truncated: true, body_bytes: 11 })
  })

  it('are asked for before their fields are', async () => {
    const { code, stderr } = await runCli(['--fields', 'id,sha256'], { stdin: 'http://127.0.0.1:1/\n' })
    expect([code, stderr]).toEqual([2, 'poolfetch: --fields sha256: no record has it without --hash sha256\n'])
  })

  it('leave the record as it is without them', async () => {
    const server = await serve(pages)
    const { records } = await runCli([], { stdin: `${server.origin}/page.html\n` })
    for (const field of ['sha256', 'file', 'headers', 'body', 'body_encoding', 'body_truncated']) {
      expect(records[0]).not.toHaveProperty(field)
    }
  })
})

async function shell(command: string): Promise<{ stdout: string; status: number | null }> {
  const child = spawn('sh', ['-c', command], { stdio: ['ignore', 'pipe', 'inherit'] })
  let stdout = ''
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
  await once(child, 'close')
  return { stdout, status: child.exitCode }
}

function canMount(): boolean {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false
  return spawnSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']).status === 0
}
