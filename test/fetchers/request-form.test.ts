// Requests as undici takes them.

import { expect, it } from 'vitest'
import { HostHeaderTable } from '../../src/core/host-headers.js'
import { acceptEncoding } from '../../src/fetchers/decode.js'
import { RequestForms } from '../../src/fetchers/request-form.js'
import type { RequestSpec, Target } from '../../src/types.js'
import { getRequest } from '../support/values.js'
import { taskFor } from './setup.js'

const { target } = taskFor('http://user@a.test:81/x?y')

it('are worked out once for all tasks that share a request', () => {
  const forms = new RequestForms({ userAgent: 'me' })
  const plain = taskFor('http://a.test/').target
  const [one, two] = [forms.dispatchOptions(getRequest, plain), forms.dispatchOptions(getRequest, plain)]
  expect(one.headers).toBe(two.headers)
  expect(one).toMatchObject({ path: '/', method: 'GET', body: null, servername: 'a.test' })
})

it('name the host that is asked, as it stands in the URL, unless the caller names another', () => {
  const forms = new RequestForms({ userAgent: 'me' })
  const hostOf = (url: string, headers: RequestSpec['headers'] = []) => {
    const sent = forms.dispatchOptions({ ...getRequest, headers }, taskFor(url).target).headers
    return Array.isArray(sent) ? sent.filter((_, index) => /^host$/i.test(sent[index - 1] ?? '')) : []
  }
  expect(
    ['http://a.test/', 'https://a.test:443/', 'http://[::1]:80/', 'http://[::1]:81/'].flatMap((url) => hostOf(url)),
  ).toEqual(['a.test', 'a.test', '[::1]', '[::1]:81'])
  expect(hostOf('http://a.test/', [['HOST', 'b.test']])).toEqual(['b.test'])
})

it("never carry one target's credentials to another", () => {
  const forms = new RequestForms({ userAgent: 'me' })
  expect(forms.dispatchOptions(getRequest, target).headers).toContain('authorization')
  expect(forms.dispatchOptions(getRequest, taskFor('http://b.test/').target).headers).not.toContain('authorization')
})

it("have the caller's authorization unless URL or header names another", () => {
  const forms = new RequestForms({ userAgent: 'me' })
  const authorizationsOf = (url: string, headers: RequestSpec['headers'] = []) => {
    const request = { ...getRequest, headers, authorization: 'Basic all' }
    const sent = forms.dispatchOptions(request, taskFor(url).target).headers
    return Array.isArray(sent) ? sent.filter((_, index) => /^authorization$/i.test(sent[index - 1] ?? '')) : []
  }
  expect(authorizationsOf('http://a.test/')).toEqual(['Basic all'])
  expect(authorizationsOf('http://user@a.test/')).toEqual(['Basic dXNlcjo='])
  expect(authorizationsOf('http://user@a.test/', [['AUTHORIZATION', 'x']])).toEqual(['x'])
})

it('have the fields of their host in place of others of that name, and are worked out once', () => {
  const hostHeaders = new HostHeaderTable([
    {
      pattern: 'a.test',
      headers: [
        ['authorization', 'Bearer a'],
        ['X-KEY', 'a'],
      ],
    },
    {
      pattern: 'b.test',
      headers: [
        ['User-Agent', 'b'],
        ['Host', 'c.test'],
      ],
    },
  ])
  const forms = new RequestForms({ userAgent: 'me', hostHeaders })
  const request: RequestSpec = {
    ...getRequest,
    headers: [
      ['X-Key', 'all'],
      ['X-B', '1'],
    ],
    authorization: 'Basic all',
  }
  const sentTo = (url: string) => forms.dispatchOptions(request, taskFor(url).target).headers
  const rest = ['accept', '*/*', 'accept-encoding', acceptEncoding, 'X-B', '1']
  const toA = ['host', 'a.test', 'user-agent', 'me', ...rest, 'authorization', 'Bearer a', 'X-KEY', 'a']
  expect(sentTo('http://user:own@a.test/')).toEqual(toA)
  expect(sentTo('http://a.test/')).toBe(sentTo('http://a.test/x'))
  expect(sentTo('http://b.test/')).toEqual([
    'accept',
    '*/*',
    'accept-encoding',
    acceptEncoding,
    'X-Key',
    'all',
    'X-B',
    '1',
    'User-Agent',
    'b',
    'Host',
    'c.test',
    'authorization',
    'Basic all',
  ])
  expect(sentTo('http://d.test/')).toEqual([
    'host',
    'd.test',
    'user-agent',
    'me',
    ...rest.slice(0, 4),
    'X-Key',
    'all',
    'X-B',
    '1',
    'authorization',
    'Basic all',
  ])
})

it("have the jar's cookies beside the caller's own, in one field", () => {
  const cookies = { header: ({ host }: Target) => (host === 'a.test' ? 'a=1; b=2' : null), store: () => {} }
  const forms = new RequestForms({ userAgent: 'me', cookies })
  const cookiesOf = (url: string, headers: RequestSpec['headers'] = []) => {
    const sent = forms.dispatchOptions({ ...getRequest, headers }, taskFor(url).target).headers
    return Array.isArray(sent) ? sent.filter((_, index) => /^cookie$/i.test(sent[index - 1] ?? '')) : []
  }
  expect(cookiesOf('http://a.test/')).toEqual(['a=1; b=2'])
  expect(
    cookiesOf('http://a.test/', [
      ['COOKIE', 'b=9'],
      ['cookie', 'c=9'],
    ]),
  ).toEqual(['b=9; c=9; a=1'])
  expect(cookiesOf('http://b.test/')).toEqual([])
  expect(cookiesOf('http://b.test/', [['Cookie', 'c=9']])).toEqual(['c=9'])
})

it('keep the order of the caller, repeated names and all', () => {
  const headers = [
    ['X-B', '1'],
    ['X-A', '2'],
    ['X-B', '3'],
  ] as const
  const { headers: sent } = new RequestForms({ userAgent: 'me' }).dispatchOptions({ ...getRequest, headers }, target)
  const defaults = ['host', 'a.test:81', 'user-agent', 'me', 'accept', '*/*', 'accept-encoding', acceptEncoding]
  expect(sent).toEqual([...defaults, ...headers.flat(), 'authorization', 'Basic dXNlcjo='])
})

it('add the conditions of one request, and leave those that share the form without', () => {
  const forms = new RequestForms({ userAgent: 'me' })
  const plain = taskFor('http://a.test/').target
  const sent = forms.dispatchOptions(getRequest, plain, [['if-none-match', '"1"']]).headers
  expect(Array.isArray(sent) ? sent.slice(-2) : sent).toEqual(['if-none-match', '"1"'])
  expect(forms.dispatchOptions(getRequest, plain).headers).not.toContain('if-none-match')
})
