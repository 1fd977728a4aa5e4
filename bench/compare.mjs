// poolfetch beside what one would use instead: a pool in Go, curl -Z, wget2, and the floors that Node and undici set. Rounds take turns, against
// one nginx worker on loopback.
//
// npm run bench [-- --quick] [--only narrow,start] [--rounds n] [--save FILE]
// Some twenty minutes, with --quick about one; only the whole of it replaces bench/results.json. The start takes 20 rounds at least. nginx
// listens on all addresses meanwhile, and answers loopback alone.

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { goalTable, workloadTable } from './compare/tables.mjs'
import { judge } from './compare/goals.mjs'
import { buildGoPool, installed, missingLines } from './compare/installed.mjs'
import { machineFacts } from './compare/machine.mjs'
import { runRounds } from './compare/rounds.mjs'
import { tools } from './compare/tools.mjs'
import { workloads } from './compare/workloads.mjs'
import { hasNginx, startNginx } from './lib/nginx.mjs'
import { print, printTable, wholeNumber } from './lib/report.mjs'

const outFolder = fileURLToPath(new URL('.out/', import.meta.url))

async function main({ chosen, isQuick, rounds, savePath }) {
  const found = installed()
  const facts = machineFacts(found)
  for (const line of missingLines(found)) print(line)
  print(`${Object.values(facts.machine).join(', ')}; measured by ${facts.measured_by}`)
  print(
    Object.entries(facts.versions)
      .map((pair) => pair.join(' '))
      .join(', '),
  )
  if (facts.is_busy) print('The machine is busy with something else: do not trust wall times, nor ratios of them')
  await mkdir(outFolder, { recursive: true })
  const folder = await mkdtemp(join(outFolder, 'compare-'))
  const nginx = await startNginx({ isEverywhere: true, isSecure: found.has('openssl') })
  const results = []
  try {
    const goPool = found.has('go') ? buildGoPool(join(folder, 'go-pool')) : null
    for (const workload of runnable(chosen, found)) {
      const wanted = Math.max(rounds ?? workload.rounds, workload.leastRounds ?? 1)
      const result = await runRounds({ workload, rounds: wanted, folder, nginx, goPool })
      printTable(workloadTable(result))
      results.push(result)
    }
  } finally {
    await nginx.stop()
    await rm(folder, { recursive: true, force: true })
  }
  const goals = judge(results)
  print('\nratio of medians, poolfetch to what it is held against')
  printTable(goalTable(goals))
  if (isQuick) print('Short lists: starting weighs more than it does in the full comparison.')
  await writeFile(savePath, `${JSON.stringify({ is_quick: isQuick, ...facts, goals, workloads: results }, null, 1)}\n`)
  print(`\nwritten to ${savePath}`)
}

/** Without what lacks a program, or addresses. */
function runnable(chosen, found) {
  const canRun = ({ tool, list }) =>
    (tools[tool].needs === undefined || found.has(tools[tool].needs)) &&
    (list?.isSecure !== true || found.has('openssl')) &&
    ((list?.hosts ?? 1) === 1 || process.platform === 'linux')
  return chosen
    .map((workload) => ({ ...workload, entries: workload.entries.filter(canRun) }))
    .filter(({ entries }) => entries.length > 0)
}

/** `broad` is both that begin so. */
function chosenOf(all, only) {
  if (only === undefined) return all
  const isMeant = (name, word) => name === word || name.startsWith(`${word}-`)
  const words = only.split(',')
  for (const word of words) {
    if (!all.some(({ name }) => isMeant(name, word)))
      throw new RangeError(`--only takes ${all.map(({ name }) => name).join(', ')}, got "${word}"`)
  }
  return all.filter(({ name }) => words.some((word) => isMeant(name, word)))
}

function options() {
  const { values } = parseArgs({
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string' },
      rounds: { type: 'string' },
      save: { type: 'string' },
    },
  })
  return values
}

try {
  const { quick: isQuick, only, rounds, save } = options()
  // What is committed is the whole of it.
  const isWhole = !isQuick && only === undefined && rounds === undefined
  const savePath =
    save ?? (isWhole ? fileURLToPath(new URL('results.json', import.meta.url)) : join(outFolder, 'results.json'))
  const chosen = chosenOf(workloads({ isQuick }), only)
  const wanted = rounds === undefined ? undefined : wholeNumber('rounds', rounds)
  if (hasNginx()) await main({ chosen, isQuick, rounds: wanted, savePath })
} catch (error) {
  process.stderr.write(`bench: ${error.message}\n`)
  process.exitCode = 1
}
