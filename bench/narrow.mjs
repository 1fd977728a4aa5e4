// One host, many URLs: poolfetch beside a bare loop over undici's dispatch(), in interleaved rounds against one nginx.
//
// npm run build && node bench/narrow.mjs [--urls 200000] [--rounds 5]

import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { countLines, writeList } from './lib/list.mjs'
import { measure, method } from './lib/measure.mjs'
import { hasNginx, startNginx } from './lib/nginx.mjs'
import { median, print, printTable, spread, wholeNumber } from './lib/report.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const inFlight = 50

const tools = [
  {
    name: 'poolfetch',
    parameters: (list, output) => [
      join(root, 'bin', 'poolfetch.js'),
      list,
      '-w',
      `${inFlight}`,
      '-f',
      'jsonl',
      '-o',
      output,
    ],
  },
  {
    name: 'bare dispatch()',
    parameters: (list, output) => [join(root, 'bench', 'peers', 'bare-dispatch.mjs'), list, output, `${inFlight}`],
  },
]

async function main({ urls, rounds }) {
  const outFolder = join(root, 'bench', '.out')
  await mkdir(outFolder, { recursive: true })
  const folder = await mkdtemp(join(outFolder, 'narrow-'))
  const nginx = await startNginx()
  try {
    const list = join(folder, 'urls.txt')
    await writeList(list, urls, (index) => `${nginx.origin}/page/${index}`)
    print(`${urls} URLs of one host, ${inFlight} in flight, 1 KiB bodies, ${rounds} interleaved rounds`)
    print(`Node ${process.version}, one nginx worker on loopback, measured by ${method}`)
    const runs = new Map(tools.map((tool) => [tool.name, []]))
    for (let round = 1; round <= rounds; round++) {
      for (const tool of tools) {
        const run = await runOnce(tool, { list, folder, nginx, urls })
        runs.get(tool.name).push(run)
        print(`round ${round}: ${tool.name} ${run.wallS.toFixed(2)} s`)
      }
    }
    report(runs, urls)
  } finally {
    await nginx.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

// A tool that left something out would win: what the server answered and what was written must both be the whole list.
async function runOnce(tool, { list, folder, nginx, urls }) {
  const output = join(folder, 'records.jsonl')
  const before = await nginx.requests()
  const run = await measure(tool.parameters(list, output))
  const served = (await nginx.requests()) - before
  const records = await countLines(output)
  await rm(output)
  if (served !== urls || records !== urls) {
    throw new Error(`${tool.name}: ${urls} URLs listed, ${served} requests served, ${records} records written`)
  }
  return run
}

function report(runs, urls) {
  const rows = [['', 'wall s (min / median / max)', 'CPU s', 'peak RSS MB', 'URLs/s']]
  for (const [name, taken] of runs) {
    const wall = taken.map((run) => run.wallS)
    rows.push([
      name,
      spread(wall, 2),
      spread(column(taken, 'cpuS'), 2),
      spread(column(taken, 'peakMb'), 0),
      (urls / median(wall)).toFixed(0),
    ])
  }
  const [ours, bare] = [...runs.values()]
  const ratio = (key) => (median(column(ours, key)) / median(column(bare, key))).toFixed(2)
  rows.push(['ratio of medians', ratio('wallS'), ratio('cpuS'), ratio('peakMb'), ''])
  printTable(rows)
}

function column(runs, key) {
  return runs.map((run) => run[key])
}

const { values } = parseArgs({
  options: { urls: { type: 'string', default: '200000' }, rounds: { type: 'string', default: '5' } },
})
const options = { urls: wholeNumber('urls', values.urls), rounds: wholeNumber('rounds', values.rounds) }
if (hasNginx()) await main(options)
