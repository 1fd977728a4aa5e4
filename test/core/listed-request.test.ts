import { describe, expect, it } from 'vitest'
import { type ListedRequest, listedItem, listedUrl } from '../../src/core/listed-request.js'
import type { TaskTemplate } from '../../src/core/task.js'
import type { FetchTask, RequestSpec } from '../../src/types.js'

const plain: TaskTemplate = { request: { method: 'GET', headers: [], body: null }, defaultScheme: 'http' }

/** As -H makes it. */
const withHeaders: TaskTemplate = {
  ...plain,
  request: {
    ...plain.request,
    headers: [
      ['Authorization', 'Bearer run'],
      ['X-Run', '1'],
    ],
  },
}

const item = (listed: Partial<ListedRequest>, template = plain) =>
  listedItem(7, { url: 'http://a.test/', meta: null, ...listed }, template, 1000)

function task(listed: Partial<ListedRequest>, template = plain): FetchTask {
  const made = item(listed, template)
  if (made.kind !== 'task') throw new Error(JSON.stringify(made))
  return made
}

const request = (listed: Partial<ListedRequest>, template = plain): RequestSpec => task(listed, template).request

describe('what a line lists', () => {
  it("is the run's own request where the line has nothing but a URL", () => {
    expect(request({}, withHeaders)).toBe(withHeaders.request)
    expect(task({}).own).toBe(null)
  })

  it('has its own method', () => {
    expect(task({ method: 'delete' })).toMatchObject({ method: 'DELETE', request: { method: 'DELETE', body: null } })
  })

  it("has its headers in place of the run's with the same name, in whatever case", () => {
    const { headers } = request({ headers: [['authorization', 'Bearer own']] }, withHeaders)
    expect(headers).toEqual([
      ['X-Run', '1'],
      ['authorization', 'Bearer own'],
    ])
  })

  it("keeps the run's authorization, which yields to a header of that name when it is sent", () => {
    const authorization = 'Basic cnVu'
    const template = { ...plain, request: { ...plain.request, authorization } }
    for (const listed of [{ method: 'PUT' }, { headers: [['X-A', '1']] }, { body: 'x' }] as const)
      expect(request(listed, template)).toMatchObject({ ...listed, authorization })
  })

  it('sends a header as often as the line has it', () => {
    const twice = [
      ['X-A', '1'],
      ['x-a', '2'],
    ] as const
    expect(request({ headers: twice }).headers).toEqual(twice)
  })

  it('is posted where it has a body, unless the line or the run names a method', () => {
    expect(request({ body: 'x' }).method).toBe('POST')
    expect(request({ body: 'x', method: 'PUT' }).method).toBe('PUT')
    const bodyRequest = { method: 'GET', headers: [], body: null }
    expect(request({ body: 'x' }, { ...plain, bodyRequest }).method).toBe('GET')
  })

  it('has its body in place of that of the run, and not the type that went with that', () => {
    const form = [['content-type', 'application/x-www-form-urlencoded']] as const
    const data: TaskTemplate = {
      ...plain,
      request: { method: 'POST', headers: form, body: 'a=1' },
      bodyRequest: { method: 'POST', headers: [], body: null },
    }
    expect(request({ body: '{}', contentType: 'application/json' }, data)).toEqual({
      method: 'POST',
      headers: [['content-type', 'application/json']],
      body: '{}',
    })
    expect(request({ body: null, contentType: 'application/json' }, data)).toEqual({
      method: 'POST',
      headers: [],
      body: null,
    })
    expect(request({ headers: [['x-a', '1']] }, data).body).toBe('a=1')
  })

  it('has the type of its body from a header where there is one', () => {
    const headers = [['Content-Type', 'text/plain']] as const
    expect(request({ body: '{}', contentType: 'application/json', headers }).headers).toEqual(headers)
    expect(request({ body: 'x' }).headers).toEqual([])
  })

  it('keeps its data, time and retries', () => {
    expect(task({ meta: '{"n":1}', timeoutMs: 500, retries: 0 }).own).toEqual({
      meta: '{"n":1}',
      timeoutMs: 500,
      retries: 0,
    })
    expect(task({ meta: 'null' }).own).toEqual({ meta: 'null', timeoutMs: null, retries: null })
  })

  it('shares one request with other lines that ask for the same', () => {
    const listed = { method: 'PUT', headers: [['X-A', '1']], body: 'x' } as const
    expect(request(listed)).toBe(request({ ...listed, url: 'http://b.test/' }))
    expect(request(listed)).not.toBe(request({ ...listed, body: 'y' }))
    expect(request(listed)).not.toBe(request(listed, withHeaders))
  })

  it('shares the body of the run, however large', () => {
    const data: TaskTemplate = { ...plain, request: { ...plain.request, body: new Uint8Array(1e6) } }
    const listed = { headers: [['X-A', '1']] } as const
    expect(request(listed, data)).toBe(request(listed, data))
    expect(request(listed, data).body).toBe(data.request.body)
    expect(task(listed, data).bytes).toBe(4)
    expect(task({ ...listed, body: 'own', meta: '12' }, data).bytes).toBe(4 + 3 + 2)
  })

  it('remembers the last requests, and no large one', () => {
    const first = request({ body: 'first' })
    for (let n = 0; n < 1000; n++) request({ body: `${n}` })
    expect(request({ body: 'first' })).not.toBe(first)
    const large = { body: 'x'.repeat(10_000) }
    expect(request(large)).not.toBe(request(large))
  })
})

describe('what cannot be sent', () => {
  const rejected = (listed: Partial<ListedRequest>) => item({ meta: '1', ...listed })

  it('is rejected with the data of its line', () => {
    const failure = { type: 'invalid_request', code: 'INVALID_METHOD' }
    expect(rejected({ method: 'CONNECT' })).toMatchObject({ kind: 'rejected', id: 7, meta: '1', failure })
    expect(rejected({ url: 'ftp://a', method: 'PUT' })).toMatchObject({
      method: 'PUT',
      meta: '1',
      failure: { type: 'invalid_url', code: 'URL_SCHEME' },
    })
  })

  it.each([
    [['Transfer-Encoding', 'chunked'], 'Transfer-Encoding'],
    [['X-A', 'sécret\nx'], 'X-A'],
    [['Authorization: Bearer sécret', 'x'], 'Authorization'],
    [['', 'sécret'], 'no name'],
  ] as const)('names the header %j, never its value', (header, shown) => {
    const made = rejected({ headers: [header] })
    const message = made.kind === 'rejected' ? made.failure.message : ''
    expect(made).toMatchObject({ failure: { type: 'invalid_request', code: 'INVALID_HEADER' } })
    expect(message).toContain(shown)
    expect(message).not.toContain('sécret')
  })

  it('is a URL that no server would take: the record has its beginning', () => {
    const url = `http://u:sécret@a.test/${'x'.repeat(70_000)}`
    const made = rejected({ url })
    expect(made).toMatchObject({ failure: { type: 'invalid_url', code: 'URL_TOO_LONG' } })
    expect(made.url.length).toBeLessThan(300)
    expect(made.url).toBe(listedUrl(url))
    expect(made.url).not.toContain('sécret')
  })
})
