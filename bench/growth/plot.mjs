// The plot of what a run costs as work grows, as a script for gnuplot: two axes of work side by side, time above, memory below.

import { median } from '../lib/report.mjs'

const [wallColour, cpuColour, memoryColour, greyColour] = ['#0b62a8', '#c2410c', '#15803d', '#6b7280']

const plotTitle = 'What poolfetch costs as work grows'
const font = 'Helvetica,Arial,sans-serif'

/** @param {{ workloads: { name: string, entries: Record<string, object> }[] }} results as `bench/growth.mjs` writes them */
export function plotScript({ workloads }) {
  const [urls, hosts] = ['urls', 'hosts'].map((name) => rowsOf(workloads.find((one) => one.name === name)))
  const rows = [...urls, ...hosts]
  const times = rows.flatMap(({ wall_s: wall, cpu_s: cpu }) => [...wall, ...cpu])
  const peaks = rows.flatMap(({ peak_mb: peak }) => peak)
  return `${dataBlock('urls', urls)}
${dataBlock('hosts', hosts)}
set terminal svg size 860,560 dynamic font '${font},13' linewidth 1.4 background rgb '#ffffff'
set border 3 lc rgb '${greyColour}'
set tics nomirror textcolor rgb '#111827'
set grid lc rgb '#e5e7eb' lt 1 lw 0.5
set format x '%.0s%c'
set logscale x
unset mxtics
unset mytics
set key top left reverse Left samplen 2
set bars 0.5
set multiplot layout 2,2 margins 0.08,0.98,0.1,0.92 spacing 0.08,0.12

set logscale y
set format y '%g'
set yrange [${powerBelow(Math.min(...times))}:${powerAbove(Math.max(...times))}]
${panel({ title: 'More URLs, of one host', data: 'urls', yLabel: 'time, s', rows: urls })}
plot ${line('urls', 2, wallColour, 'wall time')}, ${line('urls', 5, cpuColour, 'CPU time')}
${panel({ title: 'More hosts, of 100,000 URLs', data: 'hosts', yLabel: '', rows: hosts })}
plot ${line('hosts', 2, wallColour, 'wall time')}, ${line('hosts', 5, cpuColour, 'CPU time')}

unset key
unset logscale y
set ytics 100
set yrange [0:${100 * Math.ceil(Math.max(...peaks) / 100)}]
${panel({ title: '', data: 'urls', yLabel: 'peak memory, MB', xLabel: 'URLs', rows: urls })}
plot ${line('urls', 8, memoryColour)}
${panel({ title: '', data: 'hosts', yLabel: '', xLabel: 'hosts', rows: hosts })}
plot ${line('hosts', 8, memoryColour)}
unset multiplot
`
}

/** In a third of the bytes that gnuplot writes. */
export function compactSvg(svg) {
  return needless.reduce((text, [pattern, replacement]) => text.replaceAll(pattern, replacement), svg)
}

const needless = [
  [/<title>[^]*<\/desc>/g, `<title>${plotTitle}</title>`],
  // The font of every word, instead of once.
  [/ font-family=(['"])[^'"]*\1/g, ''],
  [/<tspan *>([^<]*)<\/tspan>/g, '$1'],
  [/<svg\s/g, `<svg font-family="${font}" `],
  // Symbols of points, all but the full circle.
  [/<filter[^]*?<\/filter>|<[^>]* id='gp(?!Pt[56]')[^>]*>/g, ''],
  // What is so anyway.
  [/ (?:stroke-linecap="butt"|stroke-linejoin="miter"|color="black"|class="gridline")/g, ''],
  [/<g [^>]*>\s*<\/g>/g, ''],
  [/\s*\n\s*/g, '\n'],
]

function rowsOf({ entries }) {
  return Object.entries(entries)
    .map(([size, columns]) => ({ size: Number(size), ...columns }))
    .toSorted((a, b) => a.size - b.size)
}

/** Size, then median, least and most of wall time (2), CPU time (5) and memory (8). */
function dataBlock(name, rows) {
  const three = (values) => [median(values), Math.min(...values), Math.max(...values)]
  const lines = rows.map(({ size, wall_s: wall, cpu_s: cpu, peak_mb: peak }) =>
    [size, ...three(wall), ...three(cpu), ...three(peak)].join(' '),
  )
  return [`$${name} << END`, ...lines, 'END'].join('\n')
}

function panel({ title, yLabel, xLabel = '', rows }) {
  const [first, last] = [rows[0].size, rows.at(-1).size]
  return `set title '${title}' textcolor rgb '#111827'
set xlabel '${xLabel}'
set ylabel '${yLabel}'
set xrange [${first / 1.5}:${last * 1.5}]`
}

function line(data, column, colour, name = '') {
  const columns = `1:${column}:${column + 1}:${column + 2}`
  return `$${data} using ${columns} with yerrorlines lc rgb '${colour}' pt 7 ps 0.5 title '${name}'`
}

function powerBelow(value) {
  return 10 ** Math.floor(Math.log10(value))
}

function powerAbove(value) {
  return 10 ** Math.ceil(Math.log10(value))
}
