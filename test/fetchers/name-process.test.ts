import { execFileSync, spawn } from 'node:child_process'
import { type LookupAddress, lookup as systemLookup, type LookupOptions } from 'node:dns'
import { once } from 'node:events'
import { Socket } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, onTestFinished } from 'vitest'
import { NameProcess, type NameProcessOptions } from '../../src/fetchers/name-process.js'
import { tempFolder } from '../support/temp.js'

const script = new URL('../../dist/fetchers/name-child.js', import.meta.url)
const preload = new URL('../support/preloads/lookups.mjs', import.meta.url)

type Answer = LookupAddress[] | string | NodeJS.ErrnoException

function askOf(names: NameProcess) {
  return (hostname: string, options: LookupOptions = { all: true }) =>
    new Promise<Answer>((resolve) => names.lookup(hostname, options, (error, answer) => resolve(error ?? answer)))
}

function open(options: Partial<NameProcessOptions> = {}) {
  const names = new NameProcess({ lookup: here, patienceMs: 10_000, script, ...options })
  onTestFinished(() => names.close())
  return { names, ask: askOf(names) }
}

/** With names that answer as they say; see the preload. */
async function fakeEnvironment(): Promise<NodeJS.ProcessEnv> {
  const folder = await tempFolder()
  const fifo = join(folder, 'fifo')
  execFileSync('mkfifo', [fifo])
  const settings = JSON.stringify({ fifo, mark: join(folder, 'mark') })
  return { ...process.env, NODE_OPTIONS: `--import=${preload.href}`, FAKE_LOOKUPS: settings }
}

const openFake = async () => open({ env: await fakeEnvironment() })

/** Would be asked in this process. */
const here: NameProcessOptions['lookup'] = (_hostname, _options, callback) =>
  setImmediate(() => callback(null, [{ address: 'here', family: 4 }]))

const at = (address: string) => [{ address, family: 4 }]

describe('a process for lookups', () => {
  // In capitals it is not known here, but stands in every hosts file.
  it.each<LookupOptions>([
    { all: true },
    { all: true, family: 4 },
    { all: true, family: 4, hints: 0 },
    { family: 4 },
    { all: true, family: 4, order: 'ipv4first' },
    { all: true, family: 4, verbatim: true },
  ])('answers as the system does: %j', async (options) => {
    const { ask } = open()
    const expected = await new Promise((resolve) =>
      systemLookup('LOCALHOST', options, (error, answer) => resolve(error ?? answer)),
    )
    expect(await ask('LOCALHOST', options)).toEqual(expected)
  })

  it('is not started for localhost', async () => {
    const { names, ask } = open()
    expect(await ask('localhost')).toEqual(at('here'))
    expect(names.pid).toBeNull()
  })
})

describe.skipIf(process.platform === 'win32')('the process for lookups', () => {
  it('is asked for every other name, whatever many at a time', async () => {
    const { ask } = await openFake()
    const answers = await Promise.all(Array.from({ length: 500 }, (_, index) => ask(`where.h${index}.test`)))
    expect(answers).toEqual(answers.map(() => at('there')))
  })

  it('is told all options, and the order that is this process', async () => {
    const { ask } = await openFake()
    const told = async (options: LookupOptions) => {
      const [answer] = [await ask('options.test', { all: true, ...options })].flat()
      return typeof answer === 'object' && 'address' in answer ? JSON.parse(answer.address) : answer
    }
    expect(await told({ family: 6, hints: 1024 })).toEqual({ all: true, family: 6, hints: 1024, order: 'verbatim' })
    expect(await told({ order: 'ipv6first' })).toEqual({ all: true, order: 'ipv6first' })
    expect(await told({ verbatim: false })).toEqual({ all: true, verbatim: false })
  })

  it('fails with the error of the system', async () => {
    const { ask } = await openFake()
    const error = await ask('absent.test')
    expect(error).toBeInstanceOf(Error)
    expect(error).toMatchObject({
      message: 'getaddrinfo ENOTFOUND absent.test',
      code: 'ENOTFOUND',
      errno: -3008,
      syscall: 'getaddrinfo',
      hostname: 'absent.test',
    })
  })

  it('answers others while lookups hang', async () => {
    const { names, ask } = await openFake()
    for (let index = 0; index < 20; index++) void ask(`hang.h${index}.test`)
    expect(await ask('LOCALHOST', { family: 4 })).toBe('127.0.0.1')
    await names.close()
    expect(names.pid).toBeNull()
  })

  it('is started anew when lookups that nobody waits for any more hold up the others', async () => {
    let now = 0
    const { names, ask } = open({ env: await fakeEnvironment(), now: () => now })
    expect(await ask('where.test')).toEqual(at('there'))
    const first = names.pid
    const hung = Array.from({ length: 64 }, (_, index) => ask(`hang.h${index}.test`))
    now = 9999
    const young = ask('LOCALHOST', { family: 4 })
    expect(names.pid).toBe(first)
    now = 10_000
    expect(await ask('LOCALHOST', { all: true, family: 4 })).toEqual(at('127.0.0.1'))
    expect(names.pid).not.toBe(first)
    expect(await young).toBe('127.0.0.1')
    for (const answer of await Promise.all(hung)) expect(answer).toMatchObject({ code: 'EAI_AGAIN' })
  })

  it('is not started anew for a few of them', async () => {
    let now = 0
    const { names, ask } = open({ env: await fakeEnvironment(), now: () => now })
    expect(await ask('where.test')).toEqual(at('there'))
    const first = names.pid
    for (let index = 0; index < 31; index++) void ask(`hang.h${index}.test`)
    now = 1e6
    expect(await ask('LOCALHOST', { family: 4 })).toBe('127.0.0.1')
    expect(names.pid).toBe(first)
  })

  it('is asked again when it dies, and what it is asked is not lost', async () => {
    const { names, ask } = await openFake()
    expect(await ask('where.test')).toEqual(at('there'))
    const first = names.pid
    const answers = [ask('hang.test'), ask('die-once.test'), ask('LOCALHOST', { family: 4 })]
    expect(await Promise.all(answers.slice(1))).toEqual([at('127.0.0.9'), '127.0.0.1'])
    expect(names.pid).not.toBe(first)
  })

  it('that dies of a name has that name fail, and no other', async () => {
    const { ask } = await openFake()
    expect(await ask('where.test')).toEqual(at('there'))
    expect(await ask('die.test')).toMatchObject({ code: 'EAI_AGAIN', syscall: 'getaddrinfo', hostname: 'die.test' })
    expect(await ask('where.test')).toEqual(at('there'))
  })

  it('may say what it likes on its standard output', async () => {
    const env = await fakeEnvironment()
    const { ask } = open({
      env: { ...env, NODE_OPTIONS: `--import=data:text/javascript,console.log(1) ${env.NODE_OPTIONS}` },
    })
    expect(await ask('where.test')).toEqual(at('there'))
  })

  it('that cannot be had is done without', async () => {
    const { ask } = open({ script: new URL('no-such-script.js', script) })
    expect(await Promise.all([ask('a.test'), ask('b.test')])).toEqual([at('here'), at('here')])
    expect(await ask('c.test')).toEqual(at('here'))
    const missing = open({ env: { ...process.env, NODE_OPTIONS: '--no-such-option' } })
    expect(await missing.ask('a.test')).toEqual(at('here'))
  })

  it('ends when who asks is gone, whatever hangs', async () => {
    const env = await fakeEnvironment()
    const child = spawn(process.execPath, [fileURLToPath(script)], {
      env,
      stdio: ['ignore', 'inherit', 'inherit', 'pipe'],
    })
    const [, , , channel] = child.stdio
    if (!(channel instanceof Socket)) throw new Error('no channel')
    const ask = (id: number, hostname: string) =>
      channel.write(`${JSON.stringify({ id, hostname, options: { all: true } })}\n`)
    ask(1, 'hang.test')
    ask(2, 'where.test')
    let said = ''
    channel.on('data', (chunk) => (said += String(chunk)))
    while (!said.includes('"id":2')) await once(channel, 'data')
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) child.kill(name)
    ask(3, 'where.test')
    while (!said.includes('"id":3')) await once(channel, 'data')
    channel.end()
    expect(await once(child, 'exit')).toEqual([null, 'SIGKILL'])
  })

  it('is not started for who is gone before', async () => {
    const { names, ask } = await openFake()
    void ask('hang.test')
    await names.close()
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(names.pid).toBeNull()
  })
})
