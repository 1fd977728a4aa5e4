import { existsSync } from 'node:fs'
import { readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { until } from '../fetchers/setup.js'
import { type HttpServer, startHttpServer } from '../support/http-server.js'
import { runCli, spawnCli } from '../support/run-cli.js'
import { tempFile, tempFolder } from '../support/temp.js'

async function serve(handle: Parameters<typeof startHttpServer>[0], address = '127.0.0.1'): Promise<HttpServer> {
  const server = await startHttpServer(handle, { address })
  onTestFinished(() => server.close())
  return server
}

const jarPath = async () => join(await tempFolder(), 'jar.txt')
const sentTo = (server: HttpServer) => server.arrivals.map(({ path, headers }) => [path, headers.cookie])
const line = (host: string, name: string, value: string) => `${host}\tFALSE\t/\tFALSE\t0\t${name}\t${value}\n`

describe('--cookie-jar', () => {
  it('sends what the file has and what responses set, from the next hop on, and writes it back', async () => {
    const other = await serve((_request, response) => {
      response.writeHead(302, { location: `${server.origin}/end`, 'set-cookie': 'other=1' }).end()
    }, '127.0.0.2')
    const server: HttpServer = await serve((request, response) => {
      if (request.url !== '/login') return void response.end('done')
      response
        .writeHead(302, { location: `${other.origin}/away`, 'set-cookie': ['session=s3cr3t; HttpOnly', 'old=2'] })
        .end()
    })
    const jar = await tempFile(line('127.0.0.1', 'old', '1') + line('127.0.0.2', 'mine', 'x'), 'jar.txt')
    const args = ['--cookie-jar', jar, '-H', 'Cookie: own=1; old=9', '-v', '--progress', 'plain']
    const { code, stdout, stderr } = await runCli(args, { stdin: `${server.origin}/login` })
    expect(code).toBe(0)
    expect(sentTo(server)).toEqual([
      ['/login', 'own=1; old=9'],
      ['/end', 'old=2; session=s3cr3t'],
    ])
    expect(sentTo(other)).toEqual([['/away', 'mine=x']])
    expect(stdout + stderr).not.toContain('s3cr3t')
    const text = await readFile(jar, 'utf8')
    expect(text.slice(text.indexOf('\n\n') + 2)).toBe(
      line('127.0.0.1', 'old', '2') +
        line('127.0.0.2', 'mine', 'x') +
        `#HttpOnly_${line('127.0.0.1', 'session', 's3cr3t')}` +
        line('127.0.0.2', 'other', '1'),
    )
    expect((await stat(jar)).mode & 0o777).toBe(0o600)

    const again = await runCli(['--cookie-jar', jar], { stdin: `${server.origin}/next` })
    expect([again.code, again.stderr, sentTo(server).at(-1)]).toEqual([0, '', ['/next', 'old=2; session=s3cr3t']])
  })

  it('takes cookies from responses that count as failures, and from those that are cut off', async () => {
    const server = await serve((request, response) => {
      if (request.url === '/cut') {
        response.writeHead(200, { 'set-cookie': 'cut=1', 'content-length': '9' })
        response.write('x', () => response.destroy())
      } else response.writeHead(403, { 'set-cookie': 'denied=1' }).end()
    })
    const jar = await jarPath()
    const urls = ['/403', '/cut'].map((path) => server.origin + path).join('\n')
    const { code } = await runCli(['--cookie-jar', jar, '--retries', '0'], { stdin: urls })
    expect(code).toBe(1)
    const text = await readFile(jar, 'utf8')
    expect(text).toContain(line('127.0.0.1', 'denied', '1'))
    expect(text).toContain(line('127.0.0.1', 'cut', '1'))
  })

  it('is saved where a signal ends the run', async () => {
    const server = await serve((request, response) => {
      if (request.url === '/first') response.writeHead(200, { 'set-cookie': 'a=1' }).end()
    })
    const jar = await jarPath()
    const args = ['--cookie-jar', jar, '-w', '1', '--grace', '50ms']
    const run = spawnCli(args, { stdin: `${server.origin}/first\n${server.origin}/hangs\n` })
    await until(() => server.arrivals.length === 2)
    run.child.kill('SIGINT')
    expect(await run.finish()).toMatchObject({ code: 130 })
    expect(sentTo(server)[1]).toEqual(['/hangs', 'a=1'])
    expect(await readFile(jar, 'utf8')).toContain(line('127.0.0.1', 'a', '1'))
  })

  it('is saved where the run ends itself early', async () => {
    const server = await serve((_request, response) => void response.writeHead(403, { 'set-cookie': 'a=1' }).end())
    const jar = await jarPath()
    const run = await runCli(['--cookie-jar', jar, '--fail-fast'], { stdin: server.origin })
    expect(run.code).toBe(4)
    expect(await readFile(jar, 'utf8')).toContain(line('127.0.0.1', 'a', '1'))
  })

  it('is in the file a few seconds later, whatever becomes of the process', async () => {
    const server = await serve((_request, response) => void response.writeHead(200, { 'set-cookie': 'a=1' }).write('x'))
    const jar = await jarPath()
    const run = spawnCli(['--cookie-jar', jar], { stdin: `${server.origin}/` })
    await until(() => existsSync(jar))
    run.child.kill('SIGKILL')
    await run.finish()
    expect(await readFile(jar, 'utf8')).toContain(line('127.0.0.1', 'a', '1'))
  })

  it('that is no cookie file, or another file of the run, is exit 2, and nothing is fetched or changed', async () => {
    const server = await serve((_request, response) => void response.end())
    const url = `${server.origin}/\n`
    const list = await tempFile(url)
    const output = join(await tempFolder(), 'out.jsonl')
    const cases: [string[], RegExp][] = [
      [['--cookie-jar', list], /is a list that is read/],
      [['--cookie-jar', await tempFile('notes\n', 'n')], /must be a cookie file in Netscape format.*line 1/],
      [['--cookie-jar', output, '-o', output], /is the output/],
      [['--cookie-jar', output, '--receipt', output], /are one file/],
      [['--cookie-jar', join(output, 'jar')], /cannot be used/],
      [['--cookie-jar', '-'], /--cookie-jar must be a file name/],
    ]
    for (const [args, said] of cases) {
      const { code, stdout, stderr } = await runCli([...args, list])
      expect([code, stdout]).toEqual([2, ''])
      expect(stderr).toMatch(said)
      expect(stderr.trim().split('\n')).toHaveLength(1)
    }
    expect(server.arrivals).toEqual([])
    expect(existsSync(output)).toBe(false)
    expect(await readFile(list, 'utf8')).toBe(url)
  })

  it('that cannot be saved at the end is exit 3, and the records are there', async () => {
    const folder = join(await tempFolder())
    const server = await serve((_request, response) => {
      void rm(folder, { recursive: true }).then(() => response.writeHead(200, { 'set-cookie': 'a=1' }).end())
    })
    const { code, records, stderr } = await runCli(['--cookie-jar', join(folder, 'jar')], { stdin: server.origin })
    expect([code, records]).toMatchObject([3, [{ ok: true }]])
    expect(stderr).toContain('cannot write --cookie-jar')
  })

  it.skipIf(!existsSync('/dev/full'))('that cannot be saved hides no output that failed before', async () => {
    const folder = await tempFolder()
    const server = await serve((_request, response) => {
      void rm(folder, { recursive: true }).then(() => response.writeHead(200, { 'set-cookie': 'a=1' }).end())
    })
    const args = ['--cookie-jar', join(folder, 'jar'), '-o', '/dev/full']
    const { code, stderr } = await runCli(args, { stdin: server.origin })
    expect(code).toBe(3)
    expect(stderr).toMatch(
      /^poolfetch: cannot write \/dev\/full: .*; 0 records .*\npoolfetch: cannot write --cookie-jar .*\n$/m,
    )
  })

  it('has the variable in its messages where it came from there', async () => {
    const jar = await jarPath()
    await writeFile(jar, 'notes')
    const { stderr } = await runCli([], { stdin: 'http://127.0.0.1:1/', env: { POOLFETCH_COOKIE_JAR: jar } })
    expect(stderr).toMatch(/^poolfetch: POOLFETCH_COOKIE_JAR .*must be a cookie file/)
  })
})
