import { describe, expect, it } from 'vitest'
import { judge } from '../bench/compare/goals.mjs'
import { performanceSection } from '../scripts/performance-section.mjs'

const columns = (wall: number[], peak: (number | null)[] = wall) => ({ wall_s: wall, cpu_s: peak, peak_mb: peak })

function sectionOf(
  workloads: { name: string; title: string; entries: Record<string, ReturnType<typeof columns>> }[],
  isBusy = false,
) {
  return performanceSection({
    is_quick: false,
    machine: { processor: 'Some CPU', cores: 2, memory_gib: 24, system: 'Some Linux', kernel: 'Linux 6' },
    versions: { poolfetch: '1.0.0', node: '20.1.0', undici: '7.2.0' },
    is_busy: isBusy,
    goals: judge(workloads),
    workloads,
  })
}

describe('the performance section', () => {
  it('says what was measured on, with what takes part and nothing else', () => {
    expect(sectionOf([])).toMatch(
      /^Measured on 2 cores \(Some CPU, 24 GiB of memory, Some Linux, Linux 6\) with Node 20\.1\.0, undici 7\.2\.0; /,
    )
  })

  it('says so when the machine was busy', () => {
    expect(sectionOf([])).not.toContain('other work')
    expect(sectionOf([], true)).toContain('The machine had other work to do')
  })

  it('has a row for each list and a column for each program, with medians', () => {
    const mid = { poolfetch: columns([3, 1, 2]), wget2: columns([4], [null]) }
    const broad = { poolfetch: columns([5]), 'bare sockets': columns([6]) }
    const section = sectionOf([
      { name: 'mid', title: 'Some hosts', entries: mid },
      { name: 'broad-http', title: 'Many', entries: broad },
    ])
    expect(section).toContain('|  | poolfetch | wget2 | bare sockets |\n|---|---|---|---|\n')
    expect(section).toContain('| Some hosts | 2.00 / 2.00 / 2 | 4.00 / ? / ? |  |\n')
    expect(section).toContain('| Many | 5.00 / 5.00 / 5 |  | 6.00 / 6.00 / 6 |\n')
  })

  it('shows which goals are met, and which are not', () => {
    const start = (ours: number) => {
      const entries = {
        'node -e 0': columns([1]),
        'poolfetch --version': columns([ours]),
        'poolfetch, one URL': columns([ours]),
      }
      return sectionOf([{ name: 'start', title: 'Start', entries }])
    }
    expect(start(1.4)).toContain(
      '| poolfetch --version | wall time | node -e 0 | at most 1.30 | 1.40 | 1.40 to 1.40 | **no**, but within 1.50 |',
    )
    expect(start(1.4)).toContain('| at most 2.00 | 1.40 | 1.40 to 1.40 | yes |')
    expect(start(4)).toContain('| at most 2.00 | 4.00 | 4.00 to 4.00 | **no** |')
    expect(sectionOf([{ name: 'mid', title: 'Mid', entries: { poolfetch: columns([1]) } }])).toContain(
      '| Mid | wall time | Go pool | at most 1.10 |  |  | not measured |',
    )
  })
})
