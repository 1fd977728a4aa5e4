// One call to the system fails, each in turn: every URL has its record or none was promised, and the exit code says which.
//
// The suite fails the first few calls of each kind. By hand, all of them: TORTURE_CALLS=1000 npx vitest run test/torture/torture.test.ts

import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { startHttpServer, type HttpServer } from '../support/http-server.js'
import { parseRecords, runCli } from '../support/run-cli.js'
import { tempFile, tempFolder } from '../support/temp.js'

/** How many calls of each kind are failed, one a run; it ends sooner where a run does not come to the next. */
const mostCalls = Number(process.env['TORTURE_CALLS'] ?? 2)

const hosts = 4
const urlsPerHost = 3
const count = hosts * urlsPerHost

/** Which exit codes are right. Every URL has a record with 0 and 1; with 3 what was written is whole, and no more. */
type Codes = readonly number[]

const unharmed: Codes = [0]
const someFail: Codes = [1]
const noOutput: Codes = [3]
/** The list, or the output; what is opened a third time is only to be counted. */
const notOpened: Codes = [2, 3, 0]

const faults: readonly (readonly [kind: string, fault: string, codes: Codes])[] = [
  ['write', 'ENOSPC', noOutput],
  ['write', 'EIO', noOutput],
  ['write', 'EFBIG', noOutput],
  ['write', 'EAGAIN', unharmed],
  // libuv repeats such a call by itself: a program sees it only where that fails.
  ['write', 'EINTR', [0, 3]],
  ['write', 'short', unharmed],
  // Half of it, and then no more.
  ['write', 'torn', noOutput],
  ['sync', 'ENOSPC', noOutput],
  ['sync', 'EIO', noOutput],
  ['open', 'EMFILE', notOpened],
  ['open', 'EACCES', notOpened],
  ['lookup', 'EAI_AGAIN', unharmed],
  ['lookup', 'ENOTFOUND', someFail],
  // Whoever asks again is answered.
  ['lookup', 'silence', unharmed],
  ['connect', 'ECONNREFUSED', unharmed],
  ['connect', 'EMFILE', unharmed],
  ['connect', 'reset', unharmed],
  ['connect', 'silence', unharmed],
]

async function serveHosts(): Promise<HttpServer[]> {
  const servers = await Promise.all(
    Array.from({ length: hosts }, (_, index) =>
      startHttpServer((_request, response) => void response.end('hello'), { address: `127.0.0.${index + 1}` }),
    ),
  )
  onTestFinished(async () => void (await Promise.all(servers.map((server) => server.close()))))
  return servers
}

const urlsOf = (servers: readonly HttpServer[]): string =>
  Array.from({ length: urlsPerHost }, (_, nth) =>
    servers.map(({ port }, index) => `http://h${index + 1}.test:${port}/${nth}\n`).join(''),
  ).join('')

/** One run; false where it never came to the call that was to fail. */
async function tortured(failing: string, list: string, codes: Codes): Promise<boolean> {
  const folder = await tempFolder()
  const output = join(folder, 'out.jsonl')
  const hits = join(folder, 'hits')
  const { code, stderr } = await runCli(
    [list, '-w', '3', '-o', output, '--progress', 'json', '--connect-timeout', '400ms', '-t', '5s', '--retries', '1'],
    {
      env: {
        NODE_OPTIONS: `--import=${new URL('failing.mjs', import.meta.url).href}`,
        FAILING: failing,
        FAILING_HITS: hits,
      },
    },
  )
  const isHit = existsSync(hits)
  const records = existsSync(output) ? parseRecords(readFileSync(output, 'utf8')) : []
  rmSync(folder, { recursive: true })
  const ids = records.map(({ id }) => id)
  const label = `FAILING="${failing}": ${stderr}`
  expect(new Set(ids).size, label).toBe(ids.length)
  expect(isHit ? codes : unharmed, label).toContain(code)
  if (code === 0 || code === 1) expect(ids, label).toHaveLength(count)
  const failed = records.filter(({ ok }) => !ok).length
  if (code === 0) expect(failed, label).toBe(0)
  if (code === 1) expect(failed, label).toBeGreaterThan(0)
  if (code === 2) expect(records, label).toEqual([])
  const summary = stderr.split('\n').find((line) => line.startsWith('{"type":"summary"'))
  if (summary !== undefined) {
    const { read, ok, failed: notOk, not_attempted: notAttempted } = JSON.parse(summary)
    expect(ok + notOk + notAttempted, label).toBe(read)
    expect(ok + notOk, label).toBeGreaterThanOrEqual(records.length)
  } else {
    expect([2, 3], label).toContain(code)
    expect(records, label).toEqual([])
  }
  return isHit
}

describe('a call that fails', () => {
  it.each(faults)(
    '%s: %s',
    async (kind, fault, codes) => {
      const list = await tempFile(urlsOf(await serveHosts()))
      let call = 1
      while (call <= mostCalls && (await tortured(`${kind} ${fault} ${call}`, list, codes))) call += 1
      // A fault that never comes proves nothing.
      expect(call).toBeGreaterThan(1)
    },
    mostCalls * 10_000,
  )
})
