import { describe, expect, it } from 'vitest'
import { withoutOptIns } from '../../src/core/attempt.js'
import { Frontier } from '../../src/core/frontier.js'
import {
  abandonedRecord,
  duplicateRecord,
  fetchedRecord,
  optInFields,
  recordFields,
  rejectedRecord,
  savedRecord,
} from '../../src/core/record.js'
import { rejectLine } from '../../src/core/task.js'
import { HostLimiter } from '../../src/limiters/host-limiter.js'
import { recordSchema } from '../../src/record-schema.js'
import type { FetchResult, FetchTask, Next } from '../../src/types.js'
import { getRequest, makeAttempt, makeTask } from '../support/values.js'
import { VirtualClock } from '../support/virtual-clock.js'

const wallTime = Date.UTC(2024, 1, 29, 1, 2, 3, 45)

function fetchedTask(changes: Partial<FetchTask> = {}): FetchTask {
  return { ...makeTask(7, 'http://user:pw@a.test:8080/x'), lastUrl: 'http://a.test:8080/x', ...changes }
}

const rejected = rejectedRecord(
  rejectLine(
    3,
    'ftp://me:pw@a.test/',
    { type: 'invalid_url', code: 'URL_SCHEME', message: 'scheme ftp: is not supported' },
    { request: { ...getRequest, method: 'HEAD' }, defaultScheme: 'http' },
    wallTime,
  ),
)
const response = makeAttempt({ dnsMs: 1.23456, connectMs: 2, tlsMs: 3.005, firstByteMs: 4, bodyMs: 0.004 })

describe('every record', () => {
  const failure = { type: 'network', code: 'ECONNRESET', message: 'closed' } as const
  const records: [string, FetchResult][] = [
    ['of a response', fetchedRecord(fetchedTask(), response, null, 1)],
    ['of a failure', fetchedRecord(fetchedTask(), makeAttempt({ failure, statusCode: null }), failure, 1)],
    ['of a task that was begun and given up', abandonedRecord(fetchedTask({ redirects: 1 }))],
    ['of a line that is no URL', rejected],
  ]

  it.each(records)('is valid, with every field of the schema in its order: %s', (_name, record) => {
    expect(recordSchema.parse(record)).toEqual(record)
    expect(Object.keys(record)).toEqual(recordFields)
  })
})

describe('fetchedRecord', () => {
  it('tells the URL as listed without its password, and the one requested last', () => {
    const task = fetchedTask({ lastUrl: 'https://b.test/y', redirects: 1 })
    expect(fetchedRecord(task, response, null, 4)).toMatchObject({
      id: 7,
      url: 'http://user:***@a.test:8080/x',
      final_url: 'https://b.test/y',
      host: 'a.test:8080',
      redirects: 1,
      worker: 4,
    })
  })

  it('tells method and host as listed, also after a redirect changed them', () => {
    const task = fetchedTask({ method: 'POST' })
    task.request = { ...getRequest, method: 'GET' }
    task.target = makeTask(1, 'http://b.test/').target
    expect(fetchedRecord(task, response, null, 1)).toMatchObject({ method: 'POST', host: 'a.test:8080' })
  })

  it('counts an attempt more than retries', () => {
    expect(fetchedRecord(fetchedTask(), response, null, 1).attempts).toBe(1)
    expect(fetchedRecord(fetchedTask({ retries: 2 }), response, null, 1).attempts).toBe(3)
  })

  it('is ok without a failure, and else tells it beside what the response said', () => {
    expect(fetchedRecord(fetchedTask(), response, null, 1)).toMatchObject({
      ok: true,
      status_code: 200,
      error_type: null,
      error_code: null,
      error_message: null,
    })
    const failure = { type: 'http_status', code: 'HTTP_503', message: 'status 503' } as const
    expect(fetchedRecord(fetchedTask(), makeAttempt({ statusCode: 503 }), failure, 1)).toMatchObject({
      ok: false,
      status_code: 503,
      error_type: 'http_status',
      error_code: 'HTTP_503',
      error_message: 'status 503',
    })
  })

  it("has the first attempt's start as its timestamp, in UTC with ms", () => {
    const task = fetchedTask({ firstAttemptAt: wallTime, readAt: 0 })
    expect(fetchedRecord(task, response, null, 1).timestamp).toBe('2024-02-29T01:02:03.045Z')
  })

  it('says where the time went: the parts make up the whole', () => {
    const task = fetchedTask({ queuedMs: 0.111, limitedMs: 1000.119, fetchMs: 3.3333333 })
    const record = fetchedRecord(task, response, null, 1)
    expect(record).toMatchObject({ queued_ms: 0.11, limited_ms: 1000.12, fetch_ms: 3.33 })
    expect(record.duration_ms).toBeCloseTo(record.queued_ms + record.limited_ms + record.fetch_ms, 6)
  })

  it('writes no more digits of a time than a clock can tell', () => {
    const record = fetchedRecord(fetchedTask({ queuedMs: 0.1, limitedMs: 0.2, fetchMs: 1 / 3 }), response, null, 1)
    const times = Object.entries(record).filter(([field, value]) => field.endsWith('_ms') && value !== null)
    expect(times).toHaveLength(9)
    for (const [field, value] of times) expect(JSON.stringify(value), field).toMatch(/^\d+(\.\d\d?)?$/)
  })

  it("has the last attempt's phases, and null for those it had not", () => {
    expect(fetchedRecord(fetchedTask(), response, null, 1)).toMatchObject({ dns_ms: 1.23, connect_ms: 2, body_ms: 0 })
    expect(fetchedRecord(fetchedTask(), makeAttempt({ firstByteMs: 4 }), null, 1)).toMatchObject({
      dns_ms: null,
      connect_ms: null,
      tls_ms: null,
      first_byte_ms: 4,
      body_ms: null,
    })
  })

  it('has what the response said of its body, and what came', () => {
    const attempt = makeAttempt({ contentType: 'text/html', contentLength: 9, wireBytes: 9, bodyBytes: 20 })
    expect(fetchedRecord(fetchedTask(), attempt, null, 1)).toMatchObject({
      content_type: 'text/html',
      content_length: 9,
      wire_bytes: 9,
      body_bytes: 20,
      http_version: '1.1',
      remote_ip: '127.0.0.1',
    })
  })
})

describe('duplicateRecord', () => {
  const line = { id: 40, url: 'http://user:***@a.test/', method: 'HEAD', host: 'a.test', readAt: wallTime, own: null }

  it('has the outcome of the first, and nothing of its own but what was listed', () => {
    const record = duplicateRecord(line, 17, { statusCode: 204, errorType: null })
    expect(recordSchema.parse(record)).toEqual(record)
    expect(Object.keys(record)).toEqual([...recordFields, 'duplicate_of'])
    expect(record).toEqual({
      ...rejected,
      id: 40,
      url: 'http://user:***@a.test/',
      method: 'HEAD',
      host: 'a.test',
      ok: true,
      status_code: 204,
      error_type: null,
      error_code: null,
      error_message: null,
      duplicate_of: 17,
    })
  })

  it('has the data of its own line, not those of the first', () => {
    const own = { meta: '{"row":40}', timeoutMs: null, retries: null }
    const record = duplicateRecord({ ...line, own }, 17, { statusCode: 204, errorType: null })
    expect(record.meta).toEqual({ json: '{"row":40}' })
  })

  it('says which URL it failed with', () => {
    expect(duplicateRecord(line, 17, { statusCode: null, errorType: 'dns' })).toMatchObject({
      ok: false,
      status_code: null,
      error_type: 'dns',
      error_code: 'DUPLICATE',
      error_message: 'as URL 17, which it repeats',
      attempts: 0,
      worker: null,
      final_url: null,
    })
  })
})

describe('savedRecord', () => {
  it('is ok without an attempt, and has the file and its size', () => {
    const task = { ...makeTask(4, 'http://user:pw@a.test/'), readAt: wallTime }
    const sha256 = 'a'.repeat(64)
    const record = savedRecord(task, { file: 'out/x', bytes: 12, sha256 })
    expect(recordSchema.parse(record)).toEqual(record)
    expect(record).toMatchObject({
      id: 4,
      url: 'http://user:***@a.test/',
      host: 'a.test',
      ok: true,
      status_code: null,
      final_url: null,
      attempts: 0,
      worker: null,
      timestamp: '2024-02-29T01:02:03.045Z',
      wire_bytes: 0,
      body_bytes: 12,
      sha256,
      file: 'out/x',
    })
    expect(savedRecord(task, { file: 'out/x', bytes: 12, sha256: null })).not.toHaveProperty('sha256')
  })
})

describe('what was asked for of a response', () => {
  it('stands in its record', () => {
    const optIns = {
      sha256: null,
      headers: { a: ['b', 'c'] },
      body: 'x',
      body_encoding: 'utf-8',
      body_truncated: false,
    } as const
    const record = fetchedRecord(
      fetchedTask(),
      makeAttempt({ optIns: { ...optIns, headers: { a: ['b', 'c'] } } }),
      null,
      1,
    )
    expect(recordSchema.parse(record)).toEqual(record)
    expect(record).toMatchObject(optIns)
  })

  it('is not kept while another attempt is waited for', () => {
    const attempt = makeAttempt({ optIns: { body: 'x' } })
    expect(withoutOptIns(attempt)).toEqual({ ...attempt, optIns: null })
    const plain = makeAttempt()
    expect(withoutOptIns(plain)).toBe(plain)
  })
})

describe('rejectedRecord', () => {
  it('is of no attempt and no worker, and was read when it says', () => {
    expect(rejected).toMatchObject({
      id: 3,
      url: 'ftp://me:***@a.test/',
      final_url: null,
      host: null,
      method: 'HEAD',
      ok: false,
      status_code: null,
      error_type: 'invalid_url',
      error_code: 'URL_SCHEME',
      attempts: 0,
      worker: null,
      duration_ms: 0,
      timestamp: '2024-02-29T01:02:03.045Z',
    })
  })
})

describe('abandonedRecord', () => {
  /** The record of a task that was tried, waits for what follows, and is given up. */
  async function abandonedAfter(next: Next): Promise<FetchResult> {
    const clock = new VirtualClock()
    const limiter = new HostLimiter({ intervalMs: null, perHost: Infinity, isAdaptive: true, maxPauseMs: 120_000 })
    const frontier = new Frontier({
      workers: 10,
      store: null,
      isEager: false,
      capacity: 10,
      limiter,
      gate: null,
      clock,
    })
    await frontier.push(makeTask(1, 'http://a.test/x'))
    const task = await frontier.take()
    if (!task) throw new Error('no task')
    await clock.advance(100)
    frontier.settle(task, makeAttempt({ wallTime }), next)
    await clock.advance(50)
    frontier.stop()
    const [abandoned] = [...frontier.abandoned()]
    if (!abandoned) throw new Error('nothing was given up')
    return abandonedRecord(abandoned)
  }

  it('is aborted, by no worker, and says when it began, what the last attempt brought and where the time went', async () => {
    const record = await abandonedAfter({ kind: 'retry', delayMs: 1000, cause: 'failure' })
    expect(record).toMatchObject({
      ok: false,
      error_type: 'aborted',
      worker: null,
      status_code: 200,
      final_url: 'http://a.test/x',
      timestamp: '2024-02-29T01:02:03.045Z',
      limited_ms: 50,
      fetch_ms: 100,
      duration_ms: 150,
    })
  })

  it('counts the attempts that were made, not the one that it waited for', async () => {
    const record = await abandonedAfter({ kind: 'retry', delayMs: 1000, cause: 'failure' })
    expect(record.attempts).toBe(1)
  })

  it('tells the URL requested last, not the one that a redirect would have led to', async () => {
    const { target } = makeTask(2, 'http://b.test/')
    const record = await abandonedAfter({ kind: 'redirect', target, request: getRequest })
    expect(record).toMatchObject({ final_url: 'http://a.test/x', host: 'a.test', attempts: 1 })
  })
})

describe('the fields of the record', () => {
  it('are those of the schema, in its order', () => {
    expect([...recordFields, ...optInFields]).toEqual(recordSchema.keyof().options)
  })
})
