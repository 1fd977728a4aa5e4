import { describe, expect, it } from 'vitest'
import { HostHeaderTable } from '../../src/core/host-headers.js'
import { makeTask } from '../support/values.js'

const targetOf = (url: string) => makeTask(1, url).target

describe('header fields of hosts', () => {
  const table = new HostHeaderTable([
    { pattern: 'a.test', headers: [['X-A', '1']] },
    {
      pattern: '*.a.test',
      headers: [
        ['X-A', 'all'],
        ['X-B', 'all'],
      ],
    },
    { pattern: 'b.a.test', headers: [['x-a', 'b']] },
    { pattern: 'a.test', headers: [['X-A', '2']] },
    { pattern: 's.test:443', headers: [['X-S', 's']] },
    { pattern: 'p.test:8080', headers: [['X-P', 'p']] },
    {
      pattern: 'p.test',
      headers: [
        ['X-P', 'any'],
        ['X-Q', 'any'],
      ],
    },
  ]) // prettier-ignore
  const of = (url: string) => table.of(targetOf(url))

  it('are those of its rules, in order', () => {
    expect(of('http://a.test/')).toEqual([
      ['X-A', '1'],
      ['X-A', '2'],
    ])
  })

  it.each(['http://xa.test/', 'http://test/', 'http://a.test.b/', 'http://a.tes/'])('are not sent to %s', (url) => {
    expect(of(url)).toEqual([])
  })

  it('are those of the most specific rule that sets them', () => {
    expect(of('http://c.a.test/')).toEqual([
      ['X-A', 'all'],
      ['X-B', 'all'],
    ])
    expect(of('http://b.a.test/')).toEqual([
      ['x-a', 'b'],
      ['X-B', 'all'],
    ])
    expect(of('http://p.test:8080/')).toEqual([
      ['X-P', 'p'],
      ['X-Q', 'any'],
    ])
    expect(of('https://p.test/')).toEqual([
      ['X-P', 'any'],
      ['X-Q', 'any'],
    ])
  })

  it('of a port are for that port alone, also where it is the standard one of another scheme', () => {
    expect(of('https://s.test/')).toEqual([['X-S', 's']])
    expect(of('http://s.test/')).toEqual([])
    expect(of('http://s.test:443/')).toEqual([['X-S', 's']])
  })

  it('are not sent where a redirect led from https to plain http', () => {
    expect(table.of({ ...targetOf('http://a.test/'), isDowngraded: true })).toEqual([])
    expect(of('http://a.test/')).toHaveLength(2)
  })

  it('are one list for all targets that have the same, however many there are', () => {
    const lists = new Set(Array.from({ length: 5000 }, (_, index) => of(`http://h${index}.a.test/`)))
    expect(lists.size).toBe(1)
  })
})
