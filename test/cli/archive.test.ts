// Whole runs that archive what goes over the wire: --warc.

import { execFileSync, spawnSync } from 'node:child_process'
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type FetchRecord, recordSchema } from '../../src/record-schema.js'
import { type HttpServer, startHttpServer } from '../support/http-server.js'
import { startHttpProxy } from '../support/proxies.js'
import { runCli, spawnCli } from '../support/run-cli.js'
import { tempFile, tempFolder } from '../support/temp.js'
import { readWarc, responsesOf } from '../support/warc.js'

type Handler = Parameters<typeof startHttpServer>[0]

async function serve(handle: Handler): Promise<HttpServer> {
  const server = await startHttpServer(handle)
  onTestFinished(() => server.close())
  return server
}

const page = '<p>gr\u00fc\u00df</p>'

const pages: Handler = (request, response) => {
  switch ((request.url ?? '').replace(/\?.*/, '')) {
    case '/page':
      response.writeHead(200, { 'content-encoding': 'gzip', 'content-type': 'text/html' })
      return void response.end(gzipSync(page))
    case '/moved':
      response.writeHead(302, { location: '/page', 'content-length': 5 })
      return void response.end('moved')
    case '/none':
      response.statusCode = 204
      return void response.end()
    case '/hints':
      response.writeEarlyHints({ link: '</a>; rel=preload' })
      return void response.end('late')
    case '/busy':
      response.statusCode = 503
      return void response.end('busy')
    case '/cut':
      response.writeHead(200, { 'content-length': 99 })
      return void response.write('begun', () => response.destroy())
    case '/missing':
      response.statusCode = 404
      return void response.end('nothing here')
    default:
      return void response.end(Buffer.from([0xff, 0, 1, 0x0d, 0x0a]))
  }
}

const unpacked = (path: string) => gunzipSync(readFileSync(path)).toString('latin1')

function recordsIn(path: string): FetchRecord[] {
  const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1)
  return lines.map((line) => recordSchema.parse(JSON.parse(line)))
}

describe('--warc', () => {
  it.each(['out.warc', 'out.warc.gz'])(
    'archives every response that came, each hop and each retry, in %s',
    async (name) => {
      const server = await serve(pages)
      const paths = ['/page', '/moved', '/none', '/hints', '/busy', '/cut', '/missing', '/bytes']
      const warc = join(await tempFolder(), name)
      const stdin = paths.map((path) => `${server.origin}${path}\n`).join('')
      const { code } = await runCli(['--warc', warc, '--retries', '1'], { stdin })
      expect(code).toBe(1)
      const entries = await readWarc(warc)
      expect(entries[0]?.type).toBe('warcinfo')
      expect(entries[0]?.block.toString()).toMatch(/^software: poolfetch\/\d.*\r\nformat: WARC File Format 1\.1\r\n/)
      const captures = responsesOf(entries).map(({ uri, status, content, field }) => {
        return [uri?.slice(server.origin.length), status, content?.toString('latin1'), field('warc-truncated')].join(
          ' ',
        )
      })
      const utf8 = Buffer.from(page).toString('latin1')
      const expected = [
        `/page 200 ${utf8} `,
        `/page 200 ${utf8} `,
        '/moved 302 moved ',
        '/none 204  ',
        '/hints 200 late ',
        '/busy 503 busy ',
        '/busy 503 busy ',
        '/cut 200 begun disconnect',
        '/cut 200 begun disconnect',
        '/missing 404 nothing here ',
        '/bytes 200 \xff\x00\x01\r\n ',
      ]
      expect(captures.toSorted()).toEqual(expected.toSorted())
      const requests = entries.filter(({ type }) => type === 'request')
      expect(requests.map((request) => request.field('warc-concurrent-to'))).toEqual(
        responsesOf(entries).map(({ id }) => id),
      )
      for (const { uri, statusLine } of requests) {
        expect(statusLine).toBe(`GET ${uri?.slice(server.origin.length)} HTTP/1.1`)
      }
    },
  )

  it('has no secret of the one who ran it', async () => {
    const server = await serve(pages)
    const warc = join(await tempFolder(), 'out.warc.gz')
    const header = ['Authorization: Bearer hidden1', 'Cookie: a=hidden2', 'X-Api-Key: hidden4']
    const args = ['--warc', warc, ...header.flatMap((line) => ['-H', line]), '-H', 'X-Seen: seen']
    const stdin = `${server.origin.replace('//', '//user:hidden5@')}/moved#hidden6\n`
    expect((await runCli(args, { stdin })).code).toBe(0)
    expect(server.arrivals[0]?.headers['x-api-key']).toBe('hidden4')
    const text = unpacked(warc)
    expect(text).not.toContain('hidden')
    expect(text).not.toContain(Buffer.from('user:hidden5').toString('base64'))
    expect(text).toMatch(/Authorization: \*\*\*\r\nCookie: \*\*\*\r\nX-Api-Key: \*\*\*\r\nX-Seen: seen/)
  })

  it('has no header that is for some hosts alone, and no address of a proxy', async () => {
    const server = await serve(pages)
    const proxy = await startHttpProxy({ credentials: { username: 'jo', password: 'hidden1' } })
    onTestFinished(() => proxy.close())
    const warc = join(await tempFolder(), 'out.warc.gz')
    const args = ['--warc', warc, '-x', proxy.url('jo:hidden1'), '--host', '127.0.0.1: header=X-Tenant: hidden2']
    expect((await runCli(args, { stdin: `${server.origin}/bytes\n` })).code).toBe(0)
    expect(server.arrivals[0]?.headers['x-tenant']).toBe('hidden2')
    const text = unpacked(warc)
    expect(text).toContain('X-Tenant: ***')
    expect(text).not.toContain('hidden')
    expect(text).not.toContain(Buffer.from('jo:hidden1').toString('base64'))
    const [, request, response] = await readWarc(warc)
    for (const entry of [request, response]) expect(entry?.field('warc-ip-address')).toBeNull()
  })

  it('keeps what is larger than memory is to be apart, and leaves nothing beside the archive', async () => {
    const body = (index: number) => Buffer.alloc(3_000_000, `${index},`)
    const server = await serve((request, response) => void response.end(body(Number(request.url?.slice(1)))))
    const folder = await tempFolder()
    const stdin = Array.from({ length: 16 }, (_, index) => `${server.origin}/${index}\n`).join('')
    const args = ['--warc', join(folder, 'out.warc.gz'), '-w', '8', '--fsync', 'always']
    expect((await runCli(args, { stdin })).code).toBe(0)
    const responses = responsesOf(await readWarc(join(folder, 'out.warc.gz')))
    expect(responses).toHaveLength(16)
    for (const { uri, content } of responses) {
      expect(content?.equals(body(Number(uri?.slice(server.origin.length + 1))))).toBe(true)
    }
    expect(readdirSync(folder)).toEqual(['out.warc.gz'])
  })

  it('is there without a response, too', async () => {
    const warc = join(await tempFolder(), 'out.warc.gz')
    expect((await runCli(['--warc', warc, '--retries', '0'], { stdin: 'http://127.0.0.1:1/\n' })).code).toBe(1)
    expect((await readWarc(warc)).map(({ type }) => type)).toEqual(['warcinfo'])
  })
})

describe('an archive that is there', () => {
  it('is refused without --resume and --overwrite, and left as it is', async () => {
    const server = await serve(pages)
    const warc = await tempFile('old', 'out.warc')
    const stdin = `${server.origin}/bytes\n`
    const { code, stderr, stdout } = await runCli(['--warc', warc], { stdin })
    expect([code, stdout, server.arrivals]).toEqual([2, '', []])
    expect(stderr).toBe(
      `poolfetch: --warc ${warc} exists and is not empty: give --resume to go on with it, --overwrite to replace it\n`,
    )
    expect(readFileSync(warc, 'utf8')).toBe('old')
    expect((await runCli(['--warc', warc, '--overwrite'], { stdin })).code).toBe(0)
    expect(responsesOf(await readWarc(warc))).toHaveLength(1)
  })

  it('is left as it is where the run cannot begin', async () => {
    const warc = await tempFile('old', 'out.warc')
    const output = join(await tempFolder(), 'none', 'out.jsonl')
    const { code } = await runCli(['--warc', warc, '--overwrite', '-o', output], { stdin: 'http://127.0.0.1:1/\n' })
    expect([code, readFileSync(warc, 'utf8')]).toEqual([3, 'old'])
  })

  it('is no other file of the run, no folder, and another run does not have it', async () => {
    const list = await tempFile('http://127.0.0.1:1/\n')
    const folder = await tempFolder()
    const path = join(folder, 'out')
    const said = async (...args: string[]) => {
      const { code, stderr } = await runCli([list, ...args])
      return [code, stderr]
    }
    expect(await said('--warc', list)).toEqual([
      2,
      `poolfetch: --warc ${list} is a list that is read: name another file\n`,
    ])
    expect(await said('--warc', path, '-o', path)).toEqual([
      2,
      `poolfetch: --warc ${path} is the output: name another file\n`,
    ])
    expect(await said('--warc', path, '--receipt', path)).toEqual([
      2,
      `poolfetch: --warc ${path} and --receipt ${path} are one file: name another one for either\n`,
    ])
    expect(await said('--warc', folder)).toEqual([3, `poolfetch: cannot write ${folder}: it is a directory\n`])
    expect(await said('--warc', '/dev/null')).toEqual([2, 'poolfetch: --warc /dev/null must be a regular file\n'])
  })

  it('is one run’s at a time', async () => {
    const server = await serve(() => {})
    const warc = join(await tempFolder(), 'out.warc')
    const first = spawnCli(['--warc', warc], { stdin: `${server.origin}/\n` })
    while (server.arrivals.length === 0) await new Promise((resolve) => setTimeout(resolve, 5))
    const { code, stderr } = await runCli(['--warc', warc], { stdin: `${server.origin}/\n` })
    first.child.kill('SIGKILL')
    await first.finish()
    expect([code, stderr]).toEqual([2, `poolfetch: ${warc} is being written by another run\n`])
  })
})

describe('--resume', () => {
  it('goes on with the archive of a run that was killed: what has a record is in it', async () => {
    const server = await serve((request, response) => void setTimeout(() => response.end(`at ${request.url}`), 3))
    const folder = await tempFolder()
    const [warc, output] = [join(folder, 'out.warc.gz'), join(folder, 'out.jsonl')]
    const paths = Array.from({ length: 400 }, (_, index) => `/${index}`)
    const list = await tempFile(paths.map((path) => `${server.origin}${path}\n`).join(''))
    const args = [list, '--warc', warc, '-o', output, '--resume', '-w', '8']
    for (const arrivals of [60, 150, 290]) {
      const run = spawnCli(args)
      while (server.arrivals.length < arrivals) await new Promise((resolve) => setTimeout(resolve, 2))
      run.child.kill('SIGKILL')
      await run.finish()
    }
    const { code } = await runCli(args)
    expect(code).toBe(0)
    const entries = await readWarc(warc)
    expect(entries.filter(({ type }) => type === 'warcinfo').length).toBeGreaterThan(1)
    const archived = responsesOf(entries).map(({ uri, content }) => {
      expect(content?.toString()).toBe(`at ${uri?.slice(server.origin.length)}`)
      return uri
    })
    expect(new Set(archived).size).toBe(400)
    expect(recordsIn(output).filter(({ ok }) => ok)).toHaveLength(400)
    // What was under way at a kill may be there twice.
    expect(archived.length).toBeLessThanOrEqual(400 + 3 * 8)
  })

  it('cuts off what a run was killed over, and says so', async () => {
    const server = await serve(pages)
    const folder = await tempFolder()
    const [warc, output] = [join(folder, 'out.warc.gz'), join(folder, 'out.jsonl')]
    const list = await tempFile(`${server.origin}/bytes\n`)
    const args = [list, '--warc', warc, '-o', output, '--resume']
    expect(await runCli(args)).toMatchObject({ code: 0, stderr: '' })
    const { size } = statSync(warc)
    appendFileSync(warc, readFileSync(warc).subarray(0, 100))
    expect(await runCli(args)).toMatchObject({
      code: 0,
      stderr: `poolfetch: ${warc}: an unfinished last record of 100 bytes was cut off\n`,
    })
    expect(statSync(warc).size).toBe(size)
  })

  it('does not touch an archive of somebody else', async () => {
    const server = await serve(pages)
    const folder = await tempFolder()
    const warc = join(folder, 'out.warc.gz')
    const theirs = gzipSync('WARC/1.0\r\nWARC-Type: warcinfo\r\nContent-Length: 0\r\n\r\n\r\n\r\n')
    writeFileSync(warc, theirs)
    const args = ['--warc', warc, '-o', join(folder, 'out.jsonl'), '--resume']
    const { code, stderr } = await runCli(args, { stdin: `${server.origin}/bytes\n` })
    expect([code, server.arrivals]).toEqual([2, []])
    expect(stderr).toContain(`--warc ${warc} cannot be gone on with: it is no archive of such a run`)
    expect(readFileSync(warc).equals(theirs)).toBe(true)
  })
})

describe('an archive that cannot be written any more', () => {
  it.each(['ENOSPC', 'torn'])('ends the run with 3 (%s), and no record says what is not there', async (fault) => {
    const server = await serve((request, response) => void response.end(`at ${request.url} ${'x'.repeat(3000)}`))
    const stdin = Array.from({ length: 6 }, (_, index) => `${server.origin}/${index}\n`).join('')
    let hits = 0
    for (let call = 1, isHit = true; isHit; call++) {
      const folder = await tempFolder()
      const [warc, output, hit] = ['out.warc.gz', 'out.jsonl', 'hit'].map((name) => join(folder, name)) as [
        string,
        string,
        string,
      ]
      const { code, stderr } = await runCli(['--warc', warc, '-o', output, '-w', '2'], {
        stdin,
        env: {
          NODE_OPTIONS: `--import=${new URL('../torture/failing.mjs', import.meta.url).href}`,
          FAILING: `write ${fault} ${call}`,
          FAILING_HITS: hit,
        },
      })
      isHit = existsSync(hit)
      expect(code, stderr).toBe(isHit ? 3 : 0)
      if (isHit) expect(stderr).toMatch(/cannot write .*out\.(warc\.gz|jsonl): no space left on device/)
      const archived = new Set(responsesOf(await readWarc(warc)).map(({ uri }) => uri))
      for (const { ok, url, error_type } of recordsIn(output)) {
        if (ok) expect(archived).toContain(url)
        else expect(error_type).toBe('aborted')
      }
      hits += 1
    }
    expect(hits).toBeGreaterThan(4)
  })

  it.skipIf(!canMount())(
    'ends the run with 3 where the disk is full (skipped where nothing can be mounted)',
    async () => {
      let seed = 1
      const noise = () =>
        Buffer.from(Array.from({ length: 300_000 }, () => (seed = (seed * 48_271) % 2_147_483_647) & 255))
      const server = await serve((_request, response) => void response.end(noise()))
      const folder = join(await tempFolder(), 'small')
      mkdirSync(folder)
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder])
      onTestFinished(() => void execFileSync('umount', ['-l', folder]))
      const stdin = Array.from({ length: 50 }, (_, index) => `${server.origin}/${index}\n`).join('')
      const { code, records, stderr } = await runCli(['--warc', join(folder, 'out.warc.gz'), '-w', '2'], { stdin })
      expect(code).toBe(3)
      expect(stderr).toContain(`poolfetch: cannot write ${join(folder, 'out.warc.gz')}: no space left on device`)
      expect(records.filter(({ error_code }) => error_code === 'ENOSPC')[0]).toMatchObject({ error_type: 'aborted' })
      const responses = responsesOf(await readWarc(join(folder, 'out.warc.gz')))
      expect(responses.length).toBeGreaterThan(0)
      const archived = responses.map(({ uri }) => uri)
      for (const { ok, url } of records) if (ok) expect(archived).toContain(url)
    },
  )
})

function canMount(): boolean {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false
  return spawnSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']).status === 0
}
