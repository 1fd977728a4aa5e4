import { describe, expect, it } from 'vitest'
import { outageText } from '../../src/observers/outage-text.js'
import type { HostOutage } from '../../src/types.js'
import { loadFit } from '../../src/observers/fit.js'
import { noColor } from '../../src/observers/palette.js'

const summaryLook = { columns: 79, fit: await loadFit(), palette: noColor }

const outage = (host: string, changes: Partial<HostOutage> = {}): HostOutage => ({
  host,
  failures: 7,
  sinceMs: 0,
  isOver: false,
  ...changes,
})

describe('the hosts that were given up', () => {
  it('are no line where there was none', () => {
    expect(outageText({ count: 0, hosts: [] }, summaryLook)).toEqual([])
  })

  it('are told with how often they were tried, and whether they are back', () => {
    const hosts = [outage('a.test'), outage('b.test', { failures: 1200, isOver: true })]
    expect(outageText({ count: 2, hosts }, summaryLook)).toEqual([
      'given up a.test after 7 failed attempts',
      '         b.test after 1,200 failed attempts, back since',
    ])
  })

  it('are five, and how often it happened in all', () => {
    const hosts = Array.from({ length: 100 }, (_, index) => outage(`h${index}.test`))
    const lines = outageText({ count: 250, hosts }, summaryLook)
    expect(lines).toHaveLength(6)
    expect(lines.at(-1)).toBe('         250 times in all')
  })

  it('fit the columns', () => {
    const lines = outageText({ count: 1, hosts: [outage(`${'x'.repeat(100)}.test`)] }, { ...summaryLook, columns: 60 })
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(60)
    expect(lines[0]).toContain('after 7 failed attempts')
  })
})
