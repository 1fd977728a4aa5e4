import { readdirSync, readFileSync } from 'node:fs'
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { SinkError } from '../../src/core/errors.js'
import { tempFolder } from '../support/temp.js'
import { readWarc, responsesOf, sha1 } from '../support/warc.js'
import { archiveResponse, openWarc, storeCapture } from './setup.js'

describe.each(['a.warc', 'a.warc.gz'])('an archive called %s', (name) => {
  it('has an info record, and a request and a response of each exchange', async () => {
    const path = join(await tempFolder(), name)
    const archive = openWarc(path)
    const body = randomBytes(1000)
    expect(await archiveResponse(archive, 'http://a.test/1', body)).toBe(null)
    await archive.close()
    const [info, request, response, ...more] = await readWarc(path)
    expect([info?.type, request?.type, response?.type, more]).toEqual(['warcinfo', 'request', 'response', []])
    expect(info?.field('content-type')).toBe('application/warc-fields')
    expect(info?.field('warc-filename')).toBe(name)
    expect(info?.block.toString()).toBe('software: test\r\n')
    for (const entry of [request, response]) {
      expect(entry?.uri).toBe('http://a.test/1')
      expect(entry?.id).toMatch(/^<urn:uuid:[0-9a-f-]{36}>$/)
      expect(entry?.field('warc-warcinfo-id')).toBe(info?.id)
      expect(entry?.field('warc-date')).toBe('1970-01-01T00:00:00.000Z')
      expect(entry?.field('warc-ip-address')).toBe('127.0.0.1')
      expect(entry?.field('content-type')).toBe(`application/http;msgtype=${entry?.type}`)
    }
    expect(request?.field('warc-concurrent-to')).toBe(response?.id)
    expect(request?.block.toString()).toBe('GET / HTTP/1.1\r\nhost: a.test\r\n\r\n')
    expect(response?.field('warc-payload-digest')).toBe(sha1(body))
    expect(response?.field('warc-truncated')).toBe(null)
    expect(response?.content?.equals(body)).toBe(true)
  })

  it('has responses that are larger than what is kept in memory, between small ones', async () => {
    const folder = await tempFolder()
    const archive = openWarc(join(folder, name), { memoryBytes: 70_000 })
    const bodies = [10, 500_000, 20, 3_000_000, 0].map((size) => randomBytes(size))
    await Promise.all(bodies.map((body, index) => archiveResponse(archive, `http://a.test/${index}`, body)))
    await archive.close()
    const responses = responsesOf(await readWarc(join(folder, name)))
    expect(responses.map(({ uri }) => uri)).toEqual(bodies.map((_, index) => `http://a.test/${index}`))
    expect(responses.map(({ content }) => sha1(content ?? Buffer.of(1)))).toEqual(bodies.map(sha1))
    expect(responses.map((entry) => entry.field('warc-payload-digest'))).toEqual(bodies.map(sha1))
    expect(readdirSync(folder)).toEqual([name])
  })

  it('says why a response is not whole, and does not compare what is not whole', async () => {
    const path = join(await tempFolder(), name)
    const archive = openWarc(path)
    const capture = archive.capture()
    capture.write(Buffer.from('HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nbegun'))
    capture.payload(Buffer.from('begun'))
    await storeCapture(capture, 'http://a.test/', 'disconnect')
    await archive.close()
    const [response] = responsesOf(await readWarc(path))
    expect(response?.field('warc-truncated')).toBe('disconnect')
    expect(response?.field('warc-payload-digest')).toBe(null)
    expect(response?.block.toString()).toMatch(/begun$/)
  })

  it('is never empty', async () => {
    const path = join(await tempFolder(), name)
    await openWarc(path).close()
    expect((await readWarc(path)).map(({ type }) => type)).toEqual(['warcinfo'])
    const { length } = readFileSync(path)
    await openWarc(path, { size: length }).close()
    expect(readFileSync(path)).toHaveLength(length)
  })
})

it('a captured response that was given up leaves nothing', async () => {
  const folder = await tempFolder()
  const archive = openWarc(join(folder, 'a.warc'), { memoryBytes: 10 })
  const capture = archive.capture()
  capture.write(Buffer.alloc(1000))
  capture.drop()
  await archive.close()
  expect((await readWarc(join(folder, 'a.warc'))).map(({ type }) => type)).toEqual(['warcinfo'])
})

it('where there is no room for a temporary file there is none for the archive', async () => {
  const folder = await tempFolder()
  const errors: SinkError[] = []
  const archive = openWarc(join(folder, 'a.warc'), {
    memoryBytes: 10,
    path: join(folder, 'gone', 'a.warc'),
    fd: (await import('node:fs')).openSync(join(folder, 'a.warc'), 'w+'),
    onFull: (error) => errors.push(error),
  })
  const failure = await archiveResponse(archive, 'http://a.test/', Buffer.alloc(1000))
  expect(failure).toMatchObject({ type: 'aborted', code: 'ENOENT' })
  expect(failure?.message).toMatch(/^the response could not be archived in .*a\.warc: no such directory$/)
  expect(errors[0]).toBeInstanceOf(SinkError)
  await expect(archive.close()).rejects.toThrow(SinkError)
})
