import type * as Fs from 'node:fs'
import {
  chmodSync,
  closeSync,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { compactOutput } from '../../src/checkpoint/compact.js'
import { seed, seededRandom } from '../support/random.js'
import { tempFile } from '../support/temp.js'
import { failed, idsOf, line, opened } from './outputs.js'

/** Counts the calls that compacting makes to the system, and lets one of them fail. */
const system = vi.hoisted(() => ({ calls: [] as string[], failing: 0 }))

vi.mock('node:fs', async (original) => {
  const fs = await original<typeof Fs>()
  const { promisify: promisified } = await import('node:util')
  const called = (name: string): void => {
    system.calls.push(name)
    if (system.calls.length !== system.failing) return
    throw Object.assign(new Error(`ENOSPC: ${name}`), { code: 'ENOSPC' })
  }
  const counted = Object.fromEntries(
    (['openSync', 'writeSync', 'readSync', 'fdatasyncSync', 'fchmodSync', 'renameSync', 'fstatSync'] as const).map(
      (name) => [
        name,
        (...parts: never[]) => {
          called(name)
          return (fs[name] as (...parts: never[]) => unknown)(...parts)
        },
      ],
    ),
  )
  const read = promisified(fs.read)
  const countedRead = Object.assign(() => {}, {
    [promisified.custom]: async (...parts: Parameters<typeof read>) => {
      called('read')
      return read(...parts)
    },
  })
  return { ...fs, ...counted, read: countedRead }
})

beforeEach(() => {
  system.failing = 0
  system.calls = []
})

async function compact(path: string) {
  const fd = opened(path)
  const { fd: fresh, ...counts } = await compactOutput({ fd, path, badPath: `${path}.bad`, claim: async () => {} })
  onTestFinished(() => closeSync(fresh))
  return { ...counts, fd: fresh }
}

const text = (path: string) => readFileSync(path, 'utf8')
/** What is in the folder beside the output. */
const beside = (path: string) => readdirSync(dirname(path)).filter((name) => name !== basename(path))

describe('compacting', () => {
  it('leaves the last record of each id, in the order of the lines', async () => {
    const path = await tempFile(failed(1, 'timeout') + line(3) + line(2) + failed(1, 'dns') + line(1))
    expect(await compact(path)).toMatchObject({ records: 3, superseded: 2, damaged: 0, cutOff: 0 })
    expect(text(path)).toBe(line(3) + line(2) + line(1))
    expect(beside(path)).toEqual([])
  })

  it('sets damaged lines aside, behind those that stand there', async () => {
    const path = await tempFile(`${line(1)}garbage\n${line(2)}${'\0'.repeat(30)}\n\n`)
    writeFileSync(`${path}.bad`, 'earlier\n')
    expect(await compact(path)).toMatchObject({ records: 2, superseded: 0, damaged: 3 })
    expect(text(path)).toBe(line(1) + line(2))
    expect(text(`${path}.bad`)).toBe(`earlier\ngarbage\n${'\0'.repeat(30)}\n\n`)
  })

  it('ends a last record that has no line end, and leaves out one that is cut off', async () => {
    const path = await tempFile(line(1) + line(2).trimEnd())
    expect(await compact(path)).toMatchObject({ records: 2, cutOff: 0 })
    expect(text(path)).toBe(line(1) + line(2))
    writeFileSync(path, line(1) + line(1) + line(2).slice(0, 40))
    expect(await compact(path)).toMatchObject({ records: 1, superseded: 1, cutOff: 40 })
    expect(text(path)).toBe(line(1))
  })

  it('sets a line aside that is longer than any record', async () => {
    const long = 'x'.repeat(2 ** 26)
    const path = await tempFile(`${line(1)}${long}\n${line(2)}`)
    expect(await compact(path)).toMatchObject({ records: 2, damaged: 1 })
    expect(text(path)).toBe(line(1) + line(2))
    expect(text(`${path}.bad`) === `${long}\n`).toBe(true)
  })

  it('gives the new file, for reading and for writing at its end', async () => {
    const path = await tempFile(line(1) + line(1))
    const { fd } = await compact(path)
    expect(fstatSync(fd).ino).toBe(statSync(path).ino)
    writeSync(fd, line(2), 0)
    expect(idsOf(text(path))).toEqual([1, 2])
  })

  it.skipIf(process.platform === 'win32')('keeps the permissions', async () => {
    for (const mode of [0o600, 0o644, 0o664]) {
      const path = await tempFile(line(1) + line(1))
      chmodSync(path, mode)
      await compact(path)
      expect(statSync(path).mode & 0o7777).toBe(mode)
    }
  })

  it('never writes into a file that stands where its own is to be', async () => {
    const path = await tempFile(line(1) + line(1))
    const victim = await tempFile('precious')
    const temporary = join(dirname(path), `.poolfetch-${statSync(path).ino}.tmp`)
    symlinkSync(victim, temporary)
    await compact(path)
    expect(text(victim)).toBe('precious')
    expect(lstatSync(path).isFile()).toBe(true)
    expect(beside(path)).toEqual([])
  })

  it('lets the new file be claimed before it has the name, and changes nothing where that is refused', async () => {
    const before = line(1) + line(1)
    const path = await tempFile(before)
    const claim = async (): Promise<void> => {
      expect(text(path)).toBe(before)
      throw new Error('refused')
    }
    await expect(compactOutput({ fd: opened(path), path, badPath: `${path}.bad`, claim })).rejects.toThrow('refused')
    expect(text(path)).toBe(before)
    expect(beside(path)).toEqual([])
  })

  it('leaves the old file or the new one, whole, whichever call to the system fails', async () => {
    const before = `${failed(1, 'timeout')}garbage\n${line(2)}${line(1)}${'y'.repeat(2_000_000)}\n${line(3).slice(0, 50)}`
    const after = line(2) + line(1)
    const outcomes: string[] = []
    for (let failing = 1; ; failing++) {
      const path = await tempFile(before)
      const fd = openSync(path, 'r')
      onTestFinished(() => closeSync(fd))
      system.calls = []
      system.failing = failing
      const result = await compactOutput({ fd, path, badPath: `${path}.bad`, claim: async () => {} }).catch(
        (error: unknown) => error,
      )
      system.failing = 0
      const call = system.calls[failing - 1]
      const content = text(path)
      expect([before, after], `call ${failing}, ${call}`).toContain(content)
      expect(
        beside(path).filter((name) => name.startsWith('.')),
        `call ${failing}, ${call}`,
      ).toEqual([])
      // What is no longer in the output is set aside.
      if (content === after) expect(text(`${path}.bad`)).toContain('garbage\n')
      if (result instanceof Error) expect(content, `call ${failing}, ${call}`).toBe(before)
      else closeSync((result as { fd: number }).fd)
      if (call === undefined) break
      outcomes.push(`${call} ${result instanceof Error ? 'fails' : 'does not matter'}`)
    }
    for (const call of ['openSync', 'writeSync', 'read', 'fdatasyncSync', 'fchmodSync', 'renameSync', 'fstatSync']) {
      expect(outcomes).toContain(`${call} fails`)
    }
  })

  it('does as a Map does', async () => {
    const random = seededRandom(seed)
    for (let count = 0; count < 30; count++) {
      const lines = Array.from({ length: random.below(60) }, () =>
        random.below(10) === 0 ? 'bad\n' : line(1 + random.below(12), { attempts: random.below(100) }),
      )
      const last = new Map(lines.filter((each) => each !== 'bad\n').map((each) => [JSON.parse(each).id, each]))
      const path = await tempFile(lines.join(''))
      await compact(path)
      const kept = text(path).split(/(?<=\n)/)
      expect(kept.filter(Boolean).toSorted(), `SEED=${seed}`).toEqual([...last.values()].toSorted())
    }
  })
})
