import { closeSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync, writeSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { EarlierRecords } from '../../src/checkpoint/earlier-records.js'
import { StateFile } from '../../src/checkpoint/state-file.js'
import { tempFile, tempFolder } from '../support/temp.js'
import { idsOf, line, urlOf } from './outputs.js'

function write(state: StateFile, text: string): void {
  const fd = state.begin()
  writeSync(fd, text)
  closeSync(fd)
}

const filesBeside = (path: string) => readdirSync(dirname(path))

describe('a state file', () => {
  it('has the records of the run at its end, and not before', async () => {
    const path = await tempFile(line(1), 'state.jsonl')
    const state = await StateFile.open(path, path)
    expect(state.isEmpty).toBe(false)
    write(state, line(2))
    expect(idsOf(readFileSync(path, 'utf8'))).toEqual([1])
    await state.commit(null)
    state.close()
    expect(idsOf(readFileSync(path, 'utf8'))).toEqual([2])
    expect(filesBeside(path)).toEqual(['state.jsonl'])
  })

  it('is made where there is none', async () => {
    const path = join(await tempFolder(), 'state.jsonl')
    const state = await StateFile.open(path, path)
    expect(state.isEmpty).toBe(true)
    write(state, line(2))
    await state.commit(null)
    state.close()
    expect(idsOf(readFileSync(path, 'utf8'))).toEqual([2])
  })

  it('keeps what was not asked again by a run that did not get to its end', async () => {
    const path = await tempFile(line(1) + line(2) + line(3), 'state.jsonl')
    const state = await StateFile.open(path, path)
    const earlier = await EarlierRecords.open(state.fd, path, 1)
    earlier.take({ method: 'GET', url: urlOf(2), meta: null })
    write(state, line(12, { url: urlOf(2) }))
    await state.commit(earlier)
    state.close()
    expect(idsOf(readFileSync(path, 'utf8'))).toEqual([12, 1, 3])
  })

  it('is as it was where the run was killed, or gave up; the next one cleans up', async () => {
    const path = await tempFile(line(1), 'state.jsonl')
    const killed = await StateFile.open(path, path)
    write(killed, line(2))
    killed.close()
    const next = await StateFile.open(path, path)
    write(next, line(3))
    expect(filesBeside(path)).toHaveLength(2)
    next.discard()
    next.close()
    expect(idsOf(readFileSync(path, 'utf8'))).toEqual([1])
    expect(filesBeside(path)).toEqual(['state.jsonl'])
  })

  it('is as it was where somebody removed the new one', async () => {
    const path = await tempFile(line(1), 'state.jsonl')
    const state = await StateFile.open(path, path)
    write(state, line(2))
    state.discard()
    await expect(state.commit(null)).rejects.toMatchObject({ code: 'ENOENT' })
    state.close()
    expect(idsOf(readFileSync(path, 'utf8'))).toEqual([1])
    expect(filesBeside(path)).toEqual(['state.jsonl'])
  })

  it('belongs to one run at a time', async () => {
    const path = await tempFile(line(1), 'state.jsonl')
    const state = await StateFile.open(path, path)
    await expect(StateFile.open(path, path)).rejects.toThrow('is being written by another run')
    state.close()
  })

  it('keeps its mode, and a link stays one', async () => {
    const path = await tempFile(line(1), 'state.jsonl')
    const folder = await tempFolder()
    writeFileSync(path, line(1), { mode: 0o600 })
    const { mode } = statSync(path)
    const link = join(folder, 'link.jsonl')
    symlinkSync(path, link)
    const state = await StateFile.open(link, link)
    write(state, line(2))
    await state.commit(null)
    state.close()
    expect(idsOf(readFileSync(path, 'utf8'))).toEqual([2])
    expect(statSync(path).mode).toBe(mode)
    expect(readdirSync(folder)).toEqual(['link.jsonl'])
  })
})
