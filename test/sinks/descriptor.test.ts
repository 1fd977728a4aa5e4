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
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ReaderGoneError, SinkError, systemCode } from '../../src/core/errors.js'
import { Descriptor } from '../../src/sinks/descriptor.js'

const folder = mkdtempSync(join(tmpdir(), 'poolfetch-descriptor-'))
afterAll(() => rmSync(folder, { recursive: true }))

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
    const written = descriptor.write(lines)
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
    const error = await descriptor.write(Buffer.from('a\n')).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(ReaderGoneError)
    expect(error).toHaveProperty('message', 'cannot write standard output: its reader is gone')
    expect(() => descriptor.writeSync(Buffer.from('a\n'))).toThrow(ReaderGoneError)
    await descriptor.close()
  })

  it.skipIf(!existsSync('/dev/full'))('says that there is no space left', async () => {
    const descriptor = await Descriptor.open(openSync('/dev/full', 'w'), '/dev/full')
    const full = new SinkError('cannot write /dev/full: no space left on device')
    await expect(descriptor.write(Buffer.from('a\n'))).rejects.toThrow(full)
    expect(() => descriptor.writeSync(Buffer.from('a\n'))).toThrow(full)
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

/** Writes 2,000 lines of 101 bytes to its stdout, and says on stderr how that ended. */
const program = `
import { writeSync } from 'node:fs'
import { Descriptor } from './sinks/descriptor.js'
const descriptor = await Descriptor.open(1, 'out')
const someoneElses = process.argv[2] ?? ''
try {
  for (let batch = 0; batch < 20; batch++) {
    await descriptor.write(Buffer.from(('x'.repeat(100) + '\\n').repeat(100)))
    if (batch === 0) writeSync(1, someoneElses)
  }
  process.stderr.write('all written')
} catch (error) {
  process.stderr.write(error.name + ': ' + error.message)
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
    expect(writeUnderLimit(path)).toBe('SinkError: cannot write out: file too large')
    const bytes = readFileSync(path).length
    // Whole lines of 101 bytes, and as many as the limit has room for: 32 KiB / 101 or 64 KiB / 101.
    expect([Math.floor(32_768 / 101) * 101, Math.floor(65_536 / 101) * 101]).toContain(bytes)
  })

  it('keeps what stood in it before', () => {
    const path = join(folder, 'appended')
    writeFileSync(path, 'header\n')
    expect(writeUnderLimit(path)).toBe('SinkError: cannot write out: file too large')
    expect(readFileSync(path, 'utf8')).toMatch(/^header\n(?:x{100}\n)+$/)
  })

  it('is not cut where someone else writes to it as well', () => {
    const path = join(folder, 'shared')
    expect(writeUnderLimit(path, 'from someone else\n')).toBe('SinkError: cannot write out: file too large')
    expect([32_768, 65_536]).toContain(readFileSync(path).length)
  })
})
