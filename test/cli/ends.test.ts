import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { startHttpServer, type HttpServer } from '../support/http-server.js'
import { binPath, type CliProcess, parseRecords, runCli, spawnCli } from '../support/run-cli.js'
import { tempFolder } from '../support/temp.js'

type Handler = Parameters<typeof startHttpServer>[0]

async function serve(handle: Handler): Promise<HttpServer> {
  const server = await startHttpServer(handle)
  onTestFinished(() => server.close())
  return server
}

/** `count` URLs of a server. */
const urls = (server: HttpServer, count: number) =>
  Array.from({ length: count }, (_, index) => `${server.origin}/${index + 1}\n`).join('')

/** Answers when told to, and tells when requests are there. */
function heldServer() {
  const waiting: (() => void)[] = []
  let arrived = (): void => {}
  const handle: Handler = (_request, response) => {
    waiting.push(() => response.end('done'))
    arrived()
  }
  const arrivals = (count: number) =>
    new Promise<void>((resolve) => {
      arrived = () => {
        if (waiting.length >= count) resolve()
      }
      arrived()
    })
  return { handle, arrivals, answer: () => waiting.splice(0).forEach((respond) => respond()) }
}

/** Resolves when the program said so on standard error. */
async function said(run: CliProcess, word: string): Promise<void> {
  let text = ''
  while (!text.includes(word)) text += String((await once(run.child.stderr, 'data'))[0])
}

describe('the first signal', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('%s lets what is in flight finish, begins nothing more, and exits with %i', async (signal, expected) => {
    const held = heldServer()
    const server = await serve(held.handle)
    const run = spawnCli(['-w', '3', '--progress', 'json'], { stdin: urls(server, 20) })
    await held.arrivals(3)
    run.child.kill(signal)
    await said(run, signal)
    held.answer()
    const { code, records, stderr } = await run.finish()
    expect(code).toBe(expected)
    expect(server.arrivals).toHaveLength(3)
    expect(records.map(({ ok }) => ok)).toEqual([true, true, true])
    const summary = JSON.parse(stderr.trim().split('\n').at(-1) ?? '')
    expect(summary).toMatchObject({ type: 'summary', read: 20, ok: 3, failed: 0, not_attempted: 17 })
  })

  it('aborts what is in flight when the grace is over', async () => {
    const held = heldServer()
    const server = await serve(held.handle)
    const run = spawnCli(['-w', '2', '--grace', '200ms'], { stdin: urls(server, 5) })
    await held.arrivals(2)
    run.child.kill('SIGTERM')
    const { code, records } = await run.finish()
    expect(code).toBe(143)
    expect(records.map(({ error_type }) => error_type)).toEqual(['aborted', 'aborted'])
  })

  it('ends a run that waits for a list that never ends', async () => {
    const server = await serve((_request, response) => void response.end())
    const run = spawnCli([])
    run.child.stdin.write(`${server.origin}/\n`)
    const [line] = await once(run.child.stdout, 'data')
    run.child.kill('SIGINT')
    const { code } = await run.finish()
    expect(code).toBe(130)
    expect(parseRecords(String(line))).toHaveLength(1)
  })
})

describe('a second signal', () => {
  it('does not wait, and still leaves whole lines', async () => {
    const held = heldServer()
    const server = await serve(held.handle)
    const run = spawnCli(['-w', '4', '--grace', '1h', '--progress', 'plain'], { stdin: urls(server, 50) })
    await held.arrivals(4)
    run.child.kill('SIGINT')
    await said(run, 'SIGINT')
    run.child.kill('SIGTERM')
    const { code, records } = await run.finish()
    expect(code).toBe(130)
    expect(records.map(({ error_type }) => error_type)).toEqual(Array.from({ length: 4 }, () => 'aborted'))
  })
})

describe('a run that ends early', () => {
  it('at its deadline exits with 4 and has an aborted record for what was in flight', async () => {
    const held = heldServer()
    const server = await serve(held.handle)
    const { code, records, stderr } = await runCli(['-w', '2', '--deadline', '500ms'], { stdin: urls(server, 10) })
    expect(code).toBe(4)
    expect(records.map(({ error_type }) => error_type)).toEqual(['aborted', 'aborted'])
    expect(stderr).toMatch(/read 10 URLs .* 0 ok, 2 failed, 8 not attempted/)
  })

  it('at its first failure with --fail-fast, the list being what follows it', async () => {
    const server = await serve((request, response) => {
      response.statusCode = request.url === '/3' ? 404 : 200
      response.end()
    })
    const { code, records } = await runCli(['-w', '1', '--fail-fast', '-'], { stdin: urls(server, 2000) })
    expect(code).toBe(4)
    expect(records.length).toBeLessThan(2000)
    expect(records.find(({ id }) => id === 3)).toMatchObject({ error_code: 'HTTP_404' })
  })
})

describe('an output that fails', () => {
  it('when its reader goes away ends the run quietly with 141', async () => {
    const server = await serve((_request, response) => void response.end())
    const run = spawnCli(['-w', '2'], { stdin: urls(server, 100_000) })
    await once(run.child.stdout, 'data')
    run.child.stdout.destroy()
    const [code] = await once(run.child, 'exit')
    let stderr = ''
    for await (const chunk of run.child.stderr) stderr += String(chunk)
    expect([code, stderr]).toEqual([141, ''])
    expect(server.arrivals.length).toBeLessThan(100_000)
  })

  it.skipIf(!existsSync('/dev/full'))('because the disk is full exits with 3 and says so in one line', async () => {
    const server = await serve((_request, response) => void response.end())
    const { code, stderr } = await runCli(['-o', '/dev/full', '-q'], { stdin: urls(server, 1000) })
    expect(stderr).toMatch(
      /^poolfetch: cannot write \/dev\/full: no space left on device; 0 records of this run are written, \d+ more were fetched and lost\n$/,
    )
    expect(code).toBe(3)
  })

  it.skipIf(process.platform === 'win32')(
    'because a file may not grow any more says how many records are in it',
    async () => {
      const server = await serve((_request, response) => void response.end('hello'))
      const output = join(await tempFolder(), 'out.jsonl')
      // 64 blocks of 512 or 1,024 bytes. The system also raises SIGXFSZ, which would end a process that does not ignore it.
      const script = 'ulimit -f 64; exec "$@"'
      const args = ['-c', script, 'sh', process.execPath, binPath, '-o', output, '-w', '5', '--progress', 'json']
      const child = spawn('sh', args, { stdio: ['pipe', 'ignore', 'pipe'] })
      let stderr = ''
      child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
      child.stdin.on('error', () => {})
      child.stdin.end(urls(server, 3000))
      const [code] = await once(child, 'close')
      expect(code).toBe(3)
      const records = parseRecords(readFileSync(output, 'utf8'))
      const lines = stderr.trim().split('\n')
      const [, safe = '', lost = ''] =
        /; (\d+) records of this run are safe in it, (\d+) more were/.exec(lines[1] ?? '') ?? []
      expect(Number(safe)).toBe(records.length)
      expect(records.length).toBeGreaterThan(30)
      const summary = JSON.parse(lines[0] ?? '')
      expect(summary.read).toBe(summary.ok + summary.failed + summary.not_attempted)
      // What was fetched is in the file or lost; what was in flight has no record.
      const aborted = summary.failed
      expect(Number(safe) + Number(lost)).toBeGreaterThanOrEqual(summary.ok)
      expect(Number(safe) + Number(lost)).toBeLessThanOrEqual(summary.ok + aborted)
      expect(server.arrivals.length).toBeLessThan(3000)
    },
  )

  it('because its folder is missing exits with 3, and nothing is fetched', async () => {
    const server = await serve((_request, response) => void response.end())
    const { code, stderr } = await runCli(['-o', '/no-such-folder/out.jsonl'], { stdin: urls(server, 3) })
    expect([code, stderr]).toEqual([
      3,
      expect.stringMatching(/^poolfetch: cannot write \/no-such-folder\/out\.jsonl: .*\n$/),
    ])
    expect(server.arrivals).toEqual([])
  })

  it('loses nothing to a reader that is slow, and fetching waits for it', async () => {
    const server = await serve((_request, response) => void response.end())
    const run = spawnCli(['-w', '20'], { stdin: urls(server, 8000) })
    // Far more records than fit into the pipe and the buffers: fetching comes to rest while nobody reads.
    let before = -1
    while (before !== server.arrivals.length || before === 0) {
      before = server.arrivals.length
      await new Promise((resolve) => setTimeout(resolve, 700))
    }
    expect(before).toBeLessThan(8000)
    const { code, records } = await run.finish()
    expect(code).toBe(0)
    expect(new Set(records.map(({ id }) => id)).size).toBe(8000)
    expect(records.every(({ ok }) => ok)).toBe(true)
  })
})

describe('after the end', () => {
  it('nothing keeps the process: no idle connection, timer or list', async () => {
    const server = await serve((_request, response) => void response.end())
    const folder = await tempFolder()
    const output = join(folder, 'out.jsonl')
    const child = spawn(process.execPath, [binPath, '-o', output], { stdio: ['pipe', 'ignore', 'inherit'] })
    child.stdin.end(urls(server, 30))
    const [code] = await once(child, 'exit')
    expect(code).toBe(0)
    expect(parseRecords(readFileSync(output, 'utf8'))).toHaveLength(30)
  })

  it('comes in time although a server never finishes its handshake', async () => {
    const silent = createServer(() => {})
    silent.listen(0, '127.0.0.1')
    await once(silent, 'listening')
    onTestFinished(() => void silent.close())
    const bound = silent.address()
    const port = typeof bound === 'object' && bound !== null ? bound.port : 0
    const { code, records } = await runCli(['--deadline', '300ms'], { stdin: `https://127.0.0.1:${port}/` })
    expect(code).toBe(4)
    expect(records).toMatchObject([{ error_type: 'aborted' }])
  })
})
