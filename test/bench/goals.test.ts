import { describe, expect, it } from 'vitest'
import { goals, judge, type Result } from '../../bench/compare/goals.mjs'
import { workloads } from '../../bench/compare/workloads.mjs'

const columns = (wall: number[], peak = wall) => ({ wall_s: wall, cpu_s: wall, peak_mb: peak })

function started(ours: number[], node: number[]): Result {
  const entries = {
    'node -e 0': columns(node),
    'poolfetch --version': columns(ours),
    'poolfetch, one URL': columns(ours),
  }
  return { name: 'start', entries }
}

describe('the goals of the comparison', () => {
  it('are about workloads and programs that there are', () => {
    for (const isQuick of [false, true]) {
      const entries = new Map(workloads({ isQuick }).map((one) => [one.name, one.entries.map(({ name }) => name)]))
      for (const { workload, entry = 'poolfetch', against = entry } of goals)
        expect(entries.get(workload), workload).toEqual(expect.arrayContaining([entry, against]))
    }
  })

  it('are held against the ratio of medians, and show those of single rounds', () => {
    const [version] = judge([started([1.2, 1.3, 9], [1, 1, 3])])
    expect(version).toMatchObject({ value: 1.3, least: 1.2, most: 3, met: 'yes' })
  })

  it('are met, met in a first step, or not', () => {
    const met = (ours: number) => judge([started([ours], [1])]).map((row) => row.met)
    expect(met(1.3)).toEqual(['yes', 'yes'])
    expect(met(1.31)).toEqual(['first step', 'yes'])
    expect(met(2.1)).toEqual(['no', 'first step'])
    expect(met(2.51)).toEqual(['no', 'no'])
  })

  it('may be absolute', () => {
    const entries = {
      'one host': columns([1], [111]),
      'many hosts': columns([1], [150]),
      'short list': columns([1], [100]),
      'long list': columns([1], [109]),
    }
    expect(judge([{ name: 'memory', entries }])).toMatchObject([
      { entry: 'one host', against: null, value: 111, met: 'first step' },
      { entry: 'many hosts', against: null, value: 150, met: 'yes' },
      { entry: 'long list', against: 'short list', value: 1.09, met: 'yes' },
    ])
  })

  it('are not measured where the program to compare with is missing', () => {
    expect(judge([{ name: 'mid', entries: { poolfetch: columns([1]) } }])).toMatchObject([
      { against: 'Go pool', value: null, least: null, most: null, met: 'not measured' },
    ])
  })
})
