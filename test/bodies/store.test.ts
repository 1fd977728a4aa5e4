// Bodies become files: whole, or not at all.

import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { fileName, openBodyStore } from '../../src/bodies/index.js'
import { UsageError } from '../../src/core/errors.js'
import type { BodyFailure, BodyStoreListener } from '../../src/types.js'
import { tempFile, tempFolder } from '../support/temp.js'
import { makeTask } from '../support/values.js'

type Outcome = { file: string } | BodyFailure

class Listener implements BodyStoreListener {
  drains = 0
  readonly outcome: Promise<Outcome>
  onStored: (file: string) => void = () => {}
  onStoreFailed: (failure: BodyFailure) => void = () => {}
  onDrained: (() => void) | null = null

  constructor() {
    this.outcome = new Promise((resolve) => {
      this.onStored = (file) => resolve({ file })
      this.onStoreFailed = resolve
    })
  }

  onDrain(): void {
    this.drains += 1
    this.onDrained?.()
  }
}

const url = 'http://a.test/page.html'
const name = fileName(1, url)
const task = makeTask(1, url)

async function openStore(dir: string, { overwrite = false, sync = true } = {}) {
  const full: Error[] = []
  const store = await openBodyStore({ dir, overwrite, sync, onFull: (error) => full.push(error) })
  return { store, full }
}

describe('a body', () => {
  it.each([true, false])('is a file under its name, with nothing else beside it (fsync: %s)', async (sync) => {
    const dir = join(await tempFolder(), 'new')
    const { store } = await openStore(dir, { sync })
    const listener = new Listener()
    const writer = store.receive(task, listener)
    writer.write(Buffer.from('hel'))
    writer.write(Buffer.from('lo'))
    expect(readdirSync(dir)).toEqual([])
    writer.end()
    expect(await listener.outcome).toEqual({ file: join(dir, name) })
    expect(readFileSync(join(dir, name), 'utf8')).toBe('hello')
    expect(readdirSync(dir)).toEqual([name])
  })

  it('may be empty', async () => {
    const dir = await tempFolder()
    const listener = new Listener()
    ;(await openStore(dir)).store.receive(task, listener).end()
    expect(await listener.outcome).toEqual({ file: join(dir, name) })
    expect(readFileSync(join(dir, name), 'utf8')).toBe('')
  })

  it('is written in order, and more of it than has room waits', async () => {
    const dir = await tempFolder()
    const listener = new Listener()
    const writer = (await openStore(dir)).store.receive(task, listener)
    const pieces = Array.from({ length: 300 }, (_, index) => Buffer.alloc(10_000, index % 251))
    let fulls = 0
    for (const piece of pieces) {
      if (writer.write(piece)) continue
      fulls += 1
      await new Promise<void>((resolve) => (listener.onDrained = resolve))
    }
    writer.end()
    await listener.outcome
    expect(readFileSync(join(dir, name)).equals(Buffer.concat(pieces))).toBe(true)
    expect(fulls).toBeGreaterThan(5)
    expect(listener.drains).toBe(fulls)
  })

  it.each([0, 1000, 200_000, 3_000_000])(
    'that is aborted leaves nothing, and nobody hears of it: %d bytes',
    async (bytes) => {
      const dir = await tempFolder()
      const { store } = await openStore(dir)
      const listener = new Listener()
      let calls = 0
      listener.onStored = listener.onStoreFailed = () => void (calls += 1)
      const writer = store.receive(task, listener)
      writer.write(Buffer.alloc(bytes))
      writer.abort()
      writer.write(Buffer.alloc(bytes))
      writer.end()
      await store.close()
      expect(readdirSync(dir)).toEqual([])
      expect(calls).toBe(0)
    },
  )

  it('that is aborted at any moment is there as a whole, or not at all', async () => {
    const dir = await tempFolder()
    const { store } = await openStore(dir)
    let told = 0
    for (let turns = 0; turns < 60; turns++) {
      const listener = new Listener()
      listener.onStored = () => void (told += 1)
      const writer = store.receive(makeTask(turns + 1, url), listener)
      writer.write(Buffer.alloc(100_000))
      writer.end()
      for (let turn = 0; turn < turns >> 1; turn++) await new Promise((resolve) => setImmediate(resolve))
      writer.abort()
    }
    await store.close()
    const files = readdirSync(dir)
    expect(files.filter((file) => file.endsWith('.part'))).toEqual([])
    expect(files).toHaveLength(told)
    for (const file of files) expect(readFileSync(join(dir, file))).toHaveLength(100_000)
  })

  it('does not replace a file that is there, unless it may', async () => {
    const dir = await tempFolder()
    writeFileSync(join(dir, name), 'old')
    const { store, full } = await openStore(dir)
    const listener = new Listener()
    const writer = store.receive(task, listener)
    writer.write(Buffer.from('new'))
    writer.end()
    const outcome = await listener.outcome
    expect(outcome).toMatchObject({ type: 'write', code: 'EEXIST' })
    expect('message' in outcome && outcome.message).toContain('--overwrite')
    expect([readdirSync(dir), readFileSync(join(dir, name), 'utf8'), full]).toEqual([[name], 'old', []])

    const replacing = new Listener()
    const second = (await openStore(dir, { overwrite: true })).store.receive(task, replacing)
    second.write(Buffer.from('new'))
    second.end()
    expect(await replacing.outcome).toEqual({ file: join(dir, name) })
    expect([readdirSync(dir), readFileSync(join(dir, name), 'utf8')]).toEqual([[name], 'new'])
  })

  it('fails where the folder is gone, which ends the run: every other one would be fetched for nothing', async () => {
    const dir = join(await tempFolder(), 'gone')
    const { store, full } = await openStore(dir)
    rmSync(dir, { recursive: true })
    const listener = new Listener()
    store.receive(task, listener).end()
    const message = `the body could not be saved as ${join(dir, name)}: no such directory`
    expect(await listener.outcome).toEqual({ type: 'aborted', code: 'ENOENT', message })
    expect(full.map(String)).toEqual([`SinkError: cannot save bodies in ${dir}: no such directory`])
    await store.close()
  })
})

describe('a folder', () => {
  it('is given as it is given, with or without a slash', async () => {
    const dir = await tempFolder()
    const listener = new Listener()
    ;(await openStore(`${dir}/`)).store.receive(task, listener).end()
    expect(await listener.outcome).toEqual({ file: `${dir}/${name}` })
  })

  it.each([
    ['is a file', async () => tempFile('x')],
    ['has no parent', async () => join(await tempFolder(), 'a', 'b')],
  ])('that %s is an error of usage', async (_name, make) => {
    await expect(openStore(await make())).rejects.toThrow(UsageError)
  })

  it.skipIf(process.getuid?.() === 0 || process.platform === 'win32')(
    'that cannot be written to is an error of usage (skipped for root)',
    async () => {
      const dir = join(await tempFolder(), 'closed')
      mkdirSync(dir)
      chmodSync(dir, 0o500)
      await expect(openStore(dir)).rejects.toThrow(/--save .*closed: cannot write there: permission denied/)
    },
  )
})
