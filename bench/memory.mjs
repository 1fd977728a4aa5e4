// Memory does not grow with the list: poolfetch's peak for a short list and for one a hundred times as long.
//
// npm run build && node bench/memory.mjs [--short 10000] [--long 1000000]

import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { countLines, writeList } from './lib/list.mjs'
import { measure, method } from './lib/measure.mjs'
import { hasNginx, startNginx } from './lib/nginx.mjs'
import { print, printTable, wholeNumber } from './lib/report.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const workers = 50

async function main(lengths) {
  const outFolder = join(root, 'bench', '.out')
  await mkdir(outFolder, { recursive: true })
  const folder = await mkdtemp(join(outFolder, 'memory-'))
  const nginx = await startNginx()
  try {
    print(`one host, ${workers} workers, 1 KiB bodies; Node ${process.version}, measured by ${method}`)
    const runs = []
    for (const length of lengths) runs.push(await runOnce(length, folder, nginx))
    printTable([
      ['lines', 'peak RSS MB', 'wall s', 'CPU s'],
      ...runs.map((run) => [`${run.length}`, run.peakMb.toFixed(0), run.wallS.toFixed(2), run.cpuS.toFixed(2)]),
      ['ratio', (runs[1].peakMb / runs[0].peakMb).toFixed(2), '', ''],
    ])
  } finally {
    await nginx.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

async function runOnce(length, folder, nginx) {
  const list = join(folder, 'urls.txt')
  const output = join(folder, 'records.jsonl')
  await writeList(list, length, (index) => `${nginx.origin}/page/${index}`)
  const run = await measure([join(root, 'bin', 'poolfetch.js'), list, '-w', `${workers}`, '-f', 'jsonl', '-o', output])
  const records = await countLines(output)
  await rm(output)
  if (records !== length) throw new Error(`${length} URLs listed, ${records} records written`)
  return { ...run, length }
}

const { values } = parseArgs({
  options: { short: { type: 'string', default: '10000' }, long: { type: 'string', default: '1000000' } },
})
const lengths = [wholeNumber('short', values.short), wholeNumber('long', values.long)]
if (hasNginx()) await main(lengths)
