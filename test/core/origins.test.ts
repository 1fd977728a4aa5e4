import { expect, it } from 'vitest'
import { knownOrigin, originOf } from '../../src/core/origins.js'

it('takes an origin out of what came out of the parser', () => {
  expect(originOf('https://a.test:8443/x?y//z')).toEqual({ origin: 'https://a.test:8443', host: 'a.test:8443' })
  expect(originOf('http://[::1]/')).toEqual({ origin: 'http://[::1]', host: '[::1]' })
})

it('knows the origins that it took, in whatever turn', () => {
  for (const host of ['one.test', 'two.test', 'three.test:81']) originOf(`http://${host}/`)
  for (const host of ['two.test', 'one.test', 'three.test:81', 'one.test']) {
    expect(knownOrigin(`http://${host}/path`)).toEqual({ origin: `http://${host}`, host })
  }
})

it.each([
  'http://known.test',
  'http://known.tes/',
  'http://known.test:80/',
  'http://KNOWN.test/',
  'HTTP://known.test/',
  'https://known.test/',
  'http://user@known.test/',
  'http://known.test\\/',
  ' http://known.test/',
  'known.test/',
  '//known.test/',
  '/http://known.test/',
  '',
])('does not take %j for the URL of one', (text) => {
  originOf('http://known.test/')
  expect(knownOrigin(text)).toBeNull()
  originOf('http://other.test/')
  expect(knownOrigin(text)).toBeNull()
})

it('does not remember what is too long for a name', () => {
  for (const letters of [253, 260]) {
    const host = 'a'.repeat(letters)
    expect(originOf(`http://${host}/`)).toEqual({ origin: `http://${host}`, host })
    originOf('http://other.test/')
    expect(knownOrigin(`http://${host}/`) === null).toBe(letters > 259)
  }
})

it('forgets them where there are too many, and takes them anew', () => {
  for (let host = 0; host < 5000; host++) originOf(`http://${host}.many.test/`)
  expect(knownOrigin('http://0.many.test/')).toBeNull()
  expect(knownOrigin('http://4999.many.test/')).not.toBeNull()
  expect(originOf('http://0.many.test/')).toEqual({ origin: 'http://0.many.test', host: '0.many.test' })
})
