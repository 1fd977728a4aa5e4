import { describe, expect, it, onTestFinished } from 'vitest'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { hostHeaders } from '../../src/cli/host-headers.js'
import { parseHostRule } from '../../src/cli/host-rules.js'
import { UsageError } from '../../src/core/errors.js'
import { tls } from '../fetchers/setup.js'
import { type HttpServer, startHttpServer } from '../support/http-server.js'
import { runCli } from '../support/run-cli.js'
import { tempFile, tempFolder } from '../support/temp.js'
import { makeTask } from '../support/values.js'

const table = (...rules: string[]) => hostHeaders(rules.flatMap((rule) => parseHostRule(rule) ?? []))
const sentTo = (url: string, ...rules: string[]) => table(...rules)?.of(makeTask(1, url).target)

async function serve(handle: Parameters<typeof startHttpServer>[0], address = '127.0.0.1'): Promise<HttpServer> {
  const server = await startHttpServer(handle, { address })
  onTestFinished(() => server.close())
  return server
}

describe('headers of --host', () => {
  it('are those of -H, also from a file; without them there is nothing', async () => {
    const file = await tempFile('# keys\nX-A: 1\nX-B: zoë\n')
    expect(sentTo('http://a.test/', `a.test: rate=1/s, header=@${file}`, 'a.test: header=X-C: x, y')).toEqual([
      ['X-A', '1'],
      ['X-B', Buffer.from('zoë').toString('latin1')],
      ['X-C', 'x, y'],
    ])
    expect(table('a.test: rate=1/s')).toBeNull()
  })

  it.each(['Connection: s3cr3t', 's3cr3t', 'X: s3cr3t\nY: 1', 'X: s3cr3t\u0001', '@/nowhere'])(
    'are refused as -H refuses them, without being shown: %j',
    (header) => {
      const act = () => table(`a.test: header=${header}`)
      expect(act).toThrow(UsageError)
      expect(act).toThrow(/^header of --host/)
      expect(act).not.toThrow(/s3cr3t/)
    },
  )

  it('are sent at every hop to their host, also behind a redirect, and to no other', async () => {
    const back: HttpServer = await serve(
      (_request, response) => response.writeHead(302, { location: `${own.origin}/end` }).end(),
      '127.0.0.2',
    ) // prettier-ignore
    const own = await serve((request, response) => {
      if (request.url !== '/start') return void response.end('done')
      response.writeHead(302, { location: `${back.origin}/` }).end()
    }, '127.0.0.3')
    const receipt = join(await tempFolder(), 'receipt.json')
    const args = [
      '--host',
      '127.0.0.3: rate=100/s, header=X-Key: s3cr3t',
      '-H',
      'X-Key: all',
      '-v',
      '--receipt',
      receipt,
    ]
    const { code, stdout, stderr } = await runCli([...args, '--progress', 'plain'], { stdin: `${own.origin}/start\n` })
    expect(code).toBe(0)
    expect(own.arrivals.map(({ path, headers }) => [path, headers['x-key']])).toEqual([
      ['/start', 's3cr3t'],
      ['/end', 's3cr3t'],
    ])
    expect(back.arrivals[0]?.headers).not.toHaveProperty('x-key')
    expect(stdout + stderr + readFileSync(receipt, 'utf8')).not.toContain('s3cr3t')
    expect(readFileSync(receipt, 'utf8')).toContain('"rate_limit_per_s":100')
  })

  it('are not sent over plain http where a redirect led there from https', async () => {
    const plain = await serve((_request, response) => void response.end())
    const secure = await startHttpServer(
      (_request, response) => response.writeHead(302, { location: plain.origin }).end(),
      { tls },
    )
    onTestFinished(() => secure.close())
    const args = ['-k', '-w', '1', '--host', '127.0.0.1: header=X-Key: 1']
    expect(await runCli(args, { stdin: `${secure.origin}/\n${plain.origin}/listed` })).toMatchObject({ code: 0 })
    expect(secure.arrivals[0]?.headers['x-key']).toBe('1')
    expect(plain.arrivals.map(({ path, headers }) => [path, headers['x-key']])).toEqual([
      ['/', undefined],
      ['/listed', '1'],
    ])
  })

  it('come from the environment, a rule a line', async () => {
    const server = await serve((_request, response) => void response.end())
    const rules = `127.0.0.1: header=X-A: 1, 2\n127.0.0.1: rate=100/s, header=X-B: 3\n`
    const { code } = await runCli([], { stdin: server.origin, env: { POOLFETCH_HOST: rules } })
    expect(code).toBe(0)
    expect(server.arrivals[0]?.headers).toMatchObject({ 'x-a': '1, 2', 'x-b': '3' })
    const wrong = await runCli([], { stdin: server.origin, env: { POOLFETCH_HOST: 'a: header=s3cr3t' } })
    expect([wrong.code, wrong.stderr]).toMatchObject([2, expect.stringContaining('header of POOLFETCH_HOST')])
    const none = await runCli([], { stdin: server.origin, env: { POOLFETCH_HOST: 'a: haeder=X: s3cr3t' } })
    expect([none.code, none.stderr]).toMatchObject([2, expect.stringContaining('POOLFETCH_HOST must be')])
    expect(wrong.stderr + none.stderr).not.toContain('s3cr3t')
  })
})
