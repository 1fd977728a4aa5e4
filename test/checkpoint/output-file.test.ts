import { spawnSync } from 'node:child_process'
import {
  closeSync,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import type * as LockModule from '../../src/checkpoint/lock.js'
import { claimByName, type LockedFile, openLocked } from '../../src/checkpoint/output-file.js'
import { SinkError, UsageError } from '../../src/core/errors.js'
import { tempFile, tempFolder } from '../support/temp.js'

/** What happens between the moment that a file is opened and the moment that it is locked. */
const meanwhile = vi.hoisted(() => ({ call: () => {} }))

vi.mock('../../src/checkpoint/lock.js', async (original) => {
  const { lockFile } = await original<typeof LockModule>()
  return {
    lockFile: (...parts: Parameters<typeof lockFile>) => {
      meanwhile.call()
      return lockFile(...parts)
    },
  }
})

beforeEach(() => {
  meanwhile.call = () => {}
})

async function open(path: string, isMade: 'made' | 'found' = 'made'): Promise<LockedFile> {
  const output = await openLocked(path, 'out.jsonl', isMade)
  onTestFinished(() => {
    closeSync(output.fd)
    output.lock?.release()
  })
  return output
}

describe('an output file', () => {
  it('is made where there is none, if that is wanted', async () => {
    const path = join(await tempFolder(), 'out.jsonl')
    await expect(open(path, 'found')).rejects.toThrow(/ENOENT/)
    expect(existsSync(path)).toBe(false)
    await open(path)
    expect(readFileSync(path, 'utf8')).toBe('')
  })

  it('is read, and written at its end', async () => {
    const path = await tempFile('before\n')
    const { fd, stats } = await open(path)
    writeSync(fd, 'after\n', 0)
    expect(readFileSync(path, 'utf8')).toBe('before\nafter\n')
    expect(stats.ino).toBe(fstatSync(fd).ino)
  })

  it('is known by its own name where links lead there', async () => {
    const path = await tempFile('x')
    symlinkSync(path, `${path}.link`)
    symlinkSync(`${path}.link`, `${path}.link2`)
    expect((await open(`${path}.link2`)).path).toBe(realpathSync(path))
  })

  it('is of one run at a time', async () => {
    const path = await tempFile('x')
    symlinkSync(path, `${path}.link`)
    const first = await openLocked(path, 'out.jsonl', 'found')
    await expect(open(path)).rejects.toThrow(new UsageError('out.jsonl is being written by another run'))
    await expect(open(`${path}.link`)).rejects.toThrow(UsageError)
    closeSync(first.fd)
    first.lock?.release()
    await open(path)
  })

  it.skipIf(process.platform === 'win32')('is a regular file', async () => {
    const fifo = join(await tempFolder(), 'fifo')
    spawnSync('mkfifo', [fifo])
    for (const path of [fifo, '/dev/null']) await expect(open(path)).rejects.toThrow('out.jsonl is no regular file')
    const folder = join(await tempFolder(), 'folder')
    mkdirSync(folder)
    await expect(open(folder)).rejects.toThrow(/EISDIR/)
  })

  it('is opened again where another took its place while it was opened', async () => {
    const path = await tempFile('old')
    let times = 0
    meanwhile.call = () => {
      if (times++ > 2) return
      writeFileSync(`${path}.new`, `new ${times}`)
      renameSync(`${path}.new`, path)
    }
    const { fd } = await open(path)
    expect(readFileSync(fd, 'utf8')).toBe('new 3')
  })

  it('is made again where it was removed while it was opened', async () => {
    const path = await tempFile('old')
    let times = 0
    meanwhile.call = () => {
      if (times++ === 0) rmSync(path)
    }
    const { fd } = await open(path)
    writeSync(fd, 'x')
    expect(readFileSync(path, 'utf8')).toBe('x')
  })

  it('is given up where it is replaced all the time', async () => {
    const path = await tempFile('old')
    meanwhile.call = () => {
      writeFileSync(`${path}.new`, 'x')
      renameSync(`${path}.new`, path)
    }
    await expect(open(path)).rejects.toThrow(SinkError)
  })
})

describe('a file that is to be written from its beginning', () => {
  it('is claimed as long as its name leads to it', async () => {
    const path = await tempFile('old')
    const fd = openSync(path, 'a')
    onTestFinished(() => closeSync(fd))
    expect(await claimByName(fd, path)).toBeUndefined()
  })

  it('is refused where another run has put a new one there in the meantime', async () => {
    const path = await tempFile('old')
    const fd = openSync(path, 'a')
    onTestFinished(() => closeSync(fd))
    meanwhile.call = () => {
      writeFileSync(`${path}.new`, 'compacted')
      renameSync(`${path}.new`, path)
    }
    await expect(claimByName(fd, path)).rejects.toThrow(new UsageError(`${path} is being written by another run`))
    expect(readFileSync(path, 'utf8')).toBe('compacted')
  })

  it('may be no regular file', async () => {
    const fd = openSync('/dev/null', 'a')
    onTestFinished(() => closeSync(fd))
    expect(await claimByName(fd, '/dev/null')).toBeUndefined()
  })
})
