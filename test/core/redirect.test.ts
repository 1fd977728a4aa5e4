import { describe, expect, it } from 'vitest'
import { type Hop, isRedirect, nextHop } from '../../src/core/redirect.js'
import type { FetchTask, HeaderList, RequestSpec } from '../../src/types.js'
import { getRequest, makeTask } from '../support/values.js'

const callersHeaders: HeaderList = [
  ['Accept', 'text/html'],
  ['accept-language', 'de'],
  ['User-Agent', 'me'],
  ['Authorization', 'Bearer secret'],
  ['Cookie', 'session=secret'],
  ['X-Token', 'secret'],
  ['Host', 'a.test'],
  ['Referer', 'http://a.test/secret'],
]
const harmless: HeaderList = callersHeaders.slice(0, 3)
const withHeaders: RequestSpec = { ...getRequest, headers: callersHeaders, authorization: 'Basic secret' }

function hop(task: FetchTask, location: string, statusCode = 302): Hop {
  const next = nextHop(task, statusCode, { locations: [location], remoteIp: '127.0.0.1' }, false)
  if ('type' in next) throw new Error(`${location} was refused: ${next.message}`)
  return next
}

/** The task at its next hop. */
const follow = (task: FetchTask, location: string, statusCode = 302): FetchTask => ({
  ...task,
  ...hop(task, location, statusCode),
})

describe('isRedirect', () => {
  it('is true of the five statuses that name a place to go', () => {
    const statuses = Array.from({ length: 900 }, (_, index) => index + 100)
    expect(statuses.filter(isRedirect)).toEqual([301, 302, 303, 307, 308])
  })
})

describe('where a redirect leads', () => {
  it.each([
    ['http://b.test/z?q=1', 'http://b.test/z?q=1'],
    ['/z', 'http://a.test:8080/z'],
    ['z', 'http://a.test:8080/x/z'],
    ['../z', 'http://a.test:8080/z'],
    ['?q=2', 'http://a.test:8080/x/y?q=2'],
    ['//b.test/z', 'http://b.test/z'],
    ['https://a.test:8080/', 'https://a.test:8080/'],
    ['HTTP://B.TEST:80/', 'http://b.test/'],
    ['/z#part', 'http://a.test:8080/z'],
    [String.raw`\\b.test\z`, 'http://b.test/z'],
  ])('%s', (location, href) => {
    expect(hop(makeTask(1, 'http://a.test:8080/x/y?q=1'), location).target.href).toBe(href)
  })

  it('names host and path of the new target, for the limits and for the request line', () => {
    const { target } = hop(makeTask(1, 'http://a.test/'), 'https://b.test:8443/p?q')
    expect(target).toMatchObject({ origin: 'https://b.test:8443', host: 'b.test:8443', path: '/p?q' })
  })

  it.each([
    'ftp://a.test/',
    'file:///etc/passwd',
    'data:text/plain,x',
    'javascript:alert(1)',
    'about:blank',
    'blob:http://a.test/1',
    'mailto:me@a.test',
    'ws://a.test/',
    'http://',
    'http://a b/',
    'http://a.test:99999/',
    'http://[::1/',
  ])('not to %s', (location) => {
    const failure = nextHop(makeTask(1, 'http://a.test/'), 302, { locations: [location], remoteIp: '127.0.0.1' }, false)
    expect(failure).toMatchObject({ type: 'redirect', code: expect.stringMatching(/^[A-Z_]+$/) })
    expect(failure).toMatchObject({ message: expect.not.stringMatching(/[\r\n]/) })
  })

  it('nowhere, where two different Locations are named; twice the same is one', () => {
    const task = makeTask(1, 'http://a.test/')
    expect(nextHop(task, 302, { locations: ['/x', '/y'], remoteIp: '127.0.0.1' }, false)).toMatchObject({
      type: 'redirect',
    })
    expect(nextHop(task, 302, { locations: ['/x', '/x'], remoteIp: '127.0.0.1' }, false)).toMatchObject({
      target: { href: 'http://a.test/x' },
    })
  })
})

describe('what goes along with a redirect', () => {
  const task = makeTask(1, 'http://user:pw@a.test/', withHeaders)
  const credentials = `Basic ${Buffer.from('user:pw').toString('base64')}`

  it('within its origin: everything', () => {
    const { target, request } = hop(task, '/z')
    expect(request.headers).toEqual(callersHeaders)
    expect(request.authorization).toBe('Basic secret')
    expect(target.authorization).toBe(credentials)
    const posted = makeTask(1, 'http://a.test/', { ...withHeaders, method: 'POST', body: 'x' })
    expect(hop(posted, '/z', 303).request).toEqual({ ...withHeaders, method: 'GET', body: null })
  })

  it.each([
    ['another host', 'http://b.test/'],
    ['a subdomain', 'http://www.a.test/'],
    ['another port', 'http://a.test:8080/'],
    ['another scheme', 'https://a.test/'],
    ['another scheme on the same port', 'https://a.test:80/'],
  ])('to %s: only what the caller said of accepted answers and of the program', (_name, location) => {
    const { target, request } = hop(task, location)
    expect(request).toEqual({ ...getRequest, headers: harmless })
    expect(target.authorization).toBeNull()
  })

  it('nothing more when a later hop leads back, nor after that', () => {
    const away = follow(task, 'http://b.test/')
    const back = follow(away, 'http://a.test/')
    expect(back.target.authorization).toBeNull()
    expect(back.request.headers).toEqual(harmless)
    const onward = follow(back, '/next')
    expect(onward.target.authorization).toBeNull()
    expect(onward.request).toEqual({ ...getRequest, headers: harmless })
  })

  it('nothing more within the other origin, either', () => {
    const within = follow(follow(task, 'http://b.test/'), '/next')
    expect(within.target.authorization).toBeNull()
    expect(within.request.headers).toEqual(harmless)
  })

  it('the user info that a Location names itself, for its own origin only', () => {
    const away = follow(task, 'http://other:word@b.test/')
    expect(away.target.authorization).toBe(`Basic ${Buffer.from('other:word').toString('base64')}`)
    expect(away.target.href).toBe('http://b.test/')
    expect(follow(away, 'http://c.test/').target.authorization).toBeNull()
  })

  it('tells plain http that https redirected to, until there is https again', () => {
    const flags = ['http://a.test/', 'http://b.test/', '/next', 'https://c.test/', '/on', 'http://c.test/'].reduce<{
      readonly task: FetchTask
      readonly flags: readonly (true | undefined)[]
    }>(
      ({ task: before, flags: earlier }, location) => {
        const after = follow(before, location)
        return { task: after, flags: [...earlier, after.target.isDowngraded] }
      },
      { task: makeTask(1, 'https://a.test/'), flags: [] },
    )
    expect(flags.flags).toEqual([true, true, true, undefined, undefined, true])
    expect(hop(makeTask(1, 'http://a.test/'), 'http://b.test/').target).not.toHaveProperty('isDowngraded')
  })

  it('leaves the task as it was, which may be tried again', () => {
    const before = structuredClone(task)
    hop(task, 'http://b.test/', 303)
    expect(task).toEqual(before)
  })
})

describe('method and body of the next hop', () => {
  const body = Buffer.from('a=1')
  const headers: HeaderList = [
    ['content-type', 'application/json'],
    ['Content-Encoding', 'gzip'],
    ['X-Token', 'kept'],
  ]
  const sending = (method: string) => makeTask(1, 'http://a.test/', { method, headers, body })

  it.each([
    [301, 'POST'],
    [302, 'POST'],
    [303, 'POST'],
    [303, 'PUT'],
    [303, 'DELETE'],
    [303, 'PATCH'],
  ])('%i after %s: GET without the body and what describes it', (statusCode, method) => {
    expect(hop(sending(method), '/z', statusCode).request).toEqual({
      method: 'GET',
      headers: [['X-Token', 'kept']],
      body: null,
    })
  })

  it.each([
    [301, 'PUT'],
    [302, 'DELETE'],
    [302, 'GET'],
    [307, 'POST'],
    [308, 'POST'],
    [308, 'PATCH'],
  ])('%i after %s: as before', (statusCode, method) => {
    expect(hop(sending(method), '/z', statusCode).request).toEqual({ method, headers, body })
  })

  it('303 after HEAD: HEAD', () => {
    const head = makeTask(1, 'http://a.test/', { ...getRequest, method: 'HEAD' })
    expect(hop(head, '/z', 303).request.method).toBe('HEAD')
  })
})

describe('the body of a request', () => {
  const posting = () => makeTask(1, 'http://a.test/', { method: 'POST', headers: [], body: 'password=secret' })

  it('stays with the origin it was meant for', () => {
    const next = nextHop(posting(), 307, { locations: ['http://b.test/'], remoteIp: null }, false)
    expect(next).toMatchObject({ type: 'redirect', code: 'REDIRECT_BODY' })
  })

  it('does not hinder a redirect that goes on without it', () => {
    expect(hop(posting(), 'http://b.test/', 303).request).toMatchObject({ method: 'GET', body: null })
  })
})

describe('a redirect into a private network', () => {
  const from = (remoteIp: string | null, allowPrivate = false) => {
    const next = nextHop(
      makeTask(1, 'http://a.test/'),
      302,
      { locations: ['http://10.0.0.1/'], remoteIp },
      allowPrivate,
    )
    return 'type' in next ? next : next.target.isPublicOnly
  }

  it('is not for what a public address named', () => {
    expect(from('8.8.8.8')).toBe(true)
    expect(from('2606:4700::1111')).toBe(true)
  })

  it('is free to those who are in it, and where it is allowed', () => {
    expect(from('192.168.1.1')).toBe(false)
    expect(from('127.0.0.1')).toBe(false)
    expect(from(null)).toBe(false)
    expect(from('8.8.8.8', true)).toBe(false)
  })

  it('is not for what a proxy was asked for by a name, or a public address: nobody knows where it went', () => {
    const proxied = (url: string, remoteIp: string) => {
      const answer = { locations: ['http://10.0.0.1/'], remoteIp, isProxied: true }
      const next = nextHop(makeTask(1, url), 302, answer, false)
      return 'type' in next ? next : next.target.isPublicOnly
    }
    for (const proxy of ['127.0.0.1', '8.8.8.8']) {
      expect(proxied('http://a.test/', proxy)).toBe(true)
      expect(proxied('http://8.8.8.8:8080/', proxy)).toBe(true)
      expect(proxied('http://192.168.1.1:8080/', proxy)).toBe(false)
      expect(proxied('http://[::1]:8080/', proxy)).toBe(false)
      expect(proxied('http://localhost/', proxy)).toBe(false)
    }
  })

  it('stays forbidden on every later hop', () => {
    const task = makeTask(1, 'http://a.test/')
    task.target = { ...task.target, isPublicOnly: true }
    expect(nextHop(task, 302, { locations: ['/on'], remoteIp: null }, false)).toMatchObject({
      target: { isPublicOnly: true },
    })
  })
})

describe('who asks', () => {
  const isForeign = (from: string, ...locations: string[]) => {
    const task = makeTask(1, from)
    for (const location of locations) Object.assign(task, hop(task, location, 302))
    return task.target.isForeign ?? false
  }

  it('is not told to another host, nor to the first one when that leads back', () => {
    expect(isForeign('https://a.test/', '/on')).toBe(false)
    expect(isForeign('https://a.test/', 'https://b.test/')).toBe(true)
    expect(isForeign('https://a.test/', 'https://a.test:8443/')).toBe(true)
    expect(isForeign('https://a.test/', 'https://b.test/', 'https://a.test/', '/on')).toBe(true)
  })

  it('is told to the https of a host whose http led there', () => {
    expect(isForeign('http://a.test/', 'https://a.test/')).toBe(false)
    expect(isForeign('http://a.test:8080/', 'https://a.test:8443/')).toBe(false)
    expect(isForeign('http://a.test/', 'https://b.test/')).toBe(true)
    expect(isForeign('https://a.test/', 'http://a.test/', 'https://a.test/')).toBe(true)
  })
})
