// The floor for this program on undici: a loop of `dispatch()` with nothing around it. Streams a list, keeps so many requests in
// flight, writes one small record per URL. No limits, no timeouts, no retries.
//
// node bare-dispatch.mjs LIST OUTPUT [IN_FLIGHT]

import { createWriteStream } from 'node:fs'
import { finished } from 'node:stream/promises'
import { Agent } from 'undici'
import { fetchList } from './lib/fetch-list.mjs'

const [listPath, outputPath, inFlightText = '50'] = process.argv.slice(2)
const agent = new Agent({ connections: Number(inFlightText), pipelining: 1, connect: { rejectUnauthorized: false } })
const out = createWriteStream(outputPath, { highWaterMark: 1 << 20 })

const failures = await fetchList({ listPath, out, inFlight: Number(inFlightText), fetchOne })
await agent.close()
out.end()
await finished(out)
if (failures > 0) process.exitCode = 1

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
