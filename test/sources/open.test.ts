// Operands: what can be read, what is said where it cannot, and that nothing stays open.

import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, constants, createReadStream, openSync, symlinkSync, writeSync } from 'node:fs'
import { chmod, open as openFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { InputError } from '../../src/core/errors.js'
import { openSource } from '../../src/sources/index.js'
import { createDirectory, createList, open, readAll, template, urls, itemsOf } from './reading.js'

const isRoot = process.getuid?.() === 0
const isLinux = process.platform === 'linux'

async function inputError(attempt: Promise<unknown>): Promise<string> {
  const error: unknown = await attempt.then(() => undefined).catch((reason: unknown) => reason)
  if (!(error instanceof InputError)) throw new Error('expected an InputError', { cause: error })
  return error.message
}

async function* failMidway(): AsyncGenerator<Buffer> {
  yield Buffer.from('http://a/\nhttp://b')
  await Promise.resolve()
  throw Object.assign(new Error('EIO: i/o error, read'), { code: 'EIO' })
}

function createFifo(): string {
  const path = join(createDirectory(), 'fifo')
  expect(spawnSync('mkfifo', [path]).status).toBe(0)
  return path
}

function writeError(fd: number): unknown {
  try {
    writeSync(fd, '\n')
    return undefined
  } catch (error) {
    return error instanceof Error && 'code' in error ? error.code : error
  }
}

const utf16 = (text: string): Buffer => Buffer.from(text, 'utf16le')

describe('a list that cannot be read', () => {
  it('is an InputError that names it, before anything is read', async () => {
    const good = createList('http://a/\n')
    expect(await inputError(open([good, '/nowhere/urls.txt']))).toBe('cannot read /nowhere/urls.txt: no such file')
    expect(await inputError(open([good, createDirectory()]))).toMatch(/^cannot read \/.*: it is a directory$/)
    expect(await inputError(open([`${good}/x`]))).toBe(`cannot read ${good}/x: no such file`)
    expect(await inputError(open(['']))).toBe("cannot read '': no such file")
  })

  it('is told in one line, whatever its name', async () => {
    expect(await inputError(open(['/nowhere/a\nb\u001b[2J']))).toBe(
      'cannot read /nowhere/a\\u000ab\\u001b[2J: no such file',
    )
  })

  it('that is a URL comes with advice', async () => {
    expect(await inputError(open(['https://example.com/']))).toBe(
      'cannot read https://example.com/: no such file (a list is a file; to fetch one URL: echo URL | poolfetch)',
    )
  })

  it.skipIf(isRoot)('for want of permission says so', async () => {
    const path = createList('http://a/\n')
    await chmod(path, 0)
    expect(await inputError(open([path]))).toBe(`cannot read ${path}: permission denied`)
  })

  it('because its links go round says so', async () => {
    const path = join(createDirectory(), 'loop')
    symlinkSync(path, path)
    expect(await inputError(open([path]))).toBe(`cannot read ${path}: too many levels of symbolic links`)
  })

  it.runIf(isLinux)('for an input/output error says so', async () => {
    expect(await inputError(open(['/proc/self/mem']))).toBe('cannot read /proc/self/mem: input/output error')
  })

  it('because it is a socket says so', async () => {
    const path = join(createDirectory(), 'socket')
    const server = createServer().listen(path)
    await once(server, 'listening')
    expect(await inputError(open([path]))).toBe(`cannot read ${path}: it is a socket`)
    server.close()
  })

  it('midway is an InputError of the iteration, after the lines before it', async () => {
    const seen: string[] = []
    const source = await open(['-'], { stdin: Readable.from(failMidway()) })
    const reading = (async () => {
      for await (const { url } of itemsOf(source)) seen.push(url)
    })()
    expect(await inputError(reading)).toBe('cannot read standard input: input/output error')
    expect(seen).toEqual(['http://a/'])
  })

  it('as standard input, a directory, is one too', async () => {
    const source = await open([], { stdin: createReadStream('/') })
    expect(await inputError(readAll(source))).toBe('cannot read standard input: it is a directory')
  })

  it('because it is gone when its turn comes is one too', async () => {
    const first = createList('http://a/\n')
    const directory = createDirectory()
    const second = join(directory, 'second.txt')
    await (await openFile(second, 'w')).close()
    const source = await open([first, second])
    spawnSync('rm', [second])
    expect(await inputError(readAll(source))).toBe(`cannot read ${second}: no such file`)
  })
})

describe('standard input', () => {
  it('is read for - and where there is no operand', async () => {
    expect(urls(await readAll(await open(['-'], { stdin: Readable.from(['http://a/\n']) })))).toEqual(['http://a/'])
    expect(urls(await readAll(await open([], { stdin: Readable.from(['http://a/\n']) })))).toEqual(['http://a/'])
    expect(urls(await readAll(await open(['/dev/stdin'], { stdin: Readable.from(['http://a/']) })))).toEqual([
      'http://a/',
    ])
  })

  it('can be read once', async () => {
    expect(await inputError(open(['-', createList(''), '-']))).toBe('standard input can be read only once')
  })

  it('is not touched where it is not asked for', async () => {
    const options = {
      format: 'auto',
      template,
      wallNow: () => 0,
      countTotal: true,
      get stdin(): Readable {
        throw new Error('touched')
      },
    }
    const source = await openSource([createList('http://a/\n')], options)
    expect(await readAll(source)).toHaveLength(1)
  })
})

describe('encodings', () => {
  it.each([
    ['little-endian with BOM', Buffer.concat([Buffer.from([0xff, 0xfe]), utf16('http://a/\n')])],
    ['big-endian with BOM', Buffer.concat([Buffer.from([0xff, 0xfe]), utf16('http://a/\n')]).swap16()],
    ['little-endian without BOM', utf16('http://a/\n')],
    ['big-endian without BOM', utf16('http://a/\n').swap16()],
    ['nothing but a BOM', Buffer.from([0xfe, 0xff])],
  ])('refuses UTF-16, %s, in a file and in standard input however cut', async (_what, bytes) => {
    const path = createList(bytes)
    const advice = 'is UTF-16: convert it to UTF-8 (iconv -f UTF-16 -t UTF-8)'
    expect(await inputError(open([createList('http://a/'), path]))).toBe(`${path} ${advice}`)
    for (let at = 0; at <= bytes.length; at++) {
      const stdin = Readable.from([bytes.subarray(0, at), bytes.subarray(at)], { objectMode: false })
      const source = await open(['-'], { stdin })
      expect(await inputError(readAll(source))).toBe(`standard input ${advice}`)
    }
  })

  it('strips a BOM from the start of every list, however cut, and nowhere else', async () => {
    const bytes = Buffer.from('\ufeff#c\na.example\n\ufeffb.example')
    const path = createList(bytes)
    for (let at = 0; at <= 5; at++) {
      const stdin = Readable.from([bytes.subarray(0, at), bytes.subarray(at)], { objectMode: false })
      const items = await readAll(await open([path, '-', path], { stdin }))
      expect(urls(items)).toEqual(Array.from({ length: 3 }, () => ['a.example', '\ufeffb.example']).flat())
    }
  })

  it('finds no URL in a BOM alone, and a bad one in a piece of it', async () => {
    expect(await readAll(await open([createList('\ufeff')]))).toEqual([])
    expect(await readAll(await open([createList(Buffer.from([0xef, 0xbb]))]))).toMatchObject([
      { kind: 'rejected', failure: { code: 'INVALID_UTF8' } },
    ])
  })

  it('does not take a NUL in a line for UTF-16', async () => {
    for (const text of ['a\0', '\0a', 'a\0b', 'a\0\0\0b', 'ab\0\0', '\0\0\0\0']) {
      expect(await readAll(await open([createList(text)]))).toHaveLength(1)
    }
  })

  it('gives a line of one character at once', async () => {
    const stdin = new PassThrough()
    const iterator = itemsOf(await open(['-'], { stdin }))
    stdin.write('a\n')
    expect((await iterator.next()).value).toMatchObject({ url: 'a' })
    await iterator.return(undefined)
  })
})

describe.runIf(isLinux)('pipes and devices', () => {
  it('reads a FIFO to its end, also where the writer comes late', async () => {
    const path = createFifo()
    const reading = readAll(await open([path]))
    const writer = await openFile(path, 'w')
    await writer.write('http://a/\nhttp://')
    await writer.write('b/\n')
    await writer.close()
    expect(urls(await reading)).toEqual(['http://a/', 'http://b/'])
  })

  it('does not touch a FIFO before its turn', async () => {
    const path = createFifo()
    // Opened for both, it never blocks, and the bytes stay in the FIFO for as long as it is open.
    const keeper = openSync(path, constants.O_RDWR)
    writeSync(keeper, 'http://b/\n')
    const iterator = itemsOf(await open([createList('http://a/\n'), path]))
    expect((await iterator.next()).value).toMatchObject({ id: 1, url: 'http://a/' })
    expect((await iterator.next()).value).toMatchObject({ id: 2, url: 'http://b/' })
    closeSync(keeper)
    expect((await iterator.next()).done).toBe(true)
  })

  it('reads what a process substitution gives', async () => {
    const path = createFifo()
    const keeper = openSync(path, constants.O_RDWR)
    writeSync(keeper, 'http://a/\n')
    const iterator = itemsOf(await open([`/dev/fd/${keeper}`]))
    expect((await iterator.next()).value).toMatchObject({ url: 'http://a/' })
    await iterator.return(undefined)
    closeSync(keeper)
  })

  it('closes a FIFO when the reader has enough', async () => {
    const path = createFifo()
    const iterator = itemsOf(await open([path]))
    const first = iterator.next()
    const writer = openSync(path, constants.O_WRONLY)
    writeSync(writer, 'http://a/\nhttp://b/\n')
    expect((await first).value).toMatchObject({ url: 'http://a/' })
    await iterator.return(undefined)
    await expect.poll(() => writeError(writer)).toBe('EPIPE')
    closeSync(writer)
  })

  it('ends when the signal aborts though a FIFO has no writer, or an idle one', async () => {
    for (const withWriter of [false, true]) {
      const path = createFifo()
      const ending = new AbortController()
      const next = itemsOf(await open([path], { signal: ending.signal })).next()
      const writer = withWriter ? openSync(path, constants.O_WRONLY) : undefined
      ending.abort()
      expect(await next).toEqual({ done: true, value: undefined })
      if (writer === undefined) continue
      await expect.poll(() => writeError(writer)).toBe('EPIPE')
      closeSync(writer)
    }
  })

  it('reads /dev/null as an empty list', async () => {
    expect(await readAll(await open(['/dev/null']))).toEqual([])
  })

  it('ends in the middle of /dev/zero', async () => {
    const ending = new AbortController()
    const next = itemsOf(await open(['/dev/zero'], { signal: ending.signal })).next()
    setImmediate(() => ending.abort())
    expect((await next).done).toBe(true)
  })
})
