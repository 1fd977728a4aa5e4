import {
  appendFileSync,
  closeSync,
  ftruncateSync,
  openSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readTail } from '../../src/archive/index.js'
import { InputError } from '../../src/core/errors.js'
import { tempFolder } from '../support/temp.js'
import { readWarc, responsesOf } from '../support/warc.js'
import { archiveResponse, openWarc } from './setup.js'

async function read(path: string, checkedBytes?: number) {
  const fd = openSync(path, 'r')
  try {
    const isPacked = path.endsWith('.gz')
    return await readTail(fd, { name: 'it', isPacked, ...(checkedBytes !== undefined && { checkedBytes }) })
  } finally {
    closeSync(fd)
  }
}

/** @returns where each record ends */
async function makeArchive(path: string, bodies: readonly Uint8Array[], memoryBytes = 2 ** 20): Promise<number> {
  const archive = openWarc(path, { memoryBytes })
  let before = 0
  for (const [index, body] of bodies.entries()) {
    if (index === bodies.length - 1) before = statSync(path).size
    expect(await archiveResponse(archive, `http://a.test/${index}`, body)).toBe(null)
  }
  await archive.close()
  return before
}

describe.each(['x.warc', 'x.warc.gz'])('%s', (name) => {
  it('ends with its last record where nothing is wrong', async () => {
    const path = join(await tempFolder(), name)
    await makeArchive(path, [Buffer.from('1'), randomBytes(200_000), Buffer.alloc(0), Buffer.from('3')])
    expect(await read(path)).toEqual({ wholeBytes: statSync(path).size, tornBytes: 0 })
  })

  it('is cut back to a whole record wherever it is cut', async () => {
    const path = join(await tempFolder(), name)
    const before = await makeArchive(path, [Buffer.from('1'), Buffer.from('2'.repeat(40))])
    const bytes = readFileSync(path)
    const fd = openSync(path, 'r+')
    const ends = new Set<number>()
    for (let size = bytes.length; size >= before; size--) {
      ftruncateSync(fd, size)
      const { wholeBytes, tornBytes } = await readTail(fd, { name: 'it', isPacked: name.endsWith('.gz') })
      expect(wholeBytes + tornBytes).toBe(size)
      ends.add(wholeBytes)
    }
    closeSync(fd)
    // Before the request, between it and its response, behind both.
    expect([...ends].toSorted((a, b) => a - b)).toEqual([before, expect.any(Number), bytes.length])
    for (const end of ends) {
      writeFileSync(path, bytes.subarray(0, end))
      await readWarc(path)
    }
  })

  it('is cut back where the system gave it room that was never filled', async () => {
    const path = join(await tempFolder(), name)
    await makeArchive(path, [Buffer.from('1'), Buffer.from('2')])
    const { size } = statSync(path)
    truncateSync(path, size + 100_000)
    expect(await read(path)).toEqual({ wholeBytes: size, tornBytes: 100_000 })
  })

  it('is gone on with behind its last whole record', async () => {
    const path = join(await tempFolder(), name)
    await makeArchive(path, [Buffer.from('1'), Buffer.from('2')])
    truncateSync(path, statSync(path).size - 3)
    const { wholeBytes } = await read(path)
    const archive = openWarc(path, { size: wholeBytes })
    await archiveResponse(archive, 'http://a.test/again', Buffer.from('3'))
    await archive.close()
    const entries = await readWarc(path)
    const types = entries.map(({ type }) => type).join(' ')
    expect(types).toBe('warcinfo request response request warcinfo request response')
    expect(responsesOf(entries).map(({ content }) => content?.toString())).toEqual(['1', '3'])
  })

  it('is not cut off where whole records are behind what is damaged', async () => {
    const path = join(await tempFolder(), name)
    const noise = () => randomBytes(20_000)
    const before = await makeArchive(path, [noise(), noise(), noise()])
    const whole = readFileSync(path)
    // The request of the last exchange tells another length.
    const lengthAt = name.endsWith('.gz') ? before + 18 : whole.indexOf('Content-Length: ', before) + 16
    const bytes = Buffer.from(whole)
    bytes[lengthAt] = 0x39
    writeFileSync(path, bytes)
    await expect(read(path, 5000)).rejects.toThrow(`it is damaged at byte ${before.toLocaleString('en')}, with whole`)
    // So little that a machine may not have brought it to the disk.
    expect((await read(path, 50_000)).wholeBytes).toBe(before)
    // The beginning of a large one, which has another archive in it.
    writeFileSync(path, Buffer.concat([bytes, whole]).subarray(0, -10))
    expect((await read(path, 5000)).wholeBytes).toBe(before)
  })

  it('is not touched where it is of somebody else', async () => {
    const path = join(await tempFolder(), name)
    writeFileSync(path, 'something else that is longer than any head of a member')
    await expect(read(path)).rejects.toThrow(InputError)
    await expect(read(path)).rejects.toThrow('it cannot be gone on with: it is no archive of such a run')
    writeFileSync(path, '')
    await makeArchive(path, [Buffer.from('1')])
    const { size } = statSync(path)
    appendFileSync(path, 'something else that is longer than any head of a member')
    await expect(read(path)).rejects.toThrow(`what begins at byte ${size.toLocaleString('en')} is no record`)
  })
})

it('a large member whose length was never told is cut off', async () => {
  const path = join(await tempFolder(), 'x.warc.gz')
  const before = await makeArchive(path, [Buffer.from('1'), randomBytes(300_000)], 1000)
  const bytes = readFileSync(path)
  // Behind the request, which is before it.
  const at = bytes.indexOf(Buffer.from([0x1f, 0x8b, 8, 4]), before + 1)
  bytes.fill(0, at + 16, at + 24)
  writeFileSync(path, bytes)
  expect(await read(path)).toEqual({ wholeBytes: at, tornBytes: bytes.length - at })
})

it('a packed archive is cut back to before a member that did not reach the disk', async () => {
  const path = join(await tempFolder(), 'x.warc.gz')
  const before = await makeArchive(path, [Buffer.from('1'), Buffer.from('2'.repeat(4000)), Buffer.from('3')])
  const bytes = readFileSync(path)
  bytes.fill(0, before + 40, before + 60)
  writeFileSync(path, bytes)
  expect(await read(path)).toEqual({ wholeBytes: before, tornBytes: bytes.length - before })
})
