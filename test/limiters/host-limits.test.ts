import { describe, expect, it } from 'vitest'
import { HostLimitTable, type HostRule } from '../../src/limiters/host-limits.js'

const unlimited = { intervalMs: null, perHost: Number.POSITIVE_INFINITY }

/** Which of the patterns applies, by its place; -1 for none of them. */
function ruleOf(host: string, patterns: readonly string[]): number {
  const rules = patterns.map((pattern, index): HostRule => ({ pattern, intervalMs: index + 1 }))
  return (new HostLimitTable(unlimited, rules).of(host).intervalMs ?? 0) - 1
}

describe('HostLimitTable', () => {
  it('has the same limits for all hosts where there are no rules', () => {
    const table = new HostLimitTable({ intervalMs: 5, perHost: 3 }, [])
    expect(table.of('a.test')).toEqual({ intervalMs: 5, perHost: 3 })
  })

  it('takes from the defaults what a rule leaves out', () => {
    const table = new HostLimitTable({ intervalMs: 5, perHost: 3 }, [
      { pattern: 'a.test', intervalMs: 9 },
      { pattern: 'b.test', perHost: 1 },
      { pattern: 'c.test', intervalMs: null, perHost: Number.POSITIVE_INFINITY },
    ])
    expect(['a.test', 'b.test', 'c.test', 'd.test'].map((host) => table.of(host))).toEqual([
      { intervalMs: 9, perHost: 3 },
      { intervalMs: 5, perHost: 1 },
      unlimited,
      { intervalMs: 5, perHost: 3 },
    ])
  })

  it.each([
    ['a.test', 0],
    ['a.test:8080', 0],
    ['b.a.test', -1],
    ['xa.test', -1],
    ['test', -1],
  ])('has a host for a name alone, whatever the port: %s', (host, rule) => {
    expect(ruleOf(host, ['a.test'])).toBe(rule)
  })

  it.each([
    ['a.test:8080', 0],
    ['a.test', -1],
    ['a.test:80800', -1],
    ['[::1]:8080', 1],
    ['[::1]', -1],
  ])('has a host for a name and a port: %s', (host, rule) => {
    expect(ruleOf(host, ['a.test:8080', '[::1]:8080'])).toBe(rule)
  })

  it.each([
    ['a.test', 0],
    ['[::1]', 1],
    ['127.0.0.1', 2],
    ['a.test:8080', -1],
  ])('takes 80 and 443 for the port of a host without one: %s', (host, rule) => {
    expect(ruleOf(host, ['a.test:443', '[::1]:80', '127.0.0.1:80'])).toBe(rule)
  })

  it('takes the colons of an address for no port', () => {
    expect(ruleOf('[2001:db8::80]', ['[2001:db8::80]'])).toBe(0)
    expect(ruleOf('[2001:db8::80]:8080', ['[2001:db8::80]'])).toBe(0)
  })

  it.each([
    ['b.a.test', 0],
    ['c.b.a.test:99', 0],
    ['a.test', -1],
    ['xa.test', -1],
  ])('has a wildcard for every name below, not for the name itself: %s', (host, rule) => {
    expect(ruleOf(host, ['*.a.test'])).toBe(rule)
  })

  it('takes the most specific: the name, then the longest wildcard, each with its port first', () => {
    const patterns = ['*.test', 'x.a.test', '*.a.test', '*.a.test:9', 'x.a.test:9']
    const hosts = ['x.a.test:9', 'x.a.test', 'y.a.test:9', 'y.a.test', 'y.test:9']
    expect(hosts.map((host) => ruleOf(host, patterns))).toEqual([4, 1, 3, 2, 0])
    expect(hosts.map((host) => ruleOf(host, patterns.toReversed()))).toEqual([0, 3, 1, 2, 4])
  })

  it('takes the last of several for the same hosts, all of it', () => {
    const table = new HostLimitTable({ intervalMs: 5, perHost: 3 }, [
      { pattern: 'a.test', intervalMs: 9 },
      { pattern: 'a.test', perHost: 1 },
    ])
    expect(table.of('a.test')).toEqual({ intervalMs: 5, perHost: 1 })
  })

  it('gives the same answers again, however many hosts are asked for', () => {
    const table = new HostLimitTable(unlimited, [{ pattern: '*.a.test', intervalMs: 7 }])
    for (let round = 0; round < 2; round++) {
      for (let index = 0; index < 3000; index++) {
        expect(table.of(`h${index}.${index % 2 ? 'a' : 'b'}.test`).intervalMs).toBe(index % 2 ? 7 : null)
      }
    }
  })

  it('says whether any host has a limit, or a rate', () => {
    const says = (rules: readonly HostRule[], defaults = unlimited) => {
      const { hasLimits, hasRates } = new HostLimitTable(defaults, rules)
      return [hasLimits, hasRates]
    }
    expect(says([])).toEqual([false, false])
    expect(says([{ pattern: 'a', intervalMs: null }])).toEqual([false, false])
    expect(says([{ pattern: 'a', perHost: 2 }])).toEqual([true, false])
    expect(says([{ pattern: 'a', intervalMs: 2 }])).toEqual([true, true])
    expect(says([], { intervalMs: null, perHost: 2 })).toEqual([true, false])
  })
})
