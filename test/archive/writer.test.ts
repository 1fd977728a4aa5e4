import { closeSync, constants, openSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { Block } from '../../src/archive/block.js'
import { ArchiveWriter, type WriterOptions } from '../../src/archive/writer.js'
import { tempFolder } from '../support/temp.js'

async function open(before = '', options: Partial<WriterOptions> = {}) {
  const folder = await tempFolder()
  const path = join(folder, 'archive')
  writeFileSync(path, before)
  const fd = openSync(path, constants.O_RDWR)
  const errors: unknown[] = []
  const writer = new ArchiveWriter({
    fd,
    size: 0,
    isPacked: false,
    fsync: 'never',
    onError: (error) => errors.push(error),
    ...options,
  })
  const record = (text: string, memoryBytes = 1000) => {
    const block = new Block({ folder, memoryBytes })
    block.write(Buffer.from(text))
    return { head: Buffer.from('<'), block }
  }
  const append = (text: string, memoryBytes?: number) =>
    new Promise<Error | null>((resolve) => writer.append([record(text, memoryBytes)], resolve))
  return { writer, append, record, fd, errors, text: () => readFileSync(path, 'latin1') }
}

describe('the end of an archive', () => {
  it('gets records one after the other, small and large, and tells when each is written', async () => {
    const { writer, append, text } = await open()
    const large = 'x'.repeat(300_000)
    const told: string[] = []
    const done = ['a', large, 'b', 'c'].map(async (body) => {
      expect(await append(body, 100)).toBe(null)
      told.push(body)
      expect(text()).toContain(`<${body}\r\n\r\n`)
    })
    await Promise.all(done)
    await writer.close()
    expect(told).toEqual(['a', large, 'b', 'c'])
    expect(text()).toBe(['a', large, 'b', 'c'].map((body) => `<${body}\r\n\r\n`).join(''))
  })

  it('keeps what belongs together together', async () => {
    const { writer, append, record, text } = await open()
    const both = new Promise((resolve) => writer.append([record('a'), record('b')], resolve))
    await Promise.all([both, append('c')])
    await writer.close()
    expect(text()).toBe('<a\r\n\r\n<b\r\n\r\n<c\r\n\r\n')
  })

  it('leaves a file as it is until there is something to write', async () => {
    const { writer, append, text } = await open('old and torn', { size: 3 })
    expect(text()).toBe('old and torn')
    await append('a')
    await writer.close()
    expect(text()).toBe('old<a\r\n\r\n')
  })

  it.each(['always', 'interval'] as const)('brings it to the disk: %s', async (fsync) => {
    const { writer, append, text } = await open('', { fsync })
    expect(await append('a')).toBe(null)
    await writer.close()
    expect(text()).toBe('<a\r\n\r\n')
  })

  it('says of every record from a failure on that it is not there, and fails at its end', async () => {
    const { writer, append, fd, errors } = await open()
    expect(await append('a')).toBe(null)
    closeSync(fd)
    expect((await append('b'))?.message).toContain('EBADF')
    expect((await append('c'))?.message).toContain('EBADF')
    expect(errors).toHaveLength(1)
    await expect(writer.close()).rejects.toThrow('EBADF')
  })
})
