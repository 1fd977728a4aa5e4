import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, it, onTestFinished } from 'vitest'
import { startHttpServer } from '../support/http-server.js'
import { binPath, parseRecords, spawnCli } from '../support/run-cli.js'
import { tempFile, tempFolder } from '../support/temp.js'

/** Of util-linux: the one of the BSDs takes other arguments. */
const hasScript = /util-linux/.test(spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout ?? '')

/** Answers the first ten and leaves the others waiting. */
async function startHalfDeaf() {
  let waits = (): void => {}
  const isWaiting = new Promise<void>((resolve) => (waits = resolve))
  const server = await startHttpServer((request, response) => {
    if (Number(request.url?.slice(1)) <= 10) response.end('hello')
    else waits()
  })
  onTestFinished(() => server.close())
  return { server, isWaiting }
}

/** A run in which that code is run as soon as it gets SIGUSR2: what is in flight then never ends. */
async function runWith(code: string, args: readonly string[] = []) {
  const preload = await tempFile(`process.on('SIGUSR2', () => { ${code} })`, 'preload.mjs')
  const { server, isWaiting } = await startHalfDeaf()
  const output = join(await tempFolder(), 'out.jsonl')
  const urls = Array.from({ length: 100 }, (_, index) => `${server.origin}/${index + 1}\n`).join('')
  const run = spawnCli(['-w', '1', '-o', output, ...args], {
    stdin: urls,
    env: { NODE_OPTIONS: `--import=${pathToFileURL(preload).href}` },
  })
  await isWaiting
  run.child.kill('SIGUSR2')
  const { code: exitCode, stderr } = await run.finish()
  return { exitCode, stderr, text: readFileSync(output, 'utf8') }
}

describe.skipIf(process.platform === 'win32')('an exception that nobody caught', () => {
  it.each([
    ['thrown', "throw new TypeError('x is no function')"],
    ['thrown later', "setTimeout(() => { throw new TypeError('x is no function') })"],
    ['a rejection', "void Promise.reject(new TypeError('x is no function'))"],
  ])('(%s) leaves whole records of what was fetched, exits with 3 and says where to report it', async (_, code) => {
    const { exitCode, stderr, text } = await runWith(code)
    expect(exitCode).toBe(3)
    const records = parseRecords(text)
    expect(records.map(({ ok }) => ok)).toEqual([...Array.from({ length: 10 }, () => true), false])
    expect(records[10]).toMatchObject({ error_type: 'aborted' })
    expect(stderr).toMatch(/^poolfetch: read 100 URLs .* 10 ok, 1 failed, 89 not attempted/)
    expect(stderr).toContain('please report it, with these lines, to ')
    expect(stderr).toMatch(/\nTypeError: x is no function\n {4}at /)
    expect(stderr).toMatch(/\npoolfetch \d+\.\d+\.\d+, Node v\d+.*, \w+ \w+\n$/)
  })

  it('is told with --quiet, too', async () => {
    const { exitCode, stderr } = await runWith("throw new Error('quiet')", ['-q'])
    expect([exitCode, stderr]).toEqual([3, expect.stringMatching(/^poolfetch: internal error/)])
  })

  it('shows no password and no key that its message has', async () => {
    const { stderr } = await runWith("throw new Error('at https://u:SENTINEL@h/?token=SENTINEL')")
    expect(stderr).toContain('at https://u:***@h/?token=***')
    expect(stderr).not.toContain('SENTINEL')
  })

  it('does not hang the process where it comes again and again', async () => {
    const { exitCode, stderr, text } = await runWith("setInterval(() => { throw new Error('again') }, 1)")
    expect(exitCode).toBe(3)
    expect(parseRecords(text)).toHaveLength(11)
    expect(stderr.match(/^Error: again$/gm)).toHaveLength(1)
  })

  it.skipIf(!hasScript)('gives the terminal back (skipped where there is no script(1))', async () => {
    const { server, isWaiting } = await startHalfDeaf()
    const folder = await tempFolder()
    const flag = join(folder, 'now')
    const watch = `setInterval(() => { if (fs.existsSync(${JSON.stringify(flag)})) throw new Error('on a terminal') }, 5).unref()`
    const preload = await tempFile(`import fs from 'node:fs'; ${watch}`, 'preload.mjs')
    const list = await tempFile(Array.from({ length: 20 }, (_, index) => `${server.origin}/${index + 1}\n`).join(''))
    const command = `'${process.execPath}' '${binPath}' '${list}' -w 1 -o '${join(folder, 'out.jsonl')}'`
    const child = spawn('script', ['-qefc', command, '/dev/null'], {
      env: { PATH: process.env['PATH'], TERM: 'xterm', NODE_OPTIONS: `--import=${pathToFileURL(preload).href}` },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let shown = ''
    child.stdout.on('data', (chunk: Buffer) => (shown += chunk.toString()))
    await isWaiting
    writeFileSync(flag, '')
    const [code] = await once(child, 'close')
    expect(code).toBe(3)
    expect(shown).toContain('\u001b[?25l')
    // The cursor is shown and lines wrap after the last time that they did not.
    expect(shown.lastIndexOf('\u001b[?25h')).toBeGreaterThan(shown.lastIndexOf('\u001b[?25l'))
    expect(shown.lastIndexOf('\u001b[?7h')).toBeGreaterThan(shown.lastIndexOf('\u001b[?7l'))
    expect(shown.slice(shown.lastIndexOf('\u001b[?25h'))).toContain('Error: on a terminal')
  })
})

describe('the watch for crashes', () => {
  /** A program that crashes under the watch, in a process of its own. */
  async function crash(lines: string, patienceMs = 50) {
    const module = new URL('../../dist/cli/crash.js', import.meta.url).href
    const program = await tempFile(
      `import { endOnCrash } from ${JSON.stringify(module)}
      const ending = { end: (cause, graceMs) => console.log('ends', cause.error.message, graceMs) }
      const observer = { restore: () => console.log('restored') }
      const watch = endOnCrash({ say: (text) => process.stderr.write(text), patienceMs: ${patienceMs} })
      ${lines}`,
      'program.mjs',
    )
    const { status, stdout, stderr } = spawnSync(process.execPath, [program], { encoding: 'utf8', timeout: 20_000 })
    return { status, stdout: stdout.trim().split('\n'), stderr }
  }

  it('ends the process when the run does not come to its end, and tells the first error', async () => {
    const { status, stdout, stderr } = await crash(`
      watch.begin({ ending, observer })
      setInterval(() => {}, 1000)
      setTimeout(() => { throw new Error('one') })
      setTimeout(() => { throw new Error('two') }, 5)`)
    expect(status).toBe(3)
    expect(stdout).toEqual(['restored', 'ends one 0', 'restored'])
    expect(stderr).toContain('\nError: one\n')
    expect(stderr).toContain('poolfetch: what waited to be written is lost\n')
    expect(stderr).toContain('the run did not end within 0.05 s')
    expect(stderr).not.toContain('two')
  })

  it('tells the error where nothing is left that the run could wait for', async () => {
    // Patience that does not run out before the process has ended by itself, however slow it is.
    const { status, stderr } = await crash(
      `
      watch.begin({ ending, observer })
      setTimeout(() => { throw new Error('one') })`,
      20_000,
    )
    expect(status).toBe(3)
    expect(stderr).toMatch(/^poolfetch: internal error[^]*\nError: one\n[^]*is lost\n$/)
  })

  it('ends the process at once when there is no run yet, and when it is over', async () => {
    const before = await crash("setInterval(() => {}, 1000); throw new Error('early')")
    expect([before.status, before.stdout]).toEqual([3, ['']])
    expect(before.stderr).toContain('\nError: early\n')
    const after = await crash(`
      watch.begin({ ending, observer })
      watch.over()
      setInterval(() => { throw new Error('late') }, 5)`)
    expect([after.status, after.stdout]).toEqual([3, ['']])
    expect(after.stderr.match(/^Error: late$/gm)).toHaveLength(1)
  })
})
