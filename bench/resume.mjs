// How long a run that goes on from its output takes until its first request, and how much memory the ids that are done take.
//
// npm run build && node bench/resume.mjs [lines, 1000000] [--folder /tmp] [--keep]

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, existsSync, openSync, readFileSync, statSync, writeFileSync, writeSync } from 'node:fs'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { print, printTable, wholeNumber } from './lib/report.mjs'
import { jsonLine } from '../dist/sinks/jsonl-line.js'

const bin = fileURLToPath(new URL('../bin/poolfetch.js', import.meta.url))
const phasesPath = fileURLToPath(new URL('lib/resume-phases.mjs', import.meta.url))
/** The list must be the same for files that are kept. */
const port = 18_765
/** Records are written in the order in which workers finish: that many ids are mixed. */
const workers = 50

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { folder: { type: 'string', default: tmpdir() }, keep: { type: 'boolean', default: false } },
})
const lines = wholeNumber('lines', positionals[0] ?? '1000000')
const isKept = values.keep
const folder = isKept
  ? join(values.folder, `poolfetch-resume-${lines}`)
  : await mkdtemp(join(values.folder, 'poolfetch-resume-'))
const [list, half, empty] = ['urls.txt', 'half.jsonl', 'empty.jsonl'].map((name) => join(folder, name))
let onRequest = () => {}
const server = createServer((_request, response) => {
  onRequest()
  setTimeout(() => response.end('body'), 1000)
})
try {
  await mkdir(folder, { recursive: true })
  if (!existsSync(half)) writeFiles()
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const gigabytes = (path) => `${(statSync(path).size / 1e9).toFixed(2)} GB`
  print(`${lines} lines (${gigabytes(list)}), every second one done (${gigabytes(half)}); Node ${process.version}`)
  writeFileSync(empty, '')
  const rows = [await firstRequest('empty output', empty), await firstRequest('half of it done', half)]
  printTable([['', 'first request after s', 'peak RSS MB', 'CPU s'], ...rows.map(rowOf)])
  const bytesPerId = ((rows[1].peakMb - rows[0].peakMb) * 1e6) / (lines / 2)
  print(`${(rows[1].peakMb - rows[0].peakMb).toFixed(0)} MB for ${lines / 2} ids: ${bytesPerId.toFixed(1)} bytes each`)
  await run([phasesPath, list, half])
} finally {
  server.close()
  server.closeAllConnections()
  if (!isKept) await rm(folder, { recursive: true, force: true })
}

function writeFiles() {
  const listed = pieces(list)
  const done = pieces(half)
  const mixed = []
  for (let id = 1; id <= lines; id++) {
    listed.write(`${urlOf(id)}\n`)
    if (id % 2 === 0) continue
    mixed.push(id)
    if (mixed.length > workers) done.write(recordLine(mixed.splice((id * 7) % workers, 1)[0]))
  }
  for (const id of mixed) done.write(recordLine(id))
  listed.end()
  done.end()
}

function urlOf(id) {
  return `http://127.0.0.1:${port}/articles/${id}?page=${id % 10}`
}

/** One in twenty failed; one in a hundred says something that is not ASCII. */
function recordLine(id) {
  const url = urlOf(id)
  const isOk = id % 20 !== 1
  return jsonLine({
    v: 1,
    id,
    url,
    final_url: url,
    method: 'GET',
    host: `127.0.0.1:${port}`,
    ok: isOk,
    status_code: isOk ? 200 : 404,
    error_type: isOk ? null : 'http_status',
    error_code: isOk ? null : 'HTTP_404',
    error_message: isOk ? null : 'the server answered 404 (not accepted, see --accept)',
    attempts: 1,
    redirects: 0,
    worker: 1 + (id % workers),
    timestamp: new Date(1.75e12 + id * 3).toISOString(),
    duration_ms: (id % 9000) / 100,
    queued_ms: 0.03,
    limited_ms: 0,
    fetch_ms: (id % 8999) / 100,
    dns_ms: null,
    connect_ms: null,
    tls_ms: null,
    first_byte_ms: (id % 7000) / 100,
    body_ms: 0.21,
    http_version: '1.1',
    remote_ip: '127.0.0.1',
    content_type: id % 100 === 51 ? 'text/html; näme=x' : 'text/html; charset=utf-8',
    content_length: 1000 + (id % 5000),
    wire_bytes: 1000 + (id % 5000),
    body_bytes: 3000 + (id % 15_000),
  })
}

/** Writes in large pieces: a stream would wait for each. */
function pieces(path) {
  const fd = openSync(path, 'w')
  let text = ''
  const flush = () => {
    writeSync(fd, text)
    text = ''
  }
  return {
    write(part) {
      text += part
      if (text.length > 2 ** 22) flush()
    },
    end() {
      flush()
      closeSync(fd)
    },
  }
}

async function firstRequest(name, output) {
  const requested = new Promise((resolve) => (onRequest = resolve))
  const startedAt = performance.now()
  const child = spawn(process.execPath, [bin, list, '-o', output, '--resume', '-w', '1', '-q'], {
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  const ended = once(child, 'exit')
  const isRequested = await Promise.race([requested.then(() => true), ended.then(() => false)])
  if (!isRequested) throw new Error(`exit ${child.exitCode} before the first request`)
  const seconds = (performance.now() - startedAt) / 1000
  const status = readFileSync(`/proc/${child.pid}/status`, 'utf8')
  const times = readFileSync(`/proc/${child.pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ')
  child.kill('SIGKILL')
  await ended
  const ticksPerSecond = 100
  return {
    name,
    seconds,
    peakMb: (Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1]) * 1024) / 1e6,
    cpuS: (Number(times[11]) + Number(times[12])) / ticksPerSecond,
  }
}

function rowOf({ name, seconds, peakMb, cpuS }) {
  return [name, seconds.toFixed(2), peakMb.toFixed(0), cpuS.toFixed(2)]
}

async function run(argv) {
  const child = spawn(process.execPath, argv, { stdio: ['ignore', 'inherit', 'inherit'] })
  const [code] = await once(child, 'exit')
  if (code !== 0) throw new Error(`exit ${code}`)
}
