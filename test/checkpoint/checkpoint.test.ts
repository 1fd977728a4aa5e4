import { closeSync, existsSync, readFileSync, symlinkSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { Checkpoint, compactFile, type Preview } from '../../src/checkpoint/checkpoint.js'
import { InputError, UsageError } from '../../src/core/errors.js'
import type { Outcome } from '../../src/core/outcome.js'
import { tempFile, tempFolder } from '../support/temp.js'
import { failed, idsOf, line, urlOf } from './outputs.js'

const text = (path: string) => readFileSync(path, 'utf8')

function open(path: string, isRepeated = ({ errorType }: Outcome) => errorType === 'aborted'): Promise<Checkpoint> {
  return Checkpoint.open({ path, name: 'out.jsonl', isRepeated })
}

/** Its descriptor is closed after the test. */
async function prepare(checkpoint: Checkpoint): Promise<{ fd: number; said: string[] }> {
  const said: string[] = []
  const fd = await checkpoint.prepare((each) => void said.push(each))
  onTestFinished(() => {
    closeSync(fd)
    checkpoint.release()
  })
  return { fd, said }
}

/** A list whose id n is `urls[n - 1]`; says how far it was read. */
function listOf(
  urls: readonly string[],
  metas: readonly string[] = [],
  methods: readonly (string | null)[] = [],
): { preview: Preview; read: () => number } {
  let read = 0
  return {
    preview: async (visit) => {
      for (const url of urls) {
        const at = read++
        if (!visit(read, { url, meta: metas[at] ?? null, method: methods[at] ?? null })) return
      }
    },
    read: () => read,
  }
}

const urlsUpTo = (count: number) => Array.from({ length: count }, (_, index) => urlOf(index + 1))

describe('what is done', () => {
  it('is what has a record, of whatever outcome, but not what was aborted', async () => {
    const checkpoint = await open(await tempFile(line(1) + failed(2, 'timeout') + failed(3, 'aborted')))
    expect([1, 2, 3, 4].map((id) => checkpoint.outcome(id)?.errorType)).toEqual([null, 'timeout', undefined, undefined])
    expect(checkpoint.earlier.done).toBe(2)
    expect([...checkpoint.earlier.failures]).toEqual([['timeout', 1]])
    await prepare(checkpoint)
  })

  it('is not what is to be fetched again', async () => {
    const path = await tempFile(line(1) + failed(2, 'timeout') + failed(3, 'dns'))
    const checkpoint = await open(path, ({ errorType }) => errorType === 'timeout')
    expect([1, 2, 3].map((id) => checkpoint.outcome(id)?.errorType)).toEqual([null, undefined, 'dns'])
    expect(checkpoint.willHaveSuperseded).toBe(true)
    await prepare(checkpoint)
  })

  it('is nothing where there is no file yet', async () => {
    const path = join(await tempFolder(), 'out.jsonl')
    const checkpoint = await open(path)
    expect(checkpoint.earlier.done).toBe(0)
    expect(checkpoint.willHaveSuperseded).toBe(false)
    const { fd } = await prepare(checkpoint)
    writeSync(fd, line(1))
    expect(text(path)).toBe(line(1))
  })
})

describe('the list', () => {
  it('is read as far as there are records', async () => {
    const checkpoint = await open(await tempFile(line(3) + line(1)))
    const list = listOf(urlsUpTo(100))
    await checkpoint.compare(list.preview)
    expect(list.read()).toBe(3)
    await prepare(checkpoint)
  })

  it('is not read where there are none', async () => {
    const checkpoint = await open(await tempFile(''))
    const list = listOf(urlsUpTo(9))
    await checkpoint.compare(list.preview)
    expect(list.read()).toBe(0)
    await prepare(checkpoint)
  })

  it.each([
    ['first', 1],
    ['last', 3],
  ])('may not have another URL: the message names the id of the %s', async (_what, id) => {
    const before = line(1) + line(2) + line(3).trimEnd()
    const path = await tempFile(before)
    const checkpoint = await open(path)
    const urls = urlsUpTo(3).map((url, index) => (index === id - 1 ? 'http://new/' : url))
    await expect(checkpoint.compare(listOf(urls).preview)).rejects.toThrow(
      new InputError(`out.jsonl is of another list: id ${id} is ${urlOf(id)} there, and http://new/ in this list`),
    )
    expect(text(path)).toBe(before)
    await prepare(checkpoint)
  })

  it('is refused where the data of a line is not what it was', async () => {
    const record = line(1).replace('}\n', ',"meta":{"n": 1}}\n')
    const checkpoint = await open(await tempFile(record))
    await checkpoint.compare(listOf([urlOf(1)], ['{"n":1}']).preview)
    await expect(checkpoint.compare(listOf([urlOf(1)], ['{"n":2}']).preview)).rejects.toThrow(
      /id 1 is http\S+ with other data \(meta\)$/,
    )
    await expect(checkpoint.compare(listOf([urlOf(1)]).preview)).rejects.toThrow(/with other data/)
  })

  it('is refused where a line has another method than its record, unless it is fetched again', async () => {
    const invalid = failed(3, 'invalid_request', { method: 'GET' })
    const path = await tempFile(line(1) + failed(2, 'timeout', { method: 'PUT' }) + invalid)
    const list = (...methods: (string | null)[]) => listOf(urlsUpTo(3), [], methods).preview
    const checkpoint = await open(path)
    await checkpoint.compare(list('GET', 'PUT', 'DELETE'))
    await checkpoint.compare(list(null, null, null))
    await expect(checkpoint.compare(list('GET', 'POST'))).rejects.toThrow(
      new InputError(`out.jsonl is of another list: id 2 is ${urlOf(2)} with the method PUT instead of POST`),
    )
    closeSync(await checkpoint.prepare(() => {}))
    checkpoint.release()
    const again = await open(path, ({ errorType }) => errorType === 'timeout')
    await again.compare(list('GET', 'POST', 'DELETE'))
    await expect(again.compare(list('HEAD', 'POST'))).rejects.toThrow(/the method GET instead of HEAD$/)
    await prepare(again)
  })

  it('is not compared by the method where the records do not say it', async () => {
    const checkpoint = await open(await tempFile(`{"id":1,"url":"${urlOf(1)}","error_type":null}\n`))
    await expect(checkpoint.compare(listOf(urlsUpTo(1), [], ['DELETE']).preview)).resolves.toBeUndefined()
    await prepare(checkpoint)
  })

  it('may not be shorter than what was done of it', async () => {
    const checkpoint = await open(await tempFile(line(1) + line(7)))
    await expect(checkpoint.compare(listOf(urlsUpTo(6)).preview)).rejects.toThrow(/the id 7, this list ends at 6$/)
    await prepare(checkpoint)
  })
})

describe('the file', () => {
  it('stays as it is where nothing is wrong with it', async () => {
    const path = await tempFile(line(1) + line(2))
    const { fd, said } = await prepare(await open(path))
    expect(said).toEqual([])
    writeSync(fd, line(3))
    expect(text(path)).toBe(line(1) + line(2) + line(3))
  })

  it('loses a last line that was cut off', async () => {
    const path = await tempFile(line(1) + line(2).slice(0, 100))
    const { fd, said } = await prepare(await open(path))
    expect(said).toEqual(['out.jsonl: an unfinished last line of 100 bytes was cut off'])
    writeSync(fd, line(2))
    expect(text(path)).toBe(line(1) + line(2))
  })

  it('keeps a last record that lacks only its line end', async () => {
    const path = await tempFile(line(1) + line(2).trimEnd())
    const { fd, said } = await prepare(await open(path))
    expect(said).toEqual([])
    writeSync(fd, line(3))
    expect(text(path)).toBe(line(1) + line(2) + line(3))
  })

  it('loses damaged lines, which are set aside, and a last one that was cut off', async () => {
    const path = await tempFile(`x\n${line(1)}${'\0'.repeat(9)}\n${line(2)}${line(3).slice(0, 10)}`)
    const { fd, said } = await prepare(await open(path))
    expect(said).toEqual([
      'out.jsonl: an unfinished last line of 10 bytes was cut off',
      'out.jsonl: 2 damaged lines were set aside in out.jsonl.bad, to be fetched again',
    ])
    writeSync(fd, line(3))
    expect(text(path)).toBe(line(1) + line(2) + line(3))
    expect(text(`${path}.bad`)).toBe(`x\n${'\0'.repeat(9)}\n`)
  })

  it('is of this run alone, also when it was written anew', async () => {
    const path = await tempFile(`x\n${line(1)}`)
    const checkpoint = await open(path)
    await expect(open(path)).rejects.toThrow(UsageError)
    const fd = await checkpoint.prepare(() => {})
    await expect(open(path)).rejects.toThrow(UsageError)
    closeSync(fd)
    checkpoint.release()
    await prepare(await open(path))
  })

  it('is let go where it is no output', async () => {
    const path = await tempFile('http://a/\n')
    await expect(open(path)).rejects.toThrow(InputError)
    writeFileSync(path, line(1))
    await prepare(await open(path))
  })

  it('may have links that lead to it, which stay', async () => {
    const path = await tempFile(`x\n${line(1)}`)
    const link = join(await tempFolder(), 'link.jsonl')
    symlinkSync(path, link)
    await prepare(await open(link))
    expect(text(path)).toBe(line(1))
    expect(text(link)).toBe(line(1))
    expect(text(`${link}.bad`)).toBe('x\n')
    expect(existsSync(`${path}.bad`)).toBe(false)
  })
})

describe('compacting a file', () => {
  it('leaves one record of each id', async () => {
    const path = await tempFile(failed(1, 'dns') + line(2) + line(1))
    expect(await compactFile(path, path)).toEqual({ records: 2, superseded: 1, damaged: 0, cutOff: 0 })
    expect(idsOf(text(path))).toEqual([2, 1])
    expect(await compactFile(path, path)).toEqual({ records: 2, superseded: 0, damaged: 0, cutOff: 0 })
  })

  it('is refused where a run has it, and where it is no output', async () => {
    const path = await tempFile(line(1) + line(1))
    const checkpoint = await open(path)
    await expect(compactFile(path, path)).rejects.toThrow(UsageError)
    await prepare(checkpoint)
    const other = await tempFile('x\n')
    await expect(compactFile(other, other)).rejects.toThrow(InputError)
    expect(text(other)).toBe('x\n')
  })
})

describe('when an output was begun', () => {
  it('is what its first record says, and not what the data of a line says', async () => {
    const timestamp = '"timestamp":"2020-01-01T00:00:10.000Z"'
    const core = `"id":1,"url":"${urlOf(1)}","error_type":null`
    const begun = async (record: string) => (await open(await tempFile(`${record}\n`))).begunAt
    expect(await begun(`{${core},${timestamp},"meta":{"timestamp":"2001-01-01T00:00:00.000Z"}}`)).toBe(
      Date.parse('2020-01-01T00:00:09.000Z'),
    )
    const startedAt = Date.now() - 5000
    for (const part of ['"meta":', '"headers":', '"body.sent":', '"body.a\\"b":']) {
      const record = `{${core},${part}{"timestamp":"2001-01-01T00:00:00.000Z"}}`
      expect(await begun(record)).toBeGreaterThan(startedAt)
    }
  })
})
