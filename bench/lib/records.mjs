// Reads the records of a run: whether all are there, and what became of the URLs of each host.

import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'

/**
 * @param {number} urls listed
 * @returns `missing` and `repeated` count ids; `byHost` has `{ ok, failed, attempts }`
 */
export async function readRecords(path, urls) {
  const seen = new Uint8Array(urls + 1)
  const byHost = new Map()
  const sum = { count: 0, ok: 0, failed: 0, repeated: 0, unknown: 0, failures: new Map() }
  for await (const line of createInterface({ input: createReadStream(path) })) {
    const { id, host, ok, attempts, error_code: code } = JSON.parse(line)
    sum.count++
    if (id > urls) sum.unknown++
    else if (seen[id] === 1) sum.repeated++
    else seen[id] = 1
    let row = byHost.get(host)
    if (row === undefined) byHost.set(host, (row = { ok: 0, failed: 0, attempts: 0 }))
    row.attempts += attempts
    if (ok) row.ok++
    else row.failed++
    sum[ok ? 'ok' : 'failed']++
    if (!ok) sum.failures.set(code, (sum.failures.get(code) ?? 0) + 1)
  }
  let missing = 0
  for (let id = 1; id <= urls; id++) if (seen[id] === 0) missing++
  return { ...sum, missing, byHost }
}
