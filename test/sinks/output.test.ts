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
import { ReaderGoneError, SinkError, UsageError } from '../../src/core/errors.js'
import { type Output, openDescriptorOutput, openFileOutput } from '../../src/sinks/output.js'

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

  it('leaves an empty file where nothing was written', async () => {
    await writeAll(await openFileOutput(inFolder('empty'), { overwrite: false }), [])
    expect(readFileSync(inFolder('empty'), 'utf8')).toBe('')
  })

  it('refuses a file that has content, and leaves it as it is', async () => {
    const path = inFolder('kept')
    writeFileSync(path, 'precious\n')
    const refusal = new UsageError(`--output ${path} exists and is not empty: give --overwrite to replace it`)
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
    const full = new SinkError('cannot write /dev/full: no space left on device')
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
    await expect(output.close()).rejects.toThrow(new SinkError('cannot write terminal: no space left on device'))
    expect(events).toEqual(['hide', 'show'])
    closeSync(fd)
  })
})
