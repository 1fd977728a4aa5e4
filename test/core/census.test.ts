import { describe, expect, it } from 'vitest'
import { Census, type CensusLimits } from '../../src/core/census.js'
import { createTask } from '../../src/core/task.js'
import { sha256 } from '../support/digest.js'
import { getRequest } from '../support/values.js'

const unlimited: CensusLimits = { limitsOf: () => ({ intervalMs: null }), globalIntervalMs: null }

function censusOf(urls: readonly string[], dedupe = false): Census {
  const census = new Census({ digest: sha256, common: getRequest, dedupe })
  for (const [index, url] of urls.entries()) {
    census.add(createTask(index + 1, url, { request: getRequest, defaultScheme: 'http' }, 0))
  }
  return census
}

const mixed = [
  'http://a.test/1',
  'http://a.test/2',
  'http://b.test/',
  'http://a.test/1#x',
  'ftp://a.test/',
  'http:///x',
]

describe('Census', () => {
  it('counts what a list holds', () => {
    expect(censusOf([...mixed, 'mailto:x']).report(unlimited)).toEqual({
      urls: 7,
      invalid: 3,
      invalidCodes: [
        { code: 'URL_SCHEME', count: 2 },
        { code: 'URL_NO_HOST', count: 1 },
      ],
      duplicates: 1,
      requests: 4,
      hosts: 2,
      largestHosts: [
        { host: 'a.test', requests: 3 },
        { host: 'b.test', requests: 1 },
      ],
      atLeast: null,
    })
  })

  it('counts no request for a duplicate where those are not made', () => {
    const report = censusOf(mixed, true).report({ ...unlimited, globalIntervalMs: 100 })
    expect(report).toMatchObject({ urls: 6, duplicates: 1, requests: 3, atLeast: { ms: 200 } })
    expect(report.largestHosts[0]).toEqual({ host: 'a.test', requests: 2 })
  })

  it('names the ten largest hosts, the first of those that are alike first', () => {
    const counts = [1, 5, 2, 2, 9, 1, 1, 3, 2, 1, 1, 4, 1]
    const urls = counts.flatMap((count, host) => Array.from({ length: count }, (_, n) => `http://h${host}.test/${n}`))
    expect(
      censusOf(urls)
        .report(unlimited)
        .largestHosts.map(({ host }) => host),
    ).toEqual([4, 1, 11, 7, 2, 3, 8, 0, 5, 6].map((host) => `h${host}.test`))
  })

  it('is of nothing where the list is empty', () => {
    const report = censusOf([]).report({ limitsOf: () => ({ intervalMs: 100 }), globalIntervalMs: 10 })
    expect(report).toMatchObject({ urls: 0, hosts: 0, largestHosts: [], atLeast: { ms: 0, requests: 0 } })
  })
})

describe('the time that a list takes at least', () => {
  const urls = Array.from({ length: 40 }, (_, n) => `http://${n < 30 ? 'large' : 'slow'}.test/${n}`)
  const bound = (limits: Partial<CensusLimits>) => censusOf(urls).report({ ...unlimited, ...limits }).atLeast

  it('is not known without a rate', () => {
    expect(bound({})).toBe(null)
  })

  it('is that of the host with the most requests where the rate is the same for all', () => {
    expect(bound({ limitsOf: () => ({ intervalMs: 100 }) })).toEqual({
      ms: 2900,
      host: 'large.test',
      requests: 30,
      intervalMs: 100,
    })
  })

  it('is that of a smaller host with a lower rate of its own', () => {
    const limitsOf = (host: string) => ({ intervalMs: host === 'slow.test' ? 1000 : 100 })
    expect(bound({ limitsOf })).toEqual({ ms: 9000, host: 'slow.test', requests: 10, intervalMs: 1000 })
  })

  it('is known where only one host has a rate', () => {
    const limitsOf = (host: string) => ({ intervalMs: host === 'slow.test' ? 10 : null })
    expect(bound({ limitsOf })).toMatchObject({ ms: 90, host: 'slow.test' })
  })

  it('is that of all hosts together where their rate takes longer', () => {
    const limitsOf = () => ({ intervalMs: 100 })
    expect(bound({ limitsOf, globalIntervalMs: 80 })).toEqual({ ms: 3120, host: null, requests: 40, intervalMs: 80 })
    expect(bound({ limitsOf, globalIntervalMs: 10 })).toMatchObject({ ms: 2900, host: 'large.test' })
  })

  it('is nothing where every host is asked once', () => {
    const report = censusOf(['http://a.test/', 'http://b.test/']).report({
      ...unlimited,
      limitsOf: () => ({ intervalMs: 100 }),
    })
    expect(report.atLeast).toEqual({ ms: 0, host: 'a.test', requests: 1, intervalMs: 100 })
  })
})
