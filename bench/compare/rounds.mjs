// Runs the rounds of a workload: all its programs take turns, and what each fetched and recorded must be the whole list.

import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { countLines, writeCurlConfig, writeList } from '../lib/list.mjs'
import { measureCommand } from '../lib/measure.mjs'
import { print } from '../lib/report.mjs'
import { tools } from './tools.mjs'
import { urlOf } from './workloads.mjs'

/** More rounds than these are too short to be waited for. */
const mostTold = 10

/**
 * Throws where a program did not do all of its work.
 *
 * @param {object} race
 * @param {import('./workloads.mjs').Workload} race.workload with the entries that can run
 * @param {number} race.rounds
 * @param {string} race.folder for lists and records
 * @param {Awaited<ReturnType<typeof import('../lib/nginx.mjs').startNginx>>} race.nginx
 * @param {string | null} race.goPool
 */
export async function runRounds({ workload, rounds, folder, nginx, goPool }) {
  const { name, title, entries } = workload
  print(`\n${name}: ${title}, ${rounds} rounds`)
  const lists = await writeLists(entries, folder, nginx)
  const runs = new Map(entries.map((entry) => [entry.name, []]))
  for (let round = 0; round < rounds; round++) {
    const taken = []
    for (const entry of turns(entries, round)) {
      const run = await runOnce({ entry, list: lists.get(entry.list) ?? null, folder, nginx, goPool })
      runs.get(entry.name).push(run)
      taken.push(`${entry.name} ${run.wallS.toFixed(2)}`)
    }
    if (rounds <= mostTold) print(`  round ${round + 1}: ${taken.join(', ')} s`)
  }
  for (const path of lists.values()) for (const file of [path, `${path}.curl`]) await rm(file, { force: true })
  return {
    name,
    title,
    rounds,
    entries: Object.fromEntries([...runs].map(([entry, taken]) => [entry, columns(taken)])),
  }
}

/** Each comes after one and then another: it meets the machine as the one before has left it. */
function turns(entries, round) {
  const first = round % entries.length
  const turned = [...entries.slice(first), ...entries.slice(0, first)]
  return round % 2 === 0 ? turned : turned.toReversed()
}

async function writeLists(entries, folder, nginx) {
  const lists = new Map()
  for (const { list } of entries) {
    if (list === undefined || lists.has(list)) continue
    const path = join(folder, `urls-${lists.size}.txt`)
    lists.set(list, path)
    await writeList(path, list.urls, urlOf(list, nginx))
    if (entries.some((entry) => entry.list === list && tools[entry.tool].isCurl))
      await writeCurlConfig(path, `${path}.curl`)
  }
  return lists
}

// A program that left something out would win.
async function runOnce({ entry, list, folder, nginx, goPool }) {
  const { name, tool, list: { urls, isSecure = false } = { urls: 0 } } = entry
  const { command, isCurl = false, hasNoRecords = false } = tools[tool]
  const output = join(folder, 'records.jsonl')
  const before = await nginx.requests()
  const run = await measureCommand(command({ list, output, goPool, isSecure }), { stdoutPath: isCurl ? output : null })
  const served = (await nginx.requests()) - before
  if (served !== urls) throw new Error(`${name} is wrong: ${urls} URLs listed, ${served} requests served`)
  if (hasNoRecords) return run
  const records = await countLines(output)
  await rm(output)
  if (records !== urls) throw new Error(`${name} is wrong: ${urls} URLs listed, ${records} records written`)
  return run
}

function columns(runs) {
  const column = (key, digits) => runs.map((run) => (run[key] === null ? null : Number(run[key].toFixed(digits))))
  return { wall_s: column('wallS', 4), cpu_s: column('cpuS', 2), peak_mb: column('peakMb', 1) }
}
