// Scheduling, end to end: real runs on loopback beside the shortest that their limits allow, witnessed by the server.
//
// npm run build && node bench/scheduling.mjs [--quick] [--only sorted] [--json FILE]
// Some five minutes, with --quick one and a half. macOS needs `ifconfig lo0 alias` for 127.0.1.1 to 127.0.1.30 and 127.0.2.1.

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { figureTable } from './lib/figures.mjs'
import { method } from './lib/measure.mjs'
import { print, printTable } from './lib/report.mjs'
import { adaptive } from './scheduling/adaptive.mjs'
import { dead } from './scheduling/dead.mjs'
import { manyHosts } from './scheduling/many-hosts.mjs'
import { openFiles } from './scheduling/open-files.mjs'
import { skew } from './scheduling/skew.mjs'
import { sorted } from './scheduling/sorted.mjs'

const scenarios = new Map(
  Object.entries({ sorted, skew, adaptive, dead, 'many-hosts': manyHosts, 'open-files': openFiles }),
)

async function main({ names, isQuick, jsonPath }) {
  const outFolder = fileURLToPath(new URL('.out', import.meta.url))
  await mkdir(outFolder, { recursive: true })
  const folder = await mkdtemp(join(outFolder, 'scheduling-'))
  print(`Node ${process.version}, ${availableParallelism()} cores for poolfetch and the server, memory by ${method}`)
  const runs = []
  const figures = []
  try {
    for (const name of names) {
      const result = await scenarios.get(name)({ folder, isQuick })
      runs.push(...result.runs)
      figures.push(...result.figures)
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
  print('')
  printTable(figureTable(figures))
  if (jsonPath !== undefined)
    await writeFile(jsonPath, `${JSON.stringify(reportOf({ isQuick, figures, runs }), null, 2)}\n`)
  if (figures.some(({ isMet }) => !isMet)) process.exitCode = 1
}

function reportOf({ isQuick, figures, runs }) {
  return {
    node: process.version,
    cores: availableParallelism(),
    isQuick,
    figures,
    runs: runs.map(({ records, receipt, arrivals, ...run }) => ({
      ...run,
      serverS: arrivals.spanS,
      records: records.count,
      failed: records.failed,
      failures: Object.fromEntries(records.failures),
      requests: receipt.requests,
      violations: receipt.violation_count,
    })),
  }
}

function namesOf(only) {
  if (only === undefined) return [...scenarios.keys()]
  if (!scenarios.has(only))
    throw new RangeError(`--only must be one of ${[...scenarios.keys()].join(', ')}, got "${only}"`)
  return [only]
}

const { values } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, only: { type: 'string' }, json: { type: 'string' } },
})
await main({ names: namesOf(values.only), isQuick: values.quick, jsonPath: values.json })
