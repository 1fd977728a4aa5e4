// Connections that fail, against the whole program.

import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { startRawServer } from '../support/raw-server.js'
import { binPath, parseRecords, runCli } from '../support/run-cli.js'
import { tempFile } from '../support/temp.js'
import { closed } from './setup.js'

describe('connections', () => {
  it('#24 that are reset as soon as they are accepted are tried again', async () => {
    const server = closed(await startRawServer({ onConnection: ({ socket }) => socket.resetAndDestroy() }))
    const { code, records } = await runCli([], { stdin: `${server.origin}/` })
    expect(code).toBe(1)
    expect(records).toMatchObject([{ error_code: 'ECONNRESET', attempts: 3 }])
  })

  it.skipIf(process.platform === 'win32')('#25 to 100 hosts with 64 open files all succeed', async () => {
    // A process of its own, since the test waits for the shell.
    const script = `
      const { spawn } = require('node:child_process')
      const server = require('node:http').createServer((q, r) => setTimeout(() => r.end('hello'), 20))
      server.listen(0, '127.0.0.1', () => {
        const port = server.address().port
        const list = Array.from({ length: 100 }, (_, n) => 'http://h' + n + '.test:' + port + '/').join('\\n')
        const run = 'ulimit -n 64; exec "$0" "$1" -w 100 -q --resolve "*:$2:127.0.0.1"'
        const child = spawn('sh', ['-c', run, process.execPath, process.argv[2], String(port)], { stdio: ['pipe', 1, 2] })
        child.stdin.end(list)
        child.on('close', (code) => { process.exitCode = code; server.close(); server.closeAllConnections() })
      })`
    const path = await tempFile(script, 'run.cjs')
    const { status, stdout } = spawnSync(process.execPath, [path, binPath], { encoding: 'utf8' })
    const records = parseRecords(stdout)
    expect([status, records.length]).toEqual([0, 100])
    expect(records.every(({ ok }) => ok)).toBe(true)
  })

  it('#26 to any port are made: no port is blocked', async () => {
    const { records } = await runCli(['--retries', '0'], { stdin: 'http://127.0.0.1:6000/\nhttp://127.0.0.1:25/\n' })
    expect(records).toHaveLength(2)
    for (const { error_type: type, attempts } of records) expect([type === 'blocked', attempts]).toEqual([false, 1])
  })
})
