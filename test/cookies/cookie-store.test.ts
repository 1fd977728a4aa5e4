import { describe, expect, it } from 'vitest'
import type { StoredCookie } from '../../src/cookies/cookie.js'
import { CookieStore } from '../../src/cookies/cookie-store.js'

const cookie = (domain: string, name: string, value = ''): StoredCookie => ({
  domain,
  isHostOnly: true,
  path: '/',
  isSecure: false,
  isHttpOnly: false,
  expiresAt: null,
  name,
  value,
})
const names = (store: CookieStore) => store.all().map(({ name }) => name)

describe('the store of cookies', () => {
  it('has one of a name, path and domain, which keeps its place among those that are sent', () => {
    const store = new CookieStore({ perDomain: 9, bytes: 1e6 })
    for (const name of ['a', 'b', 'a']) store.put(cookie('x', name, name))
    store.put({ ...cookie('x', 'a'), path: '/y' })
    store.put(cookie('y', 'a'))
    expect([...store.of('x')].map(({ order, cookie: { name } }) => name + order)).toEqual(['b2', 'a1', 'a3'])
    expect(store.find('x', '/', 'a')?.value).toBe('a')
    store.remove(cookie('x', 'a'))
    expect([store.find('x', '/', 'a'), store.isEmpty]).toEqual([null, false])
    for (const left of store.all()) store.remove(left)
    expect([store.isEmpty, [...store.of('x')]]).toEqual([true, []])
  })

  it('lets the one of a domain go that was set longest ago, where a domain has too many', () => {
    const store = new CookieStore({ perDomain: 2, bytes: 1e6 })
    store.put(cookie('y', 'y'))
    for (const name of ['a', 'b', 'a', 'c']) store.put(cookie('x', name))
    expect(names(store)).toEqual(['y', 'a', 'c'])
  })

  it('lets the one of all go that was set longest ago, where they take too much', () => {
    const store = new CookieStore({ perDomain: 1e6, bytes: 100_000 })
    for (let index = 0; index < 10_000; index++) store.put(cookie(`h${index}`, `n${index}`, 'x'.repeat(index % 4000)))
    const left = names(store)
    expect(left.length).toBeGreaterThan(20)
    expect(left.length).toBeLessThan(330)
    expect(left.at(-1)).toBe('n9999')
    store.put(cookie('large', 'large', 'x'.repeat(200_000)))
    expect(names(store)).toEqual(['large'])
  })

  it('keeps what it was given to begin with, beyond its limits', () => {
    const store = new CookieStore({ perDomain: 2, bytes: 100 })
    for (let index = 0; index < 50; index++) store.add(cookie('x', `n${index}`))
    expect(names(store)).toHaveLength(50)
    store.put(cookie('x', 'm'))
    expect(names(store)).toEqual([...Array.from({ length: 49 }, (_, index) => `n${index + 1}`), 'm'])
  })
})
