import { describe, expect, it } from 'vitest'
import { createRequestKey } from '../../src/core/request-key.js'
import type { RequestSpec } from '../../src/types.js'
import { getRequest, makeTask } from '../support/values.js'

const common: RequestSpec = { method: 'GET', headers: [['Accept', 'text/html']], body: null }

describe('the key of a request', () => {
  const key = createRequestKey(common)
  const of = (url: string, request = common): string => key(makeTask(1, url, request))

  it('is the same for spellings of a URL that lead to the same request', () => {
    expect(of('HTTP://A.test:80/x')).toBe(of('http://a.test/x'))
    expect(of('http://a.test/x#part')).toBe(of('http://a.test/x'))
  })

  it.each([
    ['scheme', 'https://a.test/x'],
    ['port', 'http://a.test:8080/x'],
    ['path', 'http://a.test/X'],
    ['query', 'http://a.test/x?'],
    ['user', 'http://user@a.test/x'],
  ])('differs with the %s', (_part, url) => {
    expect(of(url)).not.toBe(of('http://a.test/x'))
  })

  it('differs with the password', () => {
    expect(of('http://user:one@a.test/x')).not.toBe(of('http://user:two@a.test/x'))
  })

  it.each([
    ['method', { method: 'HEAD' }],
    ['header fields', { headers: [['Accept', 'text/plain']] }],
    ['body', { body: 'a' }],
    ['empty body', { body: '' }],
    ['authorization', { authorization: 'Basic eDp5' }],
    ['bytes of the body', { body: new Uint8Array([255]) }],
  ] as const)('differs with the %s', (_part, changes) => {
    expect(of('http://a.test/x', { ...common, ...changes })).not.toBe(of('http://a.test/x'))
  })

  it('is of what is sent, not of the object that says so', () => {
    const alike: RequestSpec = { method: 'GET', headers: [['ACCEPT', 'text/html']], body: null }
    expect(of('http://a.test/x', alike)).toBe(of('http://a.test/x'))
    const text = of('http://a.test/x', { ...common, body: 'ü' })
    expect(of('http://a.test/x', { ...common, body: Buffer.from('ü') })).toBe(text)
  })

  it('does not mistake one task for the next where requests change from line to line', () => {
    const other = of('http://a.test/x', getRequest)
    expect(of('http://a.test/x')).not.toBe(other)
    expect(of('http://a.test/x', getRequest)).toBe(other)
  })

  it('cannot be made up of a URL and a body that end and begin differently', () => {
    const one = of('http://a.test/x', { ...common, body: '\n\nhttp://a.test/y' })
    const two = of('http://a.test/y', { ...common, body: '' })
    expect(one.split('\n')).toHaveLength(3)
    expect(one).not.toBe(two)
  })
})
