import { execFileSync, spawnSync } from 'node:child_process'
import {
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ReaderGoneError, SinkError, systemCode } from '../../src/core/errors.js'
import { Descriptor, type FileCalls, systemCalls as fileCalls } from '../../src/sinks/descriptor.js'
import type { Texts } from '../../src/sinks/text-queue.js'

const folder = mkdtempSync(join(tmpdir(), 'poolfetch-descriptor-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** Every line is a text. */
function textsOf(lines: Buffer | string): Texts {
  const bytes = Buffer.from(lines)
  return { bytes, ends: [...bytes.entries()].flatMap(([index, byte]) => (byte === 0x0a ? [index + 1] : [])) }
}

/** Both ends of a FIFO that never block. */
function openPipe(name: string): { readonly reader: number; readonly writer: number } {
  const path = join(folder, name)
  execFileSync('mkfifo', [path])
  const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  return { reader, writer: openSync(path, constants.O_WRONLY | constants.O_NONBLOCK) }
}

/** Reads so many bytes of a non-blocking pipe, as they come. */
async function readBytes(fd: number, count: number): Promise<Buffer> {
  const bytes = Buffer.alloc(count)
  let filled = 0
  while (filled < count) {
    try {
      filled += readSync(fd, bytes, filled, Math.min(10_000, count - filled), null)
    } catch (error) {
      if (systemCode(error) !== 'EAGAIN') throw error
    }
    await turn()
  }
  return bytes
}

describe('a descriptor', () => {
  it('gets everything through a pipe that takes a part at a time and then nothing', async () => {
    const { reader, writer } = openPipe('slow')
    const descriptor = await Descriptor.open(writer, 'pipe')
    const lines = Buffer.from(Array.from({ length: 30_000 }, (_, index) => `line ${index}\n`).join(''))
    const written = descriptor.write(textsOf(lines))
    // The pipe holds 64 KiB: the rest waits while the event loop goes on.
    await turn()
    const [received] = await Promise.all([readBytes(reader, lines.length), written])
    expect(received.equals(lines)).toBe(true)
    await descriptor.close()
    closeSync(reader)
  })

  it('says that its reader is gone', async () => {
    const { reader, writer } = openPipe('gone')
    const descriptor = await Descriptor.open(writer, 'standard output')
    closeSync(reader)
    const error = await descriptor.write(textsOf('a\n')).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(ReaderGoneError)
    expect(error).toHaveProperty('message', 'cannot write standard output: its reader is gone')
    expect(() => descriptor.writeSync(textsOf('a\n'))).toThrow(ReaderGoneError)
    await descriptor.close()
  })

  it.skipIf(!existsSync('/dev/full'))('says that there is no space left', async () => {
    const descriptor = await Descriptor.open(openSync('/dev/full', 'w'), '/dev/full')
    const full = new SinkError('cannot write /dev/full: no space left on device')
    await expect(descriptor.write(textsOf('a\n'))).rejects.toThrow(full)
    expect(() => descriptor.writeSync(textsOf('a\n'))).toThrow(full)
    await descriptor.close()
  })

  it('says what is wrong with a descriptor that is not open', async () => {
    const fd = openSync(join(folder, 'closed'), 'w')
    closeSync(fd)
    await expect(Descriptor.open(fd, 'output')).rejects.toThrow(
      new SinkError('cannot write output: bad file descriptor'),
    )
  })
})

describe('a regular file of texts that have more than a line each', () => {
  /** Takes so many bytes in all, 7 at a time, then fails. */
  function shortWrites(room: number): FileCalls {
    return {
      ...fileCalls,
      async write(fd, bytes, offset, length) {
        const taken = Math.min(7, length, room)
        room -= taken
        if (taken === 0) throw Object.assign(new Error('full'), { code: 'EDQUOT' })
        return writeSync(fd, bytes, offset, taken)
      },
    }
  }

  it.each([
    [0, ''],
    [3, ''],
    [11, 'one\n two\n'],
    [10, 'one\n two\n'],
    [1000, 'one\n two\nthree\n four\n'],
  ])('is cut back to the last whole one when there is room for %i bytes', async (room, expected) => {
    const path = join(folder, 'texts')
    writeFileSync(path, 'before\n')
    const descriptor = await Descriptor.open(openSync(path, 'a'), 'out', shortWrites(room))
    const texts = ['one\n two\n', 'three\n four\n']
    const ends = texts.map((_, index) => texts.slice(0, index + 1).join('').length)
    const written = descriptor.write({ bytes: Buffer.from(texts.join('')), ends })
    if (room < 23) await expect(written).rejects.toThrow(new SinkError('cannot write out: disk quota exceeded'))
    await written.catch(() => {})
    expect(readFileSync(path, 'utf8')).toBe(`before\n${expected}`)
    expect(descriptor.writtenTexts).toBe(texts.filter((text) => expected.includes(text)).length)
    await descriptor.close()
  })

  it('says so where it cannot be cut back', async () => {
    const refuse = () => Promise.reject(Object.assign(new Error('no'), { code: 'EIO' }))
    const calls = { ...shortWrites(3), ftruncate: refuse }
    const descriptor = await Descriptor.open(openSync(join(folder, 'uncut'), 'a'), 'out', calls)
    const cut = 'cannot write out: disk quota exceeded, and its last line is cut off: the device failed (I/O error)'
    await expect(descriptor.write(textsOf('one\n two\n'))).rejects.toThrow(new SinkError(cut))
    await descriptor.close()
  })
})

/** Writes 2,000 lines of 101 bytes to its stdout, and says on stderr how that ended. */
const program = `
import { writeSync } from 'node:fs'
import { Descriptor } from './sinks/descriptor.js'
const descriptor = await Descriptor.open(1, 'out')
const someoneElses = process.argv[2] ?? ''
try {
  for (let batch = 0; batch < 20; batch++) {
    const ends = Array.from({ length: 100 }, (_, index) => 101 * (index + 1))
    await descriptor.write({ bytes: Buffer.from(('x'.repeat(100) + '\\n').repeat(100)), ends })
    if (batch === 0) writeSync(1, someoneElses)
  }
  process.stderr.write('all written')
} catch (error) {
  process.stderr.write(error.name + ': ' + error.message + '; ' + descriptor.writtenTexts + ' whole')
}
`

describe.skipIf(process.platform === 'win32')('a regular file that may not grow any more', () => {
  const compiled = join(folder, 'compiled')
  beforeAll(() => {
    // What runs in a child is compiled for it, so that these tests need no build.
    const flags = '--ignoreConfig --noCheck --target es2023 --module nodenext --rootDir src'.split(' ')
    const compiler = join('node_modules', 'typescript', 'bin', 'tsc')
    execFileSync(process.execPath, [compiler, ...flags, '--outDir', compiled, 'src/sinks/descriptor.ts'])
    mkdirSync(compiled, { recursive: true })
    writeFileSync(join(compiled, 'package.json'), '{"type":"module"}')
    writeFileSync(join(compiled, 'program.js'), program)
  })

  /** The shell counts in blocks of 512 or of 1024 bytes: the limit is far below what is written either way. */
  function writeUnderLimit(path: string, someoneElses = ''): string {
    const script = 'ulimit -f 64; exec "$0" "$1" "$2" >> "$3"'
    const args = ['-c', script, process.execPath, join(compiled, 'program.js'), someoneElses, path]
    return spawnSync('sh', args, { encoding: 'utf8' }).stderr
  }

  it('is cut back to its last whole line', () => {
    const path = join(folder, 'limited')
    const said = writeUnderLimit(path)
    const bytes = readFileSync(path).length
    // Whole lines of 101 bytes, and as many as the limit has room for: 32 KiB / 101 or 64 KiB / 101.
    expect([Math.floor(32_768 / 101) * 101, Math.floor(65_536 / 101) * 101]).toContain(bytes)
    expect(said).toBe(`SinkError: cannot write out: file too large; ${bytes / 101} whole`)
  })

  it('keeps what stood in it before', () => {
    const path = join(folder, 'appended')
    writeFileSync(path, 'header\n')
    expect(writeUnderLimit(path)).toMatch(/^SinkError: cannot write out: file too large; \d+ whole$/)
    expect(readFileSync(path, 'utf8')).toMatch(/^header\n(?:x{100}\n)+$/)
  })

  it('is not cut where someone else writes to it as well', () => {
    const path = join(folder, 'shared')
    expect(writeUnderLimit(path, 'from someone else\n')).toMatch(
      /^SinkError: cannot write out: file too large; \d+ whole$/,
    )
    expect([32_768, 65_536]).toContain(readFileSync(path).length)
  })
})
