// What goes wrong with a run as a whole: clocks, overload, outputs, crashes, memory.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { binPath, parseRecords, runCli, spawnCli } from '../support/run-cli.js'
import { tempFile, tempFolder } from '../support/temp.js'
import { hasNamespaces, hello, measured, preload, serve, urls } from './setup.js'

describe('time', () => {
  it('#70 goes on where the wall clock jumps: nothing fires, and nothing waits', async () => {
    const tried = new Set<string>()
    const server = await serve((request, response) => {
      const isFirst = !tried.has(request.url ?? '')
      tried.add(request.url ?? '')
      response.statusCode = isFirst && request.url === '/3' ? 503 : 200
      response.end('hello')
    })
    const { code, records } = await runCli(['-r', '100/s', '-t', '10s', '--deadline', '15s'], {
      stdin: urls(server.origin, 20),
      env: { NODE_OPTIONS: preload('clock-jumps.mjs') },
    })
    expect([code, records.length]).toEqual([0, 20])
    for (const { duration_ms: duration } of records) expect(duration).toBeLessThan(15_000)
  })
})

describe('overload', () => {
  it('#75 a 503 that stays one ends after the retries', async () => {
    const server = await serve((_request, response) => void response.writeHead(503).end())
    const { code, records } = await runCli([], { stdin: `${server.origin}/` })
    expect(code).toBe(1)
    expect(records).toMatchObject([{ error_type: 'http_status', error_code: 'HTTP_503', attempts: 3 }])
    expect(server.arrivals).toHaveLength(3)
  })
})

/** What a shell makes of `script`, in which "$0" "$1" are the program, "$2" a list and "$3" a folder. */
async function shell(command: string, args: readonly string[], script: string, list: string, folder: string) {
  const child = spawn(command, [...args, 'sh', '-c', script, process.execPath, binPath, list, folder])
  let stderr = ''
  child.stderr.on('data', (chunk) => (stderr += String(chunk)))
  child.stdout.resume()
  const [code] = await once(child, 'close')
  return { code: Number(code), stderr }
}

describe.skipIf(process.platform === 'win32')('an output that may not grow', () => {
  const full: readonly (readonly [string, boolean, string, string[], string])[] = [
    ['a file system of 200 KB', hasNamespaces, 'unshare', ['-m'], 'mkdir "$3/m"; mount -t tmpfs -o size=200k x "$3/m"'],
    ['a limit of the shell', true, 'env', [], 'mkdir "$3/m"; ulimit -f 200'],
  ]

  it.each(full)('#79 is cut to its last whole line: %s', async (_name, isPossible, command, args, prepare) => {
    if (!isPossible) return
    const server = await serve(hello)
    const list = await tempFile(urls(server.origin, 1000))
    const folder = await tempFolder()
    const script = `${prepare}; "$0" "$1" "$2" -o "$3/m/out.jsonl"; code=$?; cat "$3/m/out.jsonl" > /dev/fd/9; exit $code`
    const { code, stderr } = await shell(command, args, `exec 9> "$3/copy"; ${script}`, list, folder)
    expect(code).toBe(3)
    expect(stderr).toMatch(/cannot write .*out\.jsonl: (?:no space left on device|file too large)/)
    const records = parseRecords(readFileSync(join(folder, 'copy'), 'utf8'))
    expect(records.length).toBeGreaterThan(50)
    expect(new Set(records.map(({ id }) => id)).size).toBe(records.length)
  })
})

describe('standard error', () => {
  it.each(['auto', 'tty', 'plain', 'json'])(
    '#82 has no carriage return and no escape off a terminal: %s',
    async (mode) => {
      const server = await serve((_request, response) => void response.writeHead(404).end())
      const { stderr } = await runCli(['--progress', mode, '-v'], {
        stdin: urls(server.origin, 3),
        env: { TERM: 'dumb', NO_COLOR: '1' },
      })
      expect(stderr).not.toBe('')
      expect([stderr.includes('\r'), stderr.includes('\x1b')]).toEqual([false, false])
    },
  )
})

describe('an error that nobody caught', () => {
  it.skipIf(process.platform === 'win32')('#87 leaves whole lines and exits with 3 and a stack', async () => {
    const server = await serve((request, response) => {
      if (Number(request.url?.slice(1)) <= 5) response.end('hello')
    })
    const run = spawnCli(['-w', '3'], {
      stdin: urls(server.origin, 20),
      env: { NODE_OPTIONS: preload('throws.mjs') },
    })
    while (server.inFlight < 3 || server.arrivals.length < 8) await new Promise((resolve) => setTimeout(resolve, 5))
    run.child.kill('SIGUSR2')
    const { code, records, stderr } = await run.finish()
    expect(code).toBe(3)
    expect(stderr).toMatch(/made up[^]*\n {4}at /)
    expect(records.filter(({ ok }) => ok)).toHaveLength(5)
    expect(records.filter(({ error_type }) => error_type === 'aborted')).toHaveLength(3)
  })
})

describe('memory', () => {
  it('#88 a heap of 32 MB is enough for 3,000 hosts', async () => {
    const server = await serve(hello)
    const list = Array.from({ length: 3000 }, (_, index) => `http://h${index}.test:${server.port}/\n`).join('')
    const { run } = await measured(
      ['-w', '20', '-q', '--fields', 'id,ok', '--resolve', `*:${server.port}:127.0.0.1`, await tempFile(list)],
      {},
      '--max-old-space-size=32',
    )
    expect([run.code, run.stdout.split('\n').length - 1]).toEqual([0, 3000])
  })
})
