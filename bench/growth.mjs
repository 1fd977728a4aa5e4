// What a run costs as work grows: poolfetch's wall time, CPU time and peak memory for more and more URLs, and for more and more hosts.
//
// npm run bench:growth [-- --rounds 3] [-- --draw: only draws bench/growth.json again]
// Some ten minutes, on Linux: it needs all of 127.x.y.z. nginx listens on all addresses meanwhile, and answers loopback alone.

import { spawnSync } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { installed } from './compare/installed.mjs'
import { machineFacts } from './compare/machine.mjs'
import { runRounds } from './compare/rounds.mjs'
import { workloadTable } from './compare/tables.mjs'
import { compactSvg, plotScript } from './growth/plot.mjs'
import { hasNginx, startNginx } from './lib/nginx.mjs'
import { print, printTable, wholeNumber } from './lib/report.mjs'

const pathOf = (relative) => fileURLToPath(new URL(relative, import.meta.url))
const jsonPath = pathOf('growth.json')
const svgPath = pathOf('growth.svg')

/** The list is as long for any number of hosts, so that nothing else differs. */
const urlsOfHosts = 100_000
const axes = [
  { name: 'urls', title: 'URLs of one host', sizes: [1e3, 1e4, 1e5, 1e6], listOf: (urls) => ({ urls }) },
  {
    name: 'hosts',
    title: 'hosts, 100,000 URLs',
    sizes: [10, 100, 1e3, 1e4, 1e5],
    listOf: (hosts) => ({ urls: urlsOfHosts, hosts }),
  },
]

async function measureGrowth(rounds) {
  await mkdir(pathOf('.out'), { recursive: true })
  const folder = await mkdtemp(join(pathOf('.out'), 'growth-'))
  const nginx = await startNginx({ isEverywhere: true })
  const workloads = []
  try {
    for (const { name, title, sizes, listOf } of axes) {
      const entries = sizes.map((size) => ({ name: `${size}`, tool: 'poolfetch', list: listOf(size) }))
      const result = await runRounds({ workload: { name, title, entries }, rounds, folder, nginx, goPool: null })
      printTable(workloadTable(result))
      workloads.push(result)
    }
  } finally {
    await nginx.stop()
    await rm(folder, { recursive: true, force: true })
  }
  const { machine, versions, measured_by } = machineFacts(installed())
  const { poolfetch, node, undici, nginx: server } = versions
  const results = { machine, versions: { poolfetch, node, undici, nginx: server }, measured_by, workloads }
  await writeFile(jsonPath, `${JSON.stringify(results, null, 1)}\n`)
}

async function draw() {
  const results = JSON.parse(await readFile(jsonPath, 'utf8'))
  const { status, stdout, stderr } = spawnSync('gnuplot', { input: plotScript(results), encoding: 'utf8' })
  if (status !== 0) throw new Error(`gnuplot failed: ${stderr}`)
  await writeFile(svgPath, compactSvg(stdout))
  print(`drawn: ${svgPath}`)
}

function hasGnuplot() {
  if (spawnSync('gnuplot', ['--version']).status === 0) return true
  process.stderr.write(
    'The plot is drawn by gnuplot, which is not installed: apt-get install gnuplot-nox, or brew install gnuplot\n',
  )
  process.exitCode = 2
  return false
}

const { values } = parseArgs({
  options: { draw: { type: 'boolean', default: false }, rounds: { type: 'string', default: '3' } },
})
try {
  const rounds = wholeNumber('rounds', values.rounds)
  if (hasGnuplot() && (values.draw || hasNginx())) {
    if (!values.draw) await measureGrowth(rounds)
    await draw()
  }
} catch (error) {
  process.stderr.write(`bench: ${error.message}\n`)
  process.exitCode = 1
}
