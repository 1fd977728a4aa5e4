import { describe, expect, it } from 'vitest'
import { type Scan, scanOutput } from '../../src/checkpoint/scan.js'
import { InputError } from '../../src/core/errors.js'
import { urlCheck } from '../../src/core/finished.js'
import { tempFile } from '../support/temp.js'
import { failed, line, opened, urlOf } from './outputs.js'

async function scan(content: string | Buffer): Promise<Scan> {
  return scanOutput(opened(await tempFile(content)), 'out.jsonl')
}

/** What reading it throws. */
const refusal = (content: string | Buffer) => scan(content).catch((error: unknown) => error)

describe('an output that is read', () => {
  it('says which URLs are finished, and what became of them', async () => {
    const { finished, records, damaged, tail } = await scan(line(2) + failed(1, 'timeout') + line(5))
    expect([finished.size, finished.lastId, records]).toEqual([3, 5, 3])
    expect(finished.outcome(1)).toEqual({ statusCode: null, errorType: 'timeout' })
    expect(finished.outcome(2)).toEqual({ statusCode: 200, errorType: null })
    expect(finished.agrees(5, urlCheck(urlOf(5)))).toBe(true)
    expect(finished.agrees(5, urlCheck(urlOf(4)))).toBe(false)
    expect([damaged, tail]).toEqual([0, null])
  })

  it('goes by the last record of an id', async () => {
    const { finished, records } = await scan(failed(1, 'timeout') + line(2) + line(1))
    expect([finished.size, records]).toEqual([2, 3])
    expect(finished.outcome(1)?.errorType).toBeNull()
  })

  it('says with which methods they were asked, where the lines could be sent', async () => {
    const { finished } = await scan(
      line(1, { method: 'PUT' }) + failed(2, 'invalid_request') + failed(3, 'invalid_url') + failed(4, 'timeout'),
    )
    expect([1, 2, 3, 4].map((id) => finished.method(id))).toEqual(['PUT', null, null, 'GET'])
  })

  it('may be empty', async () => {
    expect(await scan('')).toMatchObject({ records: 0, damaged: 0, tail: null })
  })

  it('counts its damaged lines', async () => {
    const [first, second] = [line(1), line(2)]
    const hole = `${'\0'.repeat(50)}\n`
    const { records, damaged } = await scan(`${first}${hole}${second}garbage\n\n`)
    expect(records).toBe(2)
    expect(damaged).toBe(3)
  })

  it('says where it was cut off', async () => {
    const first = line(1)
    expect((await scan(first + line(2).slice(0, 99))).tail).toEqual({
      offset: first.length,
      length: 99,
      isRecord: false,
    })
  })

  it('takes a last record that only lacks its line end', async () => {
    const { finished, records, tail } = await scan(line(1) + line(2).trimEnd())
    expect([finished.size, records]).toEqual([2, 2])
    expect(tail).toMatchObject({ isRecord: true })
  })

  it.each([
    ['the beginning of a first record', line(1).slice(0, 200)],
    ['less of it', '{"v'],
    ['a brace', '{'],
    ['the beginning of a record of some fields', '{"id":1,"url":"http://'],
    ['the beginning of a record whose first field is a part', '{"headers.etag":"x'],
    ['the beginning of such a field', '{"body.it'],
    ['what a loss of power leaves', Buffer.alloc(5000)],
  ])('may hold nothing but %s', async (_what, content) => {
    expect((await scan(content)).tail).toEqual({ offset: 0, length: content.length, isRecord: false })
  })

  it.each([
    ['a list', 'http://a/\nhttp://b/\n'],
    ['a list of one line', 'http://a/'],
    ['CSV', 'id,url,error_type\n1,http://a/,\n'],
    ['a PDF', '%PDF-1.7\n%\xe2\xe3\n1 0 obj\n'],
    ['bytes of a program', Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 0, 0, 0, 0x0a, 0])],
    ['bytes without a line end', Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 0, 0, 0])],
    ['white space', '\n'],
    ['a space', ' '],
    ['JSON of something else', '{"name":"x","version":"1.0.0"}\n'],
    ['JSON of something else without a line end', '{"name":"x","version":"1.0.0"}'],
    ['JSON of something else that was cut off', '{"name":"x","versi'],
    ['JSON of something else that has one of our fields', '{"url":"http://a/","title":"x"}'],
    ['JSON of something else with a dot', '{"name.x":"'],
    ['JSON of something else that was cut off behind a dot', '{"name.'],
    ['an empty object', '{}'],
    ['pretty JSON', '{\n  "id": 1\n}\n'],
    ['JSON lines of something else', '{"id":1,"url":"http://a/"}\n{"id":2,"url":"http://b/"}\n'],
    ['NUL and a line end', Buffer.from('\0\0\0\n')],
  ])('is refused where it is %s', async (_what, content) => {
    expect(await refusal(content)).toBeInstanceOf(InputError)
  })

  it('is refused where a line without an end is longer than any record, whatever it is of', async () => {
    expect(await refusal(Buffer.alloc(2 ** 26 + 1, '{"v":1'))).toBeInstanceOf(InputError)
    expect(await refusal(Buffer.alloc(2 ** 26 + 1))).toBeInstanceOf(InputError)
  })

  it('is refused where two lists went into it, and names an id of both', async () => {
    await expect(scan(line(1) + line(2) + line(1, { url: 'http://other/' }))).rejects.toThrow(/the id 1$/)
  })

  it('is refused where too much of it is damaged', async () => {
    await expect(scan(line(1) + 'x\n'.repeat(100_001))).rejects.toThrow(/more than 100000 lines/)
    expect((await scan(line(1) + 'x\n'.repeat(100_000))).damaged).toBe(100_000)
  })
})
