// Kills poolfetch at random moments and lets it go on from its output until the list is done: nothing may be lost, doubled or torn.
//
// npm run build && node bench/kill.mjs [kills, 20] [--seed n]

import { fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { writeList } from './lib/list.mjs'
import { print, wholeNumber } from './lib/report.mjs'

const bin = fileURLToPath(new URL('../bin/poolfetch.js', import.meta.url))
const serverPath = fileURLToPath(new URL('lib/kill-server.mjs', import.meta.url))

/** The more workers, the longer the list: each is to be killed some times. */
const variants = [
  { workers: 10, urls: 500, options: [] },
  { workers: 1, urls: 60, options: [] },
  { workers: 50, urls: 1500, options: [] },
  { workers: 10, urls: 500, options: ['--shuffle'] },
  { workers: 50, urls: 1500, options: ['--shuffle'] },
]
/** Of the kills, how many come at any moment after the start, which the reading of the output and its repair are part of. */
const earlyShare = 0.3
const earlyMs = 400
/** The others come so long after the first request. */
const lateMs = 150
/** Of the runs, how many are ended by SIGTERM instead: what was in flight has a record then, which a later one takes the place of. */
const termShare = 0.15

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 32)) } },
})
const wanted = wholeNumber('kills', positionals[0] ?? '20')
const seed = wholeNumber('seed', values.seed)
const random = mulberry32(seed)
const totals = {
  lists: 0,
  urls: 0,
  kills: 0,
  terms: 0,
  torn: 0,
  twice: 0,
  inFlight: 0,
  unrecorded: 0,
  over: 0,
  most: 0,
}
const folder = await mkdtemp(join(tmpdir(), 'poolfetch-kill-'))
const server = fork(serverPath)
// Of each run that ends before its first request, one waits for the next.
server.setMaxListeners(0)
try {
  const { port } = await heard('ready')
  for (let index = 0; totals.kills < wanted; index++) await runList(variants[index % variants.length], port)
  print(summary())
} catch (error) {
  print(`seed ${seed}, list ${totals.lists + 1}, kill ${totals.kills}: ${error.message}`)
  process.exitCode = 1
} finally {
  server.disconnect()
  await rm(folder, { recursive: true, force: true })
}

async function runList({ workers, urls, options }, port) {
  const [list, output] = [join(folder, 'urls.txt'), join(folder, `${totals.lists}.jsonl`)]
  await writeList(list, urls, (id) => `http://127.0.0.1:${port}/${id}`)
  await asked('list')
  const argv = [
    bin,
    list,
    '-o',
    output,
    '--resume',
    '-w',
    `${workers}`,
    '--retries',
    '0',
    '-q',
    '--grace',
    '1ms',
    ...options,
  ]
  const again = { inFlight: 0, unrecorded: 0 }
  for (;;) {
    const run = await runOnce(argv, totals.kills < wanted)
    const { begun, arrivals } = await asked('report')
    const text = await readFile(output, 'utf8').catch(() => '')
    const recorded = check(text, run, urls)
    if (run.isDone) {
      const twice = arrivals.reduce((sum, [, count]) => sum + count - 1, 0)
      if (arrivals.length !== urls) throw new Error(`${arrivals.length} of ${urls} URLs were requested`)
      if (twice > again.inFlight + again.unrecorded) {
        throw new Error(`${twice} requests were repeated, ${again.inFlight + again.unrecorded} were without a record`)
      }
      totals.twice += twice
      break
    }
    if (run.isKilled) totals.kills++
    else totals.terms++
    if (!text.endsWith('\n') && text !== '') totals.torn++
    // What this run requested and left no record of, it may have had an answer to or not.
    const lost = begun.filter(([path]) => !recorded.has(Number(path.slice(1))))
    const inFlight = lost.filter(([, isAnswered]) => !isAnswered).length
    again.inFlight += inFlight
    again.unrecorded += lost.length - inFlight
    totals.most = Math.max(totals.most, lost.length / workers)
    if (run.isKilled && lost.length > workers) totals.over++
  }
  totals.lists++
  totals.urls += urls
  totals.inFlight += again.inFlight
  totals.unrecorded += again.unrecorded
  await rm(output)
}

/** Runs until it is done, or is killed: at a moment of chance, unless it is done before. */
async function runOnce(argv, mayBeKilled) {
  const first = heard('first')
  await asked('run')
  const child = spawn(process.execPath, argv, { stdio: ['ignore', 'inherit', 'inherit'] })
  const ended = once(child, 'exit')
  const isEarly = random() < earlyShare
  const ms = random() * (isEarly ? earlyMs : lateMs)
  const name = random() < termShare ? 'SIGTERM' : 'SIGKILL'
  if (mayBeKilled) {
    if (!isEarly) await Promise.race([first, ended])
    const timer = setTimeout(() => child.kill(name), ms)
    void ended.then(() => clearTimeout(timer))
  }
  const [code, signal] = await ended
  if (signal === null && code !== 143 && code !== 1) throw new Error(`exit ${code}, and 1 was expected: there are 404s`)
  return { isKilled: signal === 'SIGKILL', isDone: code === 1 }
}

/**
 * All but a torn end of the file must be records, each of an id of its own, but that one may follow an aborted one.
 *
 * @returns the ids that are done
 */
function check(text, { isKilled, isDone }, urls) {
  const whole = text.slice(0, text.lastIndexOf('\n') + 1)
  if (!isKilled && whole !== text) throw new Error('the last line is not whole')
  const recorded = new Set()
  let records = 0
  for (const line of whole.split('\n').slice(0, -1)) {
    const { id, url, status_code: status, ok, error_type: type } = JSON.parse(line)
    if (recorded.has(id)) throw new Error(`id ${id} has two records`)
    if (!url.endsWith(`/${id}`)) throw new Error(`id ${id} is ${url}`)
    records++
    if (type === 'aborted') continue
    if (status !== (id % 11 === 0 ? 404 : 200) || ok !== (status === 200))
      throw new Error(`id ${id}: ${status} ${type}`)
    recorded.add(id)
  }
  if (isDone && recorded.size !== urls) throw new Error(`${recorded.size} of ${urls} URLs are done`)
  if (isDone && records !== urls) throw new Error(`${records} records of ${urls} URLs`)
  return recorded
}

function summary() {
  const { lists, urls, kills, terms, torn, twice, inFlight, unrecorded, over, most } = totals
  return [
    `seed ${seed}: ${kills} x kill -9 and ${terms} x SIGTERM, ${lists} lists of ${urls} URLs: ids complete, no duplicate, every line parses`,
    `${torn} torn ends cut`,
    `${twice} URLs requested again: ${inFlight} were in flight, ${unrecorded} answered and not yet recorded`,
    `${over} kills left more than there are workers, at most ${most.toFixed(2)} times as many`,
  ].join('; ')
}

async function heard(kind) {
  for (;;) {
    const [message] = await once(server, 'message')
    if (message.kind === kind) return message
  }
}

async function asked(kind) {
  const answer = heard(kind)
  server.send({ kind })
  return answer
}

function mulberry32(start) {
  let state = start >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
