import { describe, expect, it } from 'vitest'
import { EarlierRecords } from '../../src/checkpoint/earlier-records.js'
import { InputError } from '../../src/core/errors.js'
import { seed } from '../support/random.js'
import { tempFile } from '../support/temp.js'
import { failed, idsOf, line, opened, urlOf } from './outputs.js'

async function open(content: string | Buffer): Promise<EarlierRecords> {
  return EarlierRecords.open(opened(await tempFile(content)), 'earlier.jsonl', seed)
}

const asked = (id: number, meta: string | null = null) => ({ method: 'GET', url: urlOf(id), meta })

async function remaining(records: EarlierRecords): Promise<number[]> {
  const lines: string[] = []
  await records.remaining((bytes, start, end) => lines.push(`${bytes.toString('utf8', start, end)}\n`))
  return idsOf(lines.join(''))
}

describe('the records of an earlier run', () => {
  it('are found by what was asked, wherever they stand', async () => {
    const records = await open(line(7, { body_bytes: 70 }) + failed(2, 'dns') + line(1, { body_bytes: 10 }))
    expect(records.census).toEqual({ records: 3, damaged: 0, cutOff: 0 })
    expect(records.find(asked(7))?.body_bytes).toBe(70)
    expect(records.find(asked(1))?.body_bytes).toBe(10)
    expect(records.find(asked(2))?.error_type).toBe('dns')
    expect(records.find(asked(3))).toBeNull()
    expect(records.find({ ...asked(1), method: 'HEAD' })).toBeNull()
    expect(records.find(asked(1, '1'))).toBeNull()
  })

  it('are the last of each, but for those that were cut off', async () => {
    const records = await open(failed(1, 'timeout') + line(2) + line(1, { body_bytes: 5 }) + failed(1, 'aborted'))
    expect(records.find(asked(1))).toMatchObject({ ok: true, body_bytes: 5 })
    expect(await remaining(records)).toEqual([2, 1])
  })

  it('are those that were fetched rather than those that repeat them', async () => {
    const records = await open(
      line(1, { body_bytes: 5 }) + line(9, { url: urlOf(1), duplicate_of: 1 }) + line(2, { duplicate_of: 1 }),
    )
    expect(records.find(asked(1))).toMatchObject({ isDuplicate: false, body_bytes: 5 })
    expect(records.find(asked(2))?.isDuplicate).toBe(true)
    expect(await remaining(records)).toEqual([1, 2])
  })

  it('remain as far as they are not taken', async () => {
    const records = await open([1, 2, 3, 4].map((id) => line(id)).join(''))
    expect(records.take(asked(2))).not.toBeNull()
    expect(records.take(asked(2))).not.toBeNull()
    expect(records.take(asked(5))).toBeNull()
    expect(await remaining(records)).toEqual([1, 3, 4])
  })

  it.each([4000, 4096, 9000, 200_000])('may be long (%i)', async (length) => {
    const long = (id: number) => ({ url: `${urlOf(id)}?${'x'.repeat(length)}` })
    const records = await open(line(1, long(1)) + line(2) + line(3, long(3)))
    for (const id of [1, 3]) expect(records.find({ ...asked(id), ...long(id) })).not.toBeNull()
    expect(records.find(asked(2))).not.toBeNull()
  })

  it('are read past damaged lines and a last one that is torn', async () => {
    const torn = line(3).slice(0, 100)
    const records = await open(`${line(1)}${'\0'.repeat(40)}\n${line(2).slice(0, -9)}\n${line(2)}${torn}`)
    expect(records.census).toEqual({ records: 2, damaged: 2, cutOff: 100 })
    expect([1, 2, 3].map((id) => records.find(asked(id)) !== null)).toEqual([true, true, false])
    expect(await remaining(records)).toEqual([1, 2])
  })

  it('may end without a line end', async () => {
    const records = await open(line(1) + line(2).trimEnd())
    expect(records.find(asked(2))).not.toBeNull()
    expect(await remaining(records)).toEqual([1, 2])
  })

  it('may be none', async () => {
    expect((await open('')).find(asked(1))).toBeNull()
    expect((await open(failed(1, 'aborted'))).find(asked(1))).toBeNull()
  })

  it.each(['http://a.test/\n', 'x', '{"a":1}\n{"b":2}\n', '{"id":1,"url":"u","error_type":null}\n'])(
    'are not in a file that is something else: %j',
    async (content) => {
      await expect(open(content)).rejects.toThrow(InputError)
    },
  )

  it('are found among many, each where it is', async () => {
    const ids = Array.from({ length: 5000 }, (_, index) => index + 1)
    const records = await open(ids.map((id) => line(id, { body_bytes: id })).join(''))
    const wrong = ids.filter((id) => records.find(asked(id))?.body_bytes !== id)
    expect(wrong, `seed ${seed}`).toEqual([])
    for (const id of ids) if (id % 3 > 0) records.take(asked(id))
    expect(await remaining(records)).toEqual(ids.filter((id) => id % 3 === 0))
  })
})
