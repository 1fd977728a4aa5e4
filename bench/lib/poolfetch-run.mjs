// One run of poolfetch over a list, with its records and its receipt, held against what the server saw.

import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { accountProblems } from './accounts.mjs'
import { writeList } from './list.mjs'
import { measure } from './measure.mjs'
import { readRecords } from './records.mjs'
import { print } from './report.mjs'

const program = fileURLToPath(new URL('../../bin/poolfetch.js', import.meta.url))

/** Exit codes of a run that went to its end: every URL ok, or not. */
const finished = [0, 1]

/**
 * @param {object} run
 * @param {string} run.name
 * @param {string} run.folder where its files are kept while it runs
 * @param {string[]} run.urls
 * @param {string[]} run.options
 * @param {import('./arrivals.mjs').Arrivals} run.arrivals of the servers that are asked
 * @param {boolean} [run.isPiped] the list comes from a pipe
 * @param {number} [run.openFiles] the limit that it runs under
 * @param {string[]} [run.unreachable] hosts that cannot be reached at times
 */
export async function runPoolfetch({ name, folder, urls, options, arrivals, isPiped, openFiles, unreachable = [] }) {
  const own = await mkdtemp(join(folder, 'run-'))
  const list = join(own, 'urls.txt')
  const output = join(own, 'records.jsonl')
  const receiptPath = join(own, 'receipt.json')
  await writeList(list, urls.length, (index) => urls[index - 1])
  const parameters = [program, ...(isPiped ? [] : [list]), ...options, '-f', 'jsonl', '-o', output]
  const usage = await measure([...parameters, '--receipt', receiptPath], {
    exitCodes: finished,
    wrap: (command) => inShell(command, isPiped ? list : null, openFiles ?? null),
  })
  const records = await readRecords(output, urls.length)
  const receipt = JSON.parse(await readFile(receiptPath, 'utf8'))
  await rm(own, { recursive: true })
  const run = { name, urls: urls.length, ...usage, records, receipt, arrivals, unreachable }
  const finding = { ...run, problems: accountProblems(run) }
  print(summaryOf(finding))
  return finding
}

function inShell(command, pipedList, openFiles) {
  if (pipedList === null && openFiles === null) return command
  const limit = openFiles === null ? '' : `ulimit -n ${openFiles} && `
  if (pipedList === null) return ['sh', '-c', `${limit}exec "$@"`, 'sh', ...command]
  return ['sh', '-c', `${limit}cat "$0" | "$@"`, pipedList, ...command]
}

function summaryOf({ name, urls, records, exitCode, arrivals, wallS, cpuS, peakMb, problems }) {
  const verdict = problems.length === 0 ? 'accounts agree' : problems.join('; ')
  return (
    `${name}: ${urls} URLs, ${records.count} records, ${records.failed} failed, exit ${exitCode}; ` +
    `${arrivals.spanS.toFixed(2)} s by the server, ${wallS.toFixed(2)} s in all, CPU ${cpuS.toFixed(1)} s, ` +
    `${peakMb.toFixed(0)} MB; ${verdict}`
  )
}
