// Posts rows to an API that fails at times, at a rate, killed at times and resumed: each row must be in the output exactly once.
//
// npm run build && node bench/bulk.mjs [rows, 5000] [--rate n, 200 a second] [--kills n, 2] [--seed n] [--no-key: without Idempotency-Key]

import { fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { mulberry32 } from './lib/random.mjs'
import { print, wholeNumber } from './lib/report.mjs'

const bin = fileURLToPath(new URL('../bin/poolfetch.js', import.meta.url))
const serverPath = fileURLToPath(new URL('lib/bulk-server.mjs', import.meta.url))

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rate: { type: 'string', default: '200' },
    kills: { type: 'string', default: '2' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 32)) },
    'no-key': { type: 'boolean', default: false },
  },
})
const rows = wholeNumber('rows', positionals[0] ?? '5000')
const rate = wholeNumber('rate', values.rate)
const kills = wholeNumber('kills', values.kills)
const seed = wholeNumber('seed', values.seed)
const random = mulberry32(seed)

const folder = await mkdtemp(join(tmpdir(), 'poolfetch-bulk-'))
const server = fork(serverPath, [`${seed}`])
try {
  const [{ port }] = await once(server, 'message')
  const [list, output] = [join(folder, 'calls.jsonl'), join(folder, 'out.jsonl')]
  await writeFile(list, Array.from({ length: rows }, (_, index) => `${JSON.stringify(call(index, port))}\n`).join(''))
  const runMs = (rows / rate) * 1000
  const startedAt = performance.now()
  let unrecorded = 0
  for (let run = 0; ; run++) {
    // Each kill in its own part of the run.
    const killAfterMs = run < kills ? ((0.2 + 0.6 * random()) * runMs) / (kills + 1) : null
    const code = await runOnce(list, output, killAfterMs)
    const { seen, stored } = await report()
    const keys = await recordedKeys(output)
    if (code !== null) {
      finish({ code, keys, seen, stored, unrecorded, seconds: (performance.now() - startedAt) / 1000 })
      break
    }
    const lost = stored.filter(([row]) => !keys.has(row)).length
    unrecorded += lost
    print(`killed after ${Math.round(killAfterMs)} ms: ${keys.size} rows recorded, ${lost} stored and not recorded`)
  }
} catch (error) {
  print(`seed ${seed}: ${error.message}`)
  process.exitCode = 1
} finally {
  server.disconnect()
  await rm(folder, { recursive: true, force: true })
}

/** One line of the list. */
function call(index, port) {
  return { url: `http://127.0.0.1:${port}/rows`, body: { row: `r${index}` }, meta: { key: `r${index}` } }
}

/** @returns the exit code; null where it was killed */
async function runOnce(list, output, killAfterMs) {
  const options = ['-r', `${rate}/s`, '-w', '20', '-o', output, '--resume', '--include', 'body', '-q', '--retries', '5']
  const child = spawn(process.execPath, [bin, list, ...options, ...(values['no-key'] ? [] : ['--idempotency-key'])], {
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  const timer = killAfterMs === null ? null : setTimeout(() => child.kill('SIGKILL'), killAfterMs)
  const [code] = await once(child, 'exit')
  clearTimeout(timer)
  return code
}

/** By the rows' keys, what became of them; a row with two records is an error. */
async function recordedKeys(output) {
  const text = await readFile(output, 'utf8').catch(() => '')
  const keys = new Map()
  for (const line of text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .slice(0, -1)) {
    const { meta, ok, attempts } = JSON.parse(line)
    if (keys.has(meta.key)) throw new Error(`${meta.key} has two records`)
    keys.set(meta.key, { ok, attempts })
  }
  return keys
}

function finish({ code, keys, seen, stored, unrecorded, seconds }) {
  const counts = [...stored].map(([, count]) => count)
  const twice = counts.filter((count) => count > 1).length
  const failed = [...keys.values()].filter(({ ok }) => !ok).length
  const attempts = [...keys.values()].reduce((sum, record) => sum + record.attempts, 0)
  print(
    [
      `seed ${seed}: ${rows} rows at ${rate}/s, ${kills} x kill -9, exit ${code}, ${seconds.toFixed(1)} s`,
      `output: ${keys.size} keys, each once, ${keys.size - failed} ok, ${failed} failed, ${attempts} attempts`,
      `server: ${seen.requests} requests, ${seen.refused} x 503, ${seen.reset} reset before and ${seen.lost} after the row was stored`,
      `rows: ${stored.length} stored, ${twice} more than once; ${seen.replayed} requests came again with their Idempotency-Key and stored nothing`,
      `stored but without a record when killed: ${unrecorded}`,
    ].join('\n'),
  )
  if (keys.size !== rows) throw new Error(`${keys.size} of ${rows} rows are in the output`)
  if (!values['no-key'] && (twice > 0 || stored.length !== rows || failed > 0)) throw new Error('rows lost or doubled')
}

async function report() {
  const answer = once(server, 'message')
  server.send({ kind: 'report' })
  const [message] = await answer
  return message
}
