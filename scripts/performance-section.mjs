// The performance section of the README, from the results of `npm run bench`.

import { median } from '../bench/lib/report.mjs'

const measures = { wall_s: 'wall time', cpu_s: 'CPU time', peak_mb: 'peak memory' }
const row = (...cells) => `| ${cells.join(' | ')} |`
const table = ([header, ...rows]) => [
  row(...header),
  `|${'---|'.repeat(header.length)}`,
  ...rows.map((cells) => row(...cells)),
]

/** @param {object} results as `bench/compare.mjs` writes them */
export function performanceSection(results) {
  const { is_quick: isQuick, is_busy: isBusy, machine, versions, workloads, goals } = results
  return [
    `Measured on ${machineWords(machine)} with ${versionWords(versions)}; medians of rounds that took turns.`,
    ...(isBusy ? ['The machine had other work to do at the time, which makes wall times uncertain.'] : []),
    ...(isQuick ? ['Lists were short, so that starting weighs more than it should.'] : []),
    '',
    'Wall time in s / CPU time in s / peak memory in MB:',
    '',
    ...table(comparison(workloads)),
    '',
    ...['start', 'memory'].map((name) => sentence(workloads, name)).filter((words) => words !== null),
    '',
    'What is aimed at is a ratio of poolfetch to what it is held against, or megabytes:',
    '',
    ...table([
      ['', '', 'held against', 'goal', 'measured', 'single rounds', 'met'],
      ...goals.map((goal) => goalRow(goal, workloads)),
    ]),
  ].join('\n')
}

function machineWords({ processor, cores, memory_gib: memory, system, kernel }) {
  return `${cores} cores (${processor}, ${memory} GiB of memory, ${system}, ${kernel})`
}

function versionWords(versions) {
  const names = { node: 'Node', undici: 'undici', go: 'Go', curl: 'curl', wget2: 'wget2', nginx: 'nginx' }
  return Object.entries(names)
    .filter(([key]) => versions[key] !== undefined)
    .map(([key, name]) => `${name} ${versions[key]}`)
    .join(', ')
}

/** A row for each list that all programs fetched, a column for each program. */
function comparison(workloads) {
  const races = workloads.filter(({ entries }) => 'poolfetch' in entries)
  const tools = [...new Set(races.flatMap(({ entries }) => Object.keys(entries)))]
  return [['', ...tools], ...races.map(({ title, entries }) => [title, ...tools.map((tool) => cell(entries[tool]))])]
}

function cell(columns) {
  if (columns === undefined) return ''
  return [shownMedian(columns.wall_s, 2), shownMedian(columns.cpu_s, 2), shownMedian(columns.peak_mb, 0)].join(' / ')
}

function shownMedian(values, digits) {
  return values.includes(null) ? '?' : median(values).toFixed(digits)
}

/** What poolfetch alone is measured by. */
function sentence(workloads, wanted) {
  const workload = workloads.find(({ name }) => name === wanted)
  if (workload === undefined) return null
  const figures = Object.entries(workload.entries).map(([name, { wall_s: wall, peak_mb: peak }]) =>
    wanted === 'start' ? `${name} ${(median(wall) * 1000).toFixed(0)} ms` : `${name} ${shownMedian(peak, 0)} MB`,
  )
  return `- ${workload.title}: ${figures.join('; ')}.`
}

function goalRow(goal, workloads) {
  const { workload, entry, of, against, value, least, most } = goal
  const { title } = workloads.find(({ name }) => name === workload)
  const shown = (number) => (against === null ? `${number.toFixed(0)} MB` : number.toFixed(2))
  return [
    entry === 'poolfetch' ? title : entry,
    measures[of],
    against ?? '',
    `at most ${shown(goal.goal)}`,
    value === null ? '' : shown(value),
    value === null ? '' : `${shown(least)} to ${shown(most)}`,
    metWords(goal, shown),
  ]
}

function metWords({ met, first_step: firstStep }, shown) {
  if (met === 'first step') return `**no**, but within ${shown(firstStep)}`
  return met === 'no' ? '**no**' : met
}
