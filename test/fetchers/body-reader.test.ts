// What bodies are read for: whose are judged, before anything is saved of them, and what is picked from which.

import { describe, expect, it } from 'vitest'
import { gzipSync } from 'node:zlib'
import { pathsInto } from '../../src/core/field-path.js'
import type { KeepOptions, ReadOptions } from '../../src/fetchers/index.js'
import type { BodyStore } from '../../src/types.js'
import { startHttpServer } from '../support/http-server.js'
import { useOpened } from './setup.js'

const { open, fetchOnce } = useOpened()

const keepOf = (read: Partial<ReadOptions>, changes: Partial<KeepOptions> = {}) => ({
  keep: {
    store: null,
    isSaved: (status: number) => status < 400,
    hash: false,
    headers: false,
    bodyBytes: null,
    read: { rules: null, paths: [], ...read },
    ...changes,
  },
})
const mustHave = (pattern: RegExp): ReadOptions => ({ rules: { patterns: [pattern], isJson: false }, paths: [] })
const paths = pathsInto('body', ['body.a', 'body.error'])

const serve = () =>
  open(
    startHttpServer((request, response) => {
      switch (request.url ?? '') {
        case '/gzip':
          response.setHeader('content-encoding', 'gzip')
          return void response.end(gzipSync('{"a":"w\u00f6rd"}'))
        case '/latin1':
          response.setHeader('content-type', 'text/html; charset=latin1')
          return void response.end(Buffer.from('w\u00f6rd', 'latin1'))
        case '/500':
          response.statusCode = 500
          return void response.end('{"error":"x"}')
        case '/204':
          response.statusCode = 204
          return void response.end()
        case '/304':
          response.statusCode = 304
          return void response.end()
        case '/moved':
          response.writeHead(302, { location: '/gzip' })
          return void response.end('moved')
        case '/cut':
          response.writeHead(200, { 'content-length': 99 })
          return void response.write('{"a":1}', () => response.destroy())
        case '/pieces':
          response.write('{"a":"wö')
          return void setImmediate(() => response.end('rd"}'))
        default:
          return void response.end('nothing')
      }
    }),
  )

describe('a body', () => {
  it('is judged where the response is accepted, decoded, by its charset', async () => {
    const { origin } = await serve()
    const options = keepOf(mustHave(/wörd/))
    const failureOf = async (path: string) => (await fetchOnce(origin + path, options)).failure?.code ?? null
    expect(await failureOf('/gzip')).toBeNull()
    expect(await failureOf('/latin1')).toBeNull()
    expect(await failureOf('/pieces')).toBeNull()
    expect(await failureOf('/other')).toBe('NO_MATCH')
    expect(await failureOf('/500')).toBeNull()
  })

  it('is not judged where there is none, nor of a redirect that is followed', async () => {
    const { origin } = await serve()
    const options = keepOf(mustHave(/wörd/))
    for (const path of ['/204', '/304', '/moved']) expect((await fetchOnce(origin + path, options)).failure).toBeNull()
    const head = await fetchOnce(`${origin}/other`, options, { request: { method: 'HEAD' } })
    expect(head.failure).toBeNull()
  })

  it('of a redirect that is returned as it is is judged, one of too many redirects is not', async () => {
    const { origin } = await serve()
    const options = keepOf(mustHave(/wörd/))
    expect((await fetchOnce(`${origin}/moved`, { ...options, maxRedirects: 0 })).failure?.code).toBe('NO_MATCH')
    expect((await fetchOnce(`${origin}/moved`, options, { redirects: 10 })).failure).toBeNull()
  })

  it('that did not come whole is a failure of the network', async () => {
    const { origin } = await serve()
    const attempt = await fetchOnce(`${origin}/cut`, keepOf({ ...mustHave(/x/), paths }))
    expect(attempt.failure?.type).toBe('network')
    expect(attempt.optIns).toEqual({ picked: new Map() })
  })

  it('is not put in its place where it is not what it has to be', async () => {
    const { origin } = await serve()
    const calls: string[] = []
    const store: BodyStore = {
      receive: (_task, listener) => ({
        isCommitting: false,
        write: () => true,
        end: () => {
          calls.push('end')
          listener.onStored('a/file')
        },
        abort: () => void calls.push('abort'),
      }),
      close: async () => {},
    }
    const failed = await fetchOnce(`${origin}/other`, keepOf(mustHave(/wörd/), { store, hash: true, bodyBytes: 9 }))
    expect([failed.failure?.code, calls]).toEqual(['NO_MATCH', ['abort']])
    expect(failed.optIns).toMatchObject({
      file: null,
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      body: 'nothing',
    })
    await fetchOnce(`${origin}/gzip`, keepOf(mustHave(/wörd/), { store }))
    expect(calls.slice(1)).toEqual(['end', 'abort'])
  })

  it('is picked from whatever the status, and not where there is nothing to pick', async () => {
    const { origin } = await serve()
    const pickedOf = async (path: string) => (await fetchOnce(origin + path, keepOf({ paths }))).optIns
    expect(await pickedOf('/gzip')).toEqual({ picked: new Map([['body.a', '"wörd"']]) })
    expect(await pickedOf('/500')).toEqual({ picked: new Map([['body.error', '"x"']]) })
    expect(await pickedOf('/other')).toEqual({ picked: new Map() })
    expect(await pickedOf('/204')).toBeNull()
    expect((await fetchOnce(`${origin}/gzip`, keepOf({}))).optIns).toEqual({})
  })
})
