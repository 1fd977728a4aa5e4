// The floor for this program on undici: a loop of `dispatch()` with nothing around it. Streams a list, keeps so many requests in
// flight, writes one small record per URL. No limits, no timeouts, no retries.
//
// node bare-dispatch.mjs LIST OUTPUT [IN_FLIGHT]

import { once } from 'node:events'
import { createReadStream, createWriteStream } from 'node:fs'
import { finished } from 'node:stream/promises'
import { Agent } from 'undici'

const [listPath, outputPath, inFlightText = '50'] = process.argv.slice(2)
const agent = new Agent({ connections: Number(inFlightText), pipelining: 1 })
const out = createWriteStream(outputPath, { highWaterMark: 1 << 20 })
const batches = readBatches(listPath)
let batch = []
let nextInBatch = 0
let refilled = null
let lastId = 0
let failures = 0
let drained = null

await Promise.all(Array.from({ length: Number(inFlightText) }, work))
await agent.close()
out.end()
await finished(out)
if (failures > 0) process.exitCode = 1

async function work() {
  for (;;) {
    while (nextInBatch === batch.length) if (!(await (refilled ??= refill()))) return
    const url = batch[nextInBatch++]
    const id = ++lastId
    const record = await fetchOne(id, url)
    if (!record.ok) failures++
    if (!out.write(`${JSON.stringify(record)}\n`)) await (drained ??= nextDrain())
  }
}

// One read for all that wait; false at the list's end.
async function refill() {
  const { done, value } = await batches.next()
  if (done) return false
  batch = value
  nextInBatch = 0
  refilled = null
  return true
}

// One listener for all that wait.
async function nextDrain() {
  await once(out, 'drain')
  drained = null
}

function fetchOne(id, url) {
  const { origin, pathname, search } = new URL(url)
  const startedAt = performance.now()
  return new Promise((resolve) => {
    let statusCode = null
    let wireBytes = 0
    const settle = (error) =>
      resolve({
        id,
        url,
        ok: error === null && statusCode < 400,
        status_code: statusCode,
        error_code: error?.code ?? null,
        duration_ms: Math.round((performance.now() - startedAt) * 1000) / 1000,
        wire_bytes: wireBytes,
      })
    agent.dispatch(
      { origin, path: pathname + search, method: 'GET' },
      {
        onRequestStart() {},
        onResponseStart(_controller, status) {
          statusCode = status
        },
        onResponseData(_controller, chunk) {
          wireBytes += chunk.length
        },
        onResponseEnd: () => settle(null),
        onResponseError: (_controller, error) => settle(error),
      },
    )
  })
}

// Yields a chunk's lines at once: a promise per line would cost more than the loop itself.
async function* readBatches(path) {
  let rest = ''
  for await (const chunk of createReadStream(path, { encoding: 'utf8', highWaterMark: 1 << 16 })) {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop() ?? ''
    yield lines
  }
  if (rest !== '') yield [rest]
}
