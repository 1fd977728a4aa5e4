// The results of the comparison as rows of text, for a terminal.

import { spread } from '../lib/report.mjs'

const measureNames = { wall_s: 'wall', cpu_s: 'CPU', peak_mb: 'peak RSS' }

export function workloadTable({ entries }) {
  return [
    ['min / median / max', 'wall s', 'CPU s', 'peak RSS MB'],
    ...Object.entries(entries).map(([name, { wall_s: wall, cpu_s: cpu, peak_mb: peak }]) => [
      name,
      shown(wall, 2 + (Math.max(...wall) < 1)),
      shown(cpu, 2),
      shown(peak, 0),
    ]),
  ]
}

export function goalTable(goals) {
  return [
    ['workload', '', 'against', 'goal', 'first step', 'measured', 'single rounds', 'met'],
    ...goals.map((row) => [
      row.entry === 'poolfetch' ? row.workload : `${row.workload}: ${row.entry}`,
      measureNames[row.of],
      row.against ?? '',
      `<= ${withUnit(row, row.goal)}`,
      `<= ${withUnit(row, row.first_step)}`,
      row.value === null ? '-' : withUnit(row, row.value),
      row.value === null ? '-' : `${withUnit(row, row.least)} to ${withUnit(row, row.most)}`,
      row.met === 'no' ? 'NO' : row.met,
    ]),
  ]
}

/** A ratio, or megabytes where nothing is compared. */
export function withUnit({ against }, value) {
  return against === null ? `${value.toFixed(0)} MB` : value.toFixed(2)
}

// A program that is not Node has no more than its wall time where there is no GNU time.
function shown(values, digits) {
  return values.includes(null) ? '-' : spread(values, digits)
}
