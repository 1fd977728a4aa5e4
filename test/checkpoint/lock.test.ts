import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, closeSync, fstatSync, linkSync, openSync } from 'node:fs'
import { describe, expect, it, onTestFinished } from 'vitest'
import { flock, lockFile, lockName } from '../../src/checkpoint/lock.js'
import { tempFile } from '../support/temp.js'
import { opened } from './outputs.js'

const hasFlock = spawnSync('flock', ['--version']).error === undefined && process.platform !== 'win32'
const isLinux = process.platform === 'linux'

/** A process that runs this script and says a line when it has done so. It is gone after the test. */
async function processThat(script: string, path: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, ['-e', `${script}; setInterval(() => {}, 1000)`, path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  await once(child.stdout, 'data')
  return child
}

async function kill(child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit')
  child.kill('SIGKILL')
  await gone
}

const flockScript = `
const fd = require('fs').openSync(process.argv[1], 'a')
require('child_process').spawnSync('flock', ['-x', '-n', '3'], { stdio: ['ignore', 'ignore', 'inherit', fd] })
console.log('locked')`
const nameScript = `require('net').createServer().listen('\\0' + process.argv[1], () => console.log('locked'))`

describe.skipIf(!hasFlock)('the lock of a file', () => {
  it('is had by one open file at a time', async () => {
    const path = await tempFile('')
    const [first, second] = [openSync(path, 'a'), opened(path, 'a')]
    expect(await flock(first)).toMatchObject({})
    expect(await flock(second)).toBe('held')
    closeSync(first)
    expect(await flock(second)).not.toBe('held')
  })

  it('is had again by who has it', async () => {
    const fd = opened(await tempFile(''), 'a')
    expect(await flock(fd)).not.toBe('held')
    expect(await flock(fd)).not.toBe('held')
  })

  it('is held by another process, and by no dead one', async () => {
    const path = await tempFile('')
    const child = await processThat(flockScript, path)
    const fd = opened(path, 'a')
    expect(await flock(fd)).toBe('held')
    await kill(child)
    expect(await flock(fd)).not.toBe('held')
  })

  it('is of the file, whatever it is called', async () => {
    const path = await tempFile('')
    linkSync(path, `${path}.link`)
    expect(await flock(opened(path, 'a'))).not.toBe('held')
    expect(await flock(opened(`${path}.link`, 'a'))).toBe('held')
  })
})

describe('where there is no flock(1)', () => {
  it('says so', async () => {
    expect(await flock(opened(await tempFile(''), 'a'), 'no-such-command-anywhere')).toBe('unsupported')
  })

  it('takes trouble of another kind for no lock', async () => {
    // It knows no -x, and ends with 9.
    expect(await flock(opened(await tempFile(''), 'a'), process.execPath)).toBe('unsupported')
  })

  it.skipIf(process.platform === 'win32').each([
    ["echo 'flock: No locks available' >&2; exit 1", 'unsupported'],
    ['exit 1', 'held'],
    ["echo 'ERROR: ld.so: x cannot be preloaded' >&2; exit 1", 'held'],
  ])('tells what it cannot lock from what is held, as busybox says it: %s', async (script, expected) => {
    const command = await tempFile(`#!/bin/sh\n${script}\n`, 'flock')
    chmodSync(command, 0o755)
    expect(await flock(opened(await tempFile(''), 'a'), command)).toBe(expected)
  })

  it.skipIf(!isLinux)('a name is had by one at a time, until it is let go', async () => {
    const name = `poolfetch test ${process.pid} ${performance.now()}`
    const lock = await lockName(name)
    expect(await lockName(name)).toBe('held')
    if (typeof lock === 'object') lock.release()
    await expect.poll(() => lockName(name)).not.toBe('held')
  })

  it.skipIf(!isLinux)('a name is held by another process, and by no dead one', async () => {
    const name = `poolfetch test ${process.pid} ${performance.now()}`
    const child = await processThat(nameScript, name)
    expect(await lockName(name)).toBe('held')
    await kill(child)
    expect(await lockName(name)).not.toBe('held')
  })

  it('a system that has neither is not kept from running', async () => {
    expect(await lockName('x', 'darwin')).toBe('unsupported')
    expect(await lockName('x', 'freebsd')).toBe('unsupported')
  })

  it.skipIf(!isLinux)('a file is locked by its place on its device', async () => {
    const path = await tempFile('')
    const [first, second] = [opened(path, 'a'), opened(path, 'a')]
    const before = process.env['PATH']
    process.env['PATH'] = '/nonexistent'
    onTestFinished(() => void (process.env['PATH'] = before))
    const lock = await lockFile(first, fstatSync(first))
    expect(lock).toBeTypeOf('object')
    expect(await lockFile(second, fstatSync(second))).toBe('held')
    if (typeof lock === 'object') lock.release()
  })
})
