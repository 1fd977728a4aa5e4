// Kills poolfetch at random moments and lets it go on from its output until the list is done: nothing may be lost, doubled or torn, and no
// saved body either.
//
// npm run build && node bench/kill.mjs [kills, 20] [--seed n] [--save: only with that]

import { fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { bodyOf, isFound } from './lib/kill-bodies.mjs'
import { writeList } from './lib/list.mjs'
import { mulberry32 } from './lib/random.mjs'
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
  { workers: 10, urls: 500, isSaved: true, options: ['--hash', 'sha256'] },
  { workers: 50, urls: 1500, isSaved: true, options: ['--shuffle', '--dedupe', '--fsync', 'never'] },
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
  options: {
    seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 32)) },
    save: { type: 'boolean', default: false },
  },
})
const wanted = wholeNumber('kills', positionals[0] ?? '20')
const seed = wholeNumber('seed', values.seed)
const chosen = values.save ? variants.filter(({ isSaved }) => isSaved) : variants
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
  bodies: 0,
  adopted: 0,
}
const folder = await mkdtemp(join(tmpdir(), 'poolfetch-kill-'))
const server = fork(serverPath)
// Of each run that ends before its first request, one waits for the next.
server.setMaxListeners(0)
try {
  const { port } = await heard('ready')
  for (let index = 0; totals.kills < wanted; index++) await runList(chosen[index % chosen.length], port)
  print(summary())
} catch (error) {
  print(`seed ${seed}, list ${totals.lists + 1}, kill ${totals.kills}: ${error.message}`)
  process.exitCode = 1
} finally {
  server.disconnect()
  await rm(folder, { recursive: true, force: true })
}

async function runList({ workers, urls, options, isSaved = false }, port) {
  const [list, output] = [join(folder, 'urls.txt'), join(folder, `${totals.lists}.jsonl`)]
  const bodies = join(folder, `${totals.lists}.bodies`)
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
    ...(isSaved ? ['--save', bodies] : []),
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
      if (isSaved) totals.bodies += await checkBodies(text, bodies)
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
  await rm(bodies, { recursive: true, force: true })
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
    const { id, url, status_code: status, ok, file, error_type: type } = JSON.parse(line)
    if (recorded.has(id)) throw new Error(`id ${id} has two records`)
    if (!url.endsWith(`/${id}`)) throw new Error(`id ${id} is ${url}`)
    records++
    if (type === 'aborted') continue
    // Of a body that was saved when its run was killed it is only known that it was ok.
    const isAdopted = status === null && ok && file !== undefined && isFound(id)
    if (isAdopted) totals.adopted += isDone ? 1 : 0
    else if (status !== (isFound(id) ? 200 : 404) || ok !== (status === 200))
      throw new Error(`id ${id}: ${status} ${type}`)
    recorded.add(id)
  }
  if (isDone && recorded.size !== urls) throw new Error(`${recorded.size} of ${urls} URLs are done`)
  if (isDone && records !== urls) throw new Error(`${records} records of ${urls} URLs`)
  return recorded
}

/**
 * Each record that is ok names a file with the whole body, and there is no other file.
 *
 * @returns how many files there are
 */
async function checkBodies(text, bodies) {
  const names = new Set(await readdir(bodies))
  const count = names.size
  for (const line of text.split('\n').slice(0, -1)) {
    const { id, ok, file } = JSON.parse(line)
    if (ok !== (file !== null)) throw new Error(`id ${id}: ok is ${ok}, file is ${file}`)
    if (!ok) continue
    if (!names.delete(basename(file))) throw new Error(`id ${id}: ${file} is missing, or of two records`)
    const body = await readFile(file, 'latin1')
    if (body !== bodyOf(id).join('')) throw new Error(`id ${id}: its file of ${body.length} bytes is not its body`)
  }
  if (names.size > 0) throw new Error(`files without a record: ${[...names].join(', ')}`)
  return count
}

function summary() {
  const { lists, urls, kills, terms, torn, twice, inFlight, unrecorded, over, most, bodies, adopted } = totals
  return [
    `seed ${seed}: ${kills} x kill -9 and ${terms} x SIGTERM, ${lists} lists of ${urls} URLs: ids complete, no duplicate, every line parses`,
    `${torn} torn ends cut`,
    `${twice} URLs requested again: ${inFlight} were in flight, ${unrecorded} answered and not yet recorded`,
    `${bodies} bodies saved, whole, one of each ok record, nothing else in the folders, ${adopted} taken over without a record`,
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
