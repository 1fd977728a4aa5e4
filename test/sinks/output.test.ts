import { execFileSync } from 'node:child_process'
import {
  closeSync,
  existsSync,
  fstatSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { open } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest'
import { OutputError, ReaderGoneError, SinkError, UsageError } from '../../src/core/errors.js'
import { type FileCalls, systemCalls } from '../../src/sinks/descriptor.js'
import { type Output, openDescriptorOutput, openFileOutput, openOwnedOutput } from '../../src/sinks/output.js'

const folder = mkdtempSync(join(tmpdir(), 'poolfetch-output-'))
afterAll(() => rmSync(folder, { recursive: true }))
afterEach(() => void vi.useRealTimers())

const inFolder = (name: string) => join(folder, name)

async function writeAll(output: Output, texts: Iterable<string>): Promise<void> {
  for (const text of texts) await output.write(text)
  await output.close()
}

describe('openFileOutput', () => {
  it('makes a file that holds every text in order', async () => {
    const texts = Array.from(
      { length: 50_000 },
      (_, index) => `{"id":${index},"url":"https://例え.example/${index}"}\n`,
    )
    await writeAll(await openFileOutput(inFolder('new'), { overwrite: false }), texts)
    expect(readFileSync(inFolder('new'), 'utf8')).toBe(texts.join(''))
  })

  it('has in the file what was written in a turn of the event loop when it says that it is recorded', async () => {
    const output = await openFileOutput(inFolder('recorded'), { overwrite: false })
    for (let round = 1; round <= 3; round++) {
      const recorded = output.recorded()
      void output.write('a\n')
      expect(output.recorded()).toBe(recorded)
      void output.write('b\n')
      await recorded
      expect(readFileSync(inFolder('recorded'), 'utf8')).toBe('a\nb\n'.repeat(round))
    }
    await output.close()
  })

  it('makes nobody wait who could not be told anyway', async () => {
    const { calls } = failing('write', 1, 'ENOSPC')
    const output = await openFileOutput(inFolder('unrecorded'), { overwrite: false, calls })
    void output.write('a\n')
    await output.recorded()
    await expect(output.close()).rejects.toThrow('ENOSPC')
    const device = await openFileOutput('/dev/null', { overwrite: false })
    expect(device.recorded()).toBeUndefined()
    await device.close()
  })

  it('leaves an empty file where nothing was written', async () => {
    await writeAll(await openFileOutput(inFolder('empty'), { overwrite: false }), [])
    expect(readFileSync(inFolder('empty'), 'utf8')).toBe('')
  })

  it('refuses a file that has content, and leaves it as it is', async () => {
    const path = inFolder('kept')
    writeFileSync(path, 'precious\n')
    const refusal = new UsageError(
      `--output ${path} exists and is not empty: give --resume to go on with it, --overwrite to replace it`,
    )
    await expect(openFileOutput(path, { overwrite: false })).rejects.toThrow(refusal)
    expect(readFileSync(path, 'utf8')).toBe('precious\n')
  })

  it('replaces a file that has content where that is wanted', async () => {
    writeFileSync(inFolder('old'), 'a long text that was here before\n')
    await writeAll(await openFileOutput(inFolder('old'), { overwrite: true }), ['new\n'])
    expect(readFileSync(inFolder('old'), 'utf8')).toBe('new\n')
  })

  it('takes an empty file that exists', async () => {
    writeFileSync(inFolder('touched'), '')
    await writeAll(await openFileOutput(inFolder('touched'), { overwrite: false }), ['new\n'])
    expect(readFileSync(inFolder('touched'), 'utf8')).toBe('new\n')
  })

  it.each([
    ['a directory', '.', 'it is a directory'],
    ['a folder that does not exist', 'missing/out.jsonl', 'no such directory'],
    ['a folder that is a file', 'touched/out.jsonl', 'not a directory'],
  ])('says what is wrong with %s', async (_, name, reason) => {
    writeFileSync(inFolder('touched'), '')
    const path = inFolder(name)
    const failure = new SinkError(`cannot write ${path}: ${reason}`)
    await expect(openFileOutput(path, { overwrite: true })).rejects.toThrow(failure)
    expect(existsSync(inFolder('missing'))).toBe(false)
  })

  it.skipIf(!existsSync('/dev/full'))('fails where a device is full, from then on and when it is closed', async () => {
    const output = await openFileOutput('/dev/full', { overwrite: false })
    const full = 'cannot write /dev/full: no space left on device'
    expect(output.write('a\n')).toBeUndefined()
    await expect(output.close()).rejects.toThrow(full)
    await expect(output.write('b\n')).rejects.toThrow(full)
  })

  it('goes on at the end of a file that is open as /dev/fd/N, and leaves it open', async () => {
    const fd = openSync(inFolder('inherited'), 'a')
    writeFileSync(inFolder('inherited'), 'before\n')
    await writeAll(await openFileOutput(`/dev/fd/${fd}`, { overwrite: false }), ['after\n'])
    expect(readFileSync(inFolder('inherited'), 'utf8')).toBe('before\nafter\n')
    expect(fstatSync(fd).isFile()).toBe(true)
    closeSync(fd)
  })
})

/** Calls of which the k-th of one kind fails, from 1; and what was called. */
function failing(kind: keyof FileCalls, k: number, code: string) {
  const called: (keyof FileCalls)[] = []
  const count = (name: keyof FileCalls) => {
    called.push(name)
    if (name === kind && called.filter((other) => other === kind).length === k)
      throw Object.assign(new Error(code), { code })
  }
  const calls: FileCalls = {
    write: async (...args) => (count('write'), systemCalls.write(...args)),
    fdatasync: async (...args) => (count('fdatasync'), systemCalls.fdatasync(...args)),
    fstat: async (...args) => (count('fstat'), systemCalls.fstat(...args)),
    ftruncate: async (...args) => (count('ftruncate'), systemCalls.ftruncate(...args)),
    close: async (...args) => (count('close'), systemCalls.close(...args)),
  }
  return { calls, called }
}

/** What it rejects with. */
async function errorOf(promise: Promise<void> | void): Promise<unknown> {
  try {
    await promise
  } catch (error) {
    return error
  }
  throw new Error('it was fulfilled')
}

describe('an output that owns a file', () => {
  it('goes on at its end, header or not, and closes it', async () => {
    writeFileSync(inFolder('resumed'), 'before\n')
    const fd = openSync(inFolder('resumed'), 'a')
    const output = await openOwnedOutput(fd, 'out.jsonl')
    await output.writeHeader('header\n')
    await writeAll(output, ['a\n', 'b\n'])
    expect(readFileSync(inFolder('resumed'), 'utf8')).toBe('before\nheader\na\nb\n')
    expect(() => fstatSync(fd)).toThrow('EBADF')
  })

  it('keeps appending where the file is cut meanwhile, and leaves no hole', async () => {
    const output = await openFileOutput(inFolder('rotated'), { overwrite: false })
    void output.write('a\n')
    while (readFileSync(inFolder('rotated'), 'utf8') === '') await turn()
    writeFileSync(inFolder('rotated'), '')
    await writeAll(output, ['b\n'])
    expect(readFileSync(inFolder('rotated'), 'utf8')).toBe('b\n')
  })

  it('says how many records are safe in it and how many are lost, without the header', async () => {
    writeFileSync(inFolder('full'), 'before\n')
    const { calls } = failing('write', 3, 'ENOSPC')
    const output = await openOwnedOutput(openSync(inFolder('full'), 'a'), 'out.csv', { calls })
    await output.writeHeader('header\n')
    for (const [index, text] of ['a\n', 'b\n', 'c\n', 'd\n'].entries()) {
      void output.write(text)
      // The header and a go out together, b alone; c is refused, and d with it or after it.
      const expected = index < 2 ? text : 'b\n'
      while (!readFileSync(inFolder('full'), 'utf8').endsWith(expected)) await turn()
    }
    const error = await errorOf(output.close())
    expect(error).toBeInstanceOf(OutputError)
    expect(error).toMatchObject({
      message: 'cannot write out.csv: ENOSPC',
      records: { safe: 2, lost: 2, isFile: true },
    })
    void output.write('e\n')?.catch(() => {})
    expect(error).toMatchObject({ records: { safe: 2, lost: 3 } })
    expect(readFileSync(inFolder('full'), 'utf8')).toBe('before\nheader\na\nb\n')
  })

  it.each(['interval', 'always'] as const)('is on the disk before it is closed (--fsync %s)', async (fsync) => {
    const { calls, called } = failing('fstat', 9, '')
    await writeAll(await openFileOutput(inFolder(`synced-${fsync}`), { overwrite: true, fsync, calls }), ['a\n'])
    expect(called).toEqual(['fstat', 'write', 'fdatasync', 'close'])
  })

  it('is left to the system with --fsync never', async () => {
    const { calls, called } = failing('fstat', 9, '')
    const options = { overwrite: true, fsync: 'never', calls } as const
    await writeAll(await openFileOutput(inFolder('unsynced'), options), ['a\n'])
    expect(called).toEqual(['fstat', 'write', 'close'])
  })

  it('has at most one batch that is not on the disk with --fsync always', async () => {
    const { calls, called } = failing('fstat', 9, '')
    const output = await openFileOutput(inFolder('always'), { overwrite: true, fsync: 'always', calls })
    for (let index = 0; index < 20; index++) {
      void output.write(`${index}\n`)
      await turn()
    }
    await output.close()
    const writes = called.filter((name) => name === 'write' || name === 'fdatasync')
    expect(writes.join(' ')).toMatch(/^(?:write fdatasync ?)+$/)
  })

  it('counts as lost what could not be brought to the disk', async () => {
    const { calls } = failing('fdatasync', 2, 'EIO')
    const output = await openFileOutput(inFolder('bad-disk'), { overwrite: true, fsync: 'always', calls })
    void output.write('a\n')
    while (readFileSync(inFolder('bad-disk'), 'utf8') === '') await turn()
    void output.write('b\n')
    const error = await errorOf(output.close())
    expect(error).toMatchObject({
      message: 'cannot write ' + inFolder('bad-disk') + ' to the disk: the device failed (I/O error)',
      records: { safe: 1, lost: 1 },
    })
  })

  it('is closed, and says what came first, where both the last write and the sync fail', async () => {
    const write = failing('write', 2, 'ENOSPC')
    const sync = failing('fdatasync', 1, 'EIO')
    const calls = { ...write.calls, fdatasync: (fd: number) => sync.calls.fdatasync(fd) }
    const output = await openFileOutput(inFolder('twice'), { overwrite: true, calls })
    void output.write('a\n')
    while (readFileSync(inFolder('twice'), 'utf8') === '') await turn()
    void output.write('b\n')
    const error = await errorOf(output.close())
    expect(error).toMatchObject({ message: expect.stringContaining('ENOSPC'), records: { safe: 0, lost: 2 } })
    expect(write.called.at(-1)).toBe('close')
  })

  it('keeps whole lines and a true count whichever write fails, and however short writes are', async () => {
    const texts = Array.from({ length: 30 }, (_, index) => `record ${index}\n line two of it\n`)
    for (let k = 1; k <= 31; k++) {
      let writes = 0
      const calls: FileCalls = {
        ...systemCalls,
        async write(fd, bytes, offset, length) {
          if (++writes === k) throw Object.assign(new Error('full'), { code: 'EFBIG' })
          return systemCalls.write(fd, bytes, offset, Math.min(length, 19))
        },
      }
      const output = await openFileOutput(inFolder('torn'), { overwrite: true, calls })
      for (const text of texts) void output.write(text)?.catch(() => {})
      const error = await errorOf(output.close())
      const content = readFileSync(inFolder('torn'), 'utf8')
      const safe = content.split('\n').length >> 1
      expect(content).toBe(texts.slice(0, safe).join(''))
      expect(error).toMatchObject({ records: { safe, lost: 30 - safe } })
    }
  })
})

describe('an output over a FIFO', () => {
  /** Waits until a reader has opened it, as a shell's redirection does. */
  async function openFifo(name: string) {
    execFileSync('mkfifo', [inFolder(name)])
    const [output, reader] = await Promise.all([
      openFileOutput(inFolder(name), { overwrite: false }),
      open(inFolder(name)),
    ])
    return { output, reader }
  }

  it('holds back those who write while its reader is slow, and not the event loop', async () => {
    const { output, reader } = await openFifo('slow')
    const line = `${'x'.repeat(999)}\n`
    const count = 300
    const waiting = Array.from({ length: count }, () => output.write(line)).filter((written) => written !== undefined)
    let hasRoom = false
    const room = Promise.all(waiting).then(() => (hasRoom = true))
    // The pipe is full; this turns the event loop, which a blocking write would not let happen.
    for (let turns = 0; turns < 100; turns++) await turn()
    expect(waiting.length).toBe(count - Math.floor((256 * 1024) / line.length))
    expect(hasRoom).toBe(false)

    const received = reader.readFile()
    await room
    await output.close()
    expect((await received).toString()).toBe(line.repeat(count))
    await reader.close()
  })

  it('says that its reader is gone, to those who wait, to later writes and when it is closed', async () => {
    const { output, reader } = await openFifo('gone')
    const waiting = output.write('x'.repeat(1024 * 1024))
    await Promise.all([expect(waiting).rejects.toThrow(ReaderGoneError), reader.close()])
    await expect(output.write('a\n')).rejects.toThrow(ReaderGoneError)
    await expect(output.close()).rejects.toThrow(ReaderGoneError)
  })
})

describe('openDescriptorOutput', () => {
  it('leaves the descriptor open', async () => {
    const fd = openSync(inFolder('stdout'), 'w+')
    const output = await openDescriptorOutput(fd, 'standard output')
    await writeAll(output, ['a\n', 'b\n'])
    await output.close()
    const bytes = Buffer.alloc(10)
    expect(bytes.toString('utf8', 0, readSync(fd, bytes, 0, 10, 0))).toBe('a\nb\n')
    closeSync(fd)
  })

  it('takes a live area off the terminal for each piece, and at most every 50 ms', async () => {
    const fd = openSync(inFolder('terminal'), 'w+')
    const events: string[] = []
    const content = () => readFileSync(inFolder('terminal'), 'utf8')
    const live = {
      hide: () => void events.push(`hide ${content()}`),
      show: () => void events.push(`show ${content()}`),
    }
    const output = await openDescriptorOutput(fd, 'terminal', live)
    vi.useFakeTimers()

    void output.write('a')
    void output.write('b')
    await vi.advanceTimersByTimeAsync(1)
    expect(events.splice(0)).toEqual(['hide ', 'show ab'])
    void output.write('c')
    await vi.advanceTimersByTimeAsync(40)
    void output.write('d')
    expect(events).toEqual([])
    await vi.advanceTimersByTimeAsync(12)
    expect(events.splice(0)).toEqual(['hide ab', 'show abcd'])
    void output.write('e')
    const closed = output.close()
    await vi.advanceTimersByTimeAsync(0)
    await closed
    expect(events).toEqual(['hide abcd', 'show abcde'])
    expect(vi.getTimerCount()).toBe(0)
    closeSync(fd)
  })

  it.skipIf(!existsSync('/dev/full'))('draws a live area again also where a write fails', async () => {
    const fd = openSync('/dev/full', 'w')
    const events: string[] = []
    const live = { hide: () => void events.push('hide'), show: () => void events.push('show') }
    const output = await openDescriptorOutput(fd, 'terminal', live)
    void output.write('a\n')
    await expect(output.close()).rejects.toThrow('cannot write terminal: no space left on device')
    expect(events).toEqual(['hide', 'show'])
    closeSync(fd)
  })
})
