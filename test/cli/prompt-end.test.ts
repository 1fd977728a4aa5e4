// Nothing that hangs delays the end of a run: lookups, and sockets that never connect.

import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { canIsolate, isolated } from '../support/network-namespace.js'
import { startRawServer } from '../support/raw-server.js'
import { binPath, type CliProcess, parseRecords, runCli, spawnCli } from '../support/run-cli.js'
import { tempFile, tempFolder } from '../support/temp.js'

const preload = new URL('../support/preloads/lookups.mjs', import.meta.url)

/** Names below `hang` hold a thread of the pool for ever, in whichever process they are looked up. */
async function hangingLookups(port?: number): Promise<Readonly<Record<string, string>>> {
  const folder = await tempFolder()
  const fifo = join(folder, 'fifo')
  execFileSync('mkfifo', [fifo])
  const settings = JSON.stringify({ fifo, mark: join(folder, 'mark'), port })
  return { NODE_OPTIONS: `--import=${preload.href}`, FAKE_LOOKUPS: settings }
}

/** Resolves when the program said so on standard error. */
async function said(run: CliProcess, word: string): Promise<void> {
  let text = ''
  while (!text.includes(word)) text += String((await once(run.child.stderr, 'data'))[0])
}

const hanging = Array.from({ length: 20 }, (_, index) => `http://hang.h${index}.test/\n`).join('')

describe.skipIf(process.platform === 'win32')('a lookup that hangs', () => {
  it('does not delay the deadline', async () => {
    const { code, records } = await runCli(['-w', '20', '--deadline', '1s'], {
      stdin: hanging,
      env: await hangingLookups(),
    })
    expect(code).toBe(4)
    expect(records.map(({ error_type }) => error_type)).toEqual(Array.from({ length: 20 }, () => 'aborted'))
  })

  it('does not delay the exit after its host was given up', async () => {
    const { code, records } = await runCli(['--connect-timeout', '200ms', '--retries', '0'], {
      stdin: 'http://hang.test/',
      env: await hangingLookups(),
    })
    expect(code).toBe(1)
    expect(records).toMatchObject([{ error_type: 'timeout', error_code: 'TIMEOUT_CONNECT' }])
  })

  it('does not delay the exit at a second signal', async () => {
    const server = await startRawServer({})
    onTestFinished(() => server.close())
    const env = await hangingLookups(server.port)
    const run = spawnCli(['--grace', '1h', '--progress', 'plain'], { stdin: hanging, env })
    while (server.connections.length === 0) await new Promise((resolve) => setTimeout(resolve, 5))
    run.child.kill('SIGINT')
    await said(run, 'SIGINT')
    run.child.kill('SIGTERM')
    const { code, records } = await run.finish()
    expect(code).toBe(130)
    expect(new Set(records.map(({ error_type }) => error_type))).toEqual(new Set(['aborted']))
  })

  it('leaves no process behind when the program is killed', async () => {
    const server = await startRawServer({})
    onTestFinished(() => server.close())
    const run = spawnCli([], { stdin: hanging, env: await hangingLookups(server.port) })
    while (server.connections.length === 0) await new Promise((resolve) => setTimeout(resolve, 5))
    for (const { socket } of server.connections) socket.on('end', () => socket.end())
    expect(server.sockets.size).toBe(1)
    run.child.kill('SIGKILL')
    await run.finish()
    while (server.sockets.size > 0) await new Promise((resolve) => setTimeout(resolve, 5))
  })

  it('holds up no other name', async () => {
    const env = await hangingLookups()
    const stdin = `${hanging}http://absent.test/\n`
    const { code, records } = await runCli(['-w', '21', '--fail-fast'], { stdin, env })
    expect(code).toBe(4)
    expect(records.find(({ id }) => id === 21)).toMatchObject({ error_type: 'dns', error_code: 'ENOTFOUND' })
  })
})

describe.skipIf(!canIsolate())('in a network where nobody answers', () => {
  const route = 'ip addr add 192.0.2.1/32 dev lo; ip route add 192.0.2.0/24 dev lo'

  async function run(url: string, ...parameters: string[]) {
    // Longer than any test takes.
    const resolver = await tempFile('nameserver 192.0.2.53\noptions timeout:30 attempts:5\n')
    const order = await tempFile('hosts: files dns\n')
    const mounts = `mount --bind ${resolver} /etc/resolv.conf; mount --bind ${order} /etc/nsswitch.conf`
    const command = isolated([process.execPath, binPath, '--progress', 'plain', ...parameters], `${route}; ${mounts}`)
    const [file = '', ...rest] = command
    const child = spawn(file, rest, { stdio: ['pipe', 'pipe', 'pipe'] })
    onTestFinished(() => void child.kill('SIGKILL'))
    child.stdin.end(url)
    const output = { stdout: '', stderr: '' }
    child.stdout.on('data', (chunk) => (output.stdout += String(chunk)))
    child.stderr.on('data', (chunk) => (output.stderr += String(chunk)))
    return { child, output }
  }

  it.each([
    ['a name', 'http://name.test/'],
    ['a connection', 'http://192.0.2.77/'],
    ['a connection with TLS', 'https://192.0.2.77/'],
  ])('%s does not delay the deadline', async (_what, url) => {
    const { child, output } = await run(url, '--deadline', '1s')
    expect(await once(child, 'close')).toEqual([4, null])
    expect(parseRecords(output.stdout)).toMatchObject([{ error_type: 'aborted', error_code: 'ABORTED' }])
  })

  it.each([
    ['a name', 'http://name.test/'],
    ['a connection', 'http://192.0.2.77/'],
  ])('%s does not delay the exit at a second signal', async (_what, url) => {
    // What is refused at once tells that the other is under way.
    const { child, output } = await run(`${url}\nhttp://192.0.2.1:1/`, '--grace', '1h', '--retries', '0')
    while (!output.stdout.includes('ECONNREFUSED')) await once(child.stdout, 'data')
    child.kill('SIGINT')
    while (!output.stderr.includes('SIGINT')) await once(child.stderr, 'data')
    child.kill('SIGTERM')
    expect(await once(child, 'close')).toEqual([130, null])
    expect(parseRecords(output.stdout)).toMatchObject([{ id: 2 }, { id: 1, error_type: 'aborted' }])
  })

  it.each([
    ['a name', 'http://name.test/'],
    ['a connection', 'http://192.0.2.77/'],
  ])('%s fails at the connect timeout', async (_what, url) => {
    const { child, output } = await run(url, '--connect-timeout', '300ms', '--retries', '0')
    expect(await once(child, 'close')).toEqual([1, null])
    expect(parseRecords(output.stdout)).toMatchObject([{ error_type: 'timeout', error_code: 'TIMEOUT_CONNECT' }])
  })
})
