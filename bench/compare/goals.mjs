// What the comparison is for: a goal for each ratio of poolfetch to what one would use instead, and what came of it.

import { median } from '../lib/report.mjs'

/** `of` is a column of the results; without `against` it is held against the goal itself, in MB. */
export const goals = [
  { workload: 'narrow', of: 'wall_s', against: 'Go pool', goal: 1, firstStep: 1.15 },
  { workload: 'narrow', of: 'wall_s', against: 'curl -Z', goal: 0.5, firstStep: 0.6 },
  { workload: 'narrow', of: 'cpu_s', against: 'undici dispatch() loop', goal: 1.15, firstStep: 1.3 },
  { workload: 'mid', of: 'wall_s', against: 'Go pool', goal: 1.1, firstStep: 1.3 },
  { workload: 'broad-http', of: 'cpu_s', against: 'bare sockets', goal: 1.5, firstStep: 2.2 },
  { workload: 'broad-https', of: 'wall_s', against: 'curl -Z', goal: 0.7, firstStep: 0.9 },
  { workload: 'broad-https', of: 'cpu_s', against: 'bare sockets', goal: 1.2, firstStep: 1.5 },
  { workload: 'bodies', of: 'cpu_s', against: 'undici dispatch() loop', goal: 1.05, firstStep: 1.15 },
  { workload: 'bodies', of: 'wall_s', against: 'curl -Z', goal: 1.5, firstStep: 2.5 },
  { workload: 'start', entry: 'poolfetch --version', of: 'wall_s', against: 'node -e 0', goal: 1.3, firstStep: 1.5 },
  { workload: 'start', entry: 'poolfetch, one URL', of: 'wall_s', against: 'node -e 0', goal: 2, firstStep: 2.5 },
  { workload: 'memory', entry: 'one host', of: 'peak_mb', goal: 110, firstStep: 140 },
  { workload: 'memory', entry: 'many hosts', of: 'peak_mb', goal: 150, firstStep: 200 },
  { workload: 'memory', entry: 'long list', of: 'peak_mb', against: 'short list', goal: 1.1, firstStep: 1.2 },
]

/**
 * The goals of the workloads that ran. `value` is the ratio of medians, or the median where there is nothing to compare with; `least` and
 * `most` are those of single rounds. All three are null where the program to compare with did not run.
 *
 * @param {{ name: string, entries: Record<string, { wall_s: number[], cpu_s: number[], peak_mb: number[] }> }[]} results
 */
export function judge(results) {
  return goals.flatMap(({ workload, entry = 'poolfetch', of, against = null, goal, firstStep }) => {
    const entries = results.find(({ name }) => name === workload)?.entries
    if (entries === undefined) return []
    const figures = compared(entries[entry][of], against === null ? null : entries[against]?.[of])
    return {
      workload,
      entry,
      of,
      against,
      goal,
      first_step: firstStep,
      ...figures,
      met: verdict(figures, goal, firstStep),
    }
  })
}

function compared(ours, theirs) {
  if (theirs === undefined) return { value: null, least: null, most: null }
  const single = theirs === null ? ours : ours.map((value, round) => value / theirs[round])
  const value = theirs === null ? median(ours) : median(ours) / median(theirs)
  return { value: rounded(value), least: rounded(Math.min(...single)), most: rounded(Math.max(...single)) }
}

// A goal is given to two digits behind the point, and so is what is held against it.
function rounded(value) {
  return Math.round(value * 100) / 100
}

function verdict({ value }, goal, firstStep) {
  if (value === null) return 'not measured'
  if (value <= goal) return 'yes'
  return value <= firstStep ? 'first step' : 'no'
}
