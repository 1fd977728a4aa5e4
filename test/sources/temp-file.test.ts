// The temporary file: what is appended can be read, by nobody else, and it has no name.

import { mkdirSync, readdirSync, readlinkSync, rmdirSync, statSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { describe, expect, it, onTestFinished } from 'vitest'
import { bufferBytes, TempFile, type TempFileOptions } from '../../src/sources/temp-file.js'
import { createDirectory, createRandom } from './reading.js'

const isLinux = process.platform === 'linux'

function openFile(options: TempFileOptions = {}): TempFile {
  const file = new TempFile({ folder: createDirectory(), ...options })
  onTestFinished(() => file.close())
  return file
}

/** What descriptors of this process lead to in the folder. */
function descriptorsIn(folder: string): { path: string; mode: number; size: number }[] {
  return readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      const path = readlinkSync(`/proc/self/fd/${fd}`)
      const { mode, size } = statSync(`/proc/self/fd/${fd}`)
      return path.startsWith(`${folder}/`) ? [{ path, mode: mode & 0o7777, size }] : []
    } catch {
      // The one that the folder was read with.
      return []
    }
  })
}

function systemError(code: string): Error {
  return Object.assign(new Error(code), { code })
}

describe('the temporary file', () => {
  it.runIf(isLinux)('has no name once it is open, and is for its owner alone', () => {
    const folder = createDirectory()
    const umask = process.umask(0)
    onTestFinished(() => void process.umask(umask))
    const file = new TempFile({ folder })
    expect(readdirSync(folder)).toEqual([])
    expect(descriptorsIn(folder)).toEqual([
      { path: expect.stringMatching(/\/poolfetch-[0-9a-f-]{36} \(deleted\)$/), mode: 0o600, size: 0 },
    ])
    file.close()
    expect(descriptorsIn(folder)).toEqual([])
  })

  it.runIf(isLinux)('is made where TMPDIR says', () => {
    const folder = createDirectory()
    const before = process.env['TMPDIR']
    process.env['TMPDIR'] = folder
    onTestFinished(() => {
      if (before === undefined) delete process.env['TMPDIR']
      else process.env['TMPDIR'] = before
    })
    expect(tmpdir()).toBe(folder)
    const file = new TempFile()
    expect(descriptorsIn(folder)).toHaveLength(1)
    file.close()
  })

  it('throws what the system says where it cannot be made', () => {
    const folder = createDirectory()
    mkdirSync(`${folder}/gone`)
    rmdirSync(`${folder}/gone`)
    expect(() => new TempFile({ folder: `${folder}/gone` })).toThrow(expect.objectContaining({ code: 'ENOENT' }))
  })

  it('gives back what was appended, written or not, also while more is appended', async () => {
    const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31))
    const random = createRandom(seed)
    for (let round = 0; round < 10; round++) {
      const file = openFile()
      const content: Buffer[] = []
      const reads: Promise<void>[] = []
      for (let step = 0; step < 100; step++) {
        const bytes = Buffer.alloc(random(random(8) === 0 ? 3 * bufferBytes : 5000), step)
        file.append(bytes)
        content.push(bytes)
        const whole = Buffer.concat(content)
        expect(file.length).toBe(whole.length)
        const position = random(whole.length + 1)
        const length = random(200_000)
        const check = (read: Buffer): void => {
          const isSame = read.equals(whole.subarray(position, position + length))
          expect(isSame, `SEED=${seed}, round ${round}, step ${step}`).toBe(true)
        }
        reads.push(file.read(position, length).then(check))
        if (random(3) === 0) await Promise.all(reads.splice(0))
      }
      await Promise.all(reads)
    }
  })

  it.runIf(isLinux)('starts over when it is cleared, and gives the room back', async () => {
    const folder = createDirectory()
    const file = openFile({ folder })
    file.append(Buffer.alloc(3 * bufferBytes, 1))
    expect(descriptorsIn(folder)[0]?.size).toBe(3 * bufferBytes)
    file.clear()
    expect(descriptorsIn(folder)[0]?.size).toBe(0)
    expect(file.length).toBe(0)
    file.append(Buffer.from('again'))
    expect((await file.read(0, 10)).toString()).toBe('again')
  })

  it('goes on where less was written than it asked for', async () => {
    const file = openFile({
      write: (fd, bytes, offset, length, position) => writeSync(fd, bytes, offset, Math.ceil(length / 3), position),
    })
    const bytes = Buffer.from(Array.from({ length: 2 * bufferBytes }, (_, index) => index % 251))
    file.append(bytes.subarray(0, 1000))
    file.append(bytes.subarray(1000))
    expect((await file.read(0, bytes.length)).equals(bytes)).toBe(true)
  })

  it('keeps what was there before when a write fails, and nothing of what did not fit', async () => {
    let room = bufferBytes + 10
    const file = openFile({
      write: (fd, bytes, offset, length, position) => {
        if (position >= room) throw systemError('ENOSPC')
        return writeSync(fd, bytes, offset, Math.min(length, room - position), position)
      },
    })
    const full = systemError('ENOSPC').message
    file.append(Buffer.alloc(bufferBytes, 1))
    file.append(Buffer.alloc(bufferBytes, 2))
    expect(() => file.append(Buffer.alloc(bufferBytes, 3))).toThrow(full)
    expect(() => file.append(Buffer.alloc(2 * bufferBytes, 4))).toThrow(full)
    expect(file.length).toBe(2 * bufferBytes)
    const expected = Buffer.concat([Buffer.alloc(bufferBytes, 1), Buffer.alloc(bufferBytes, 2)])
    expect((await file.read(0, 4 * bufferBytes)).equals(expected)).toBe(true)
    room = Number.POSITIVE_INFINITY
    file.append(Buffer.alloc(bufferBytes, 5))
    expect((await file.read(0, 2 * bufferBytes)).equals(expected)).toBe(true)
    expect((await file.read(2 * bufferBytes, bufferBytes)).equals(Buffer.alloc(bufferBytes, 5))).toBe(true)
  })
})
