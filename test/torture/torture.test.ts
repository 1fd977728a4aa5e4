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

interface Expectation {
  readonly codes: readonly number[]
  /** Every URL has a record; else what was written is whole, and no more. */
  readonly isComplete: boolean
}

const unharmed: Expectation = { codes: [0], isComplete: true }
const someFail: Expectation = { codes: [1], isComplete: true }
const noOutput: Expectation = { codes: [3], isComplete: false }
/** The list, or the output. */
const notOpened: Expectation = { codes: [2, 3], isComplete: false }

const faults: readonly (readonly [kind: string, fault: string, expected: Expectation])[] = [
  ['write', 'ENOSPC', noOutput],
  ['write', 'EIO', noOutput],
  ['write', 'EFBIG', noOutput],
  ['write', 'EAGAIN', unharmed],
  // libuv repeats such a call by itself: a program sees it only where that fails.
  ['write', 'EINTR', { codes: [0, 3], isComplete: false }],
  ['write', 'short', unharmed],
  ['sync', 'ENOSPC', noOutput],
  ['sync', 'EIO', noOutput],
  ['open', 'EMFILE', notOpened],
  ['open', 'EACCES', notOpened],
  ['lookup', 'EAI_AGAIN', unharmed],
  ['lookup', 'ENOTFOUND', someFail],
  ['lookup', 'silence', someFail],
  ['connect', 'ECONNREFUSED', unharmed],
  ['connect', 'EMFILE', unharmed],
  ['connect', 'reset', unharmed],
  ['connect', 'silence', unharmed],
]

/** What the program does not call yet. */
const unmade: ReadonlySet<string> = new Set(['sync'])

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
async function tortured(failing: string, list: string, { codes, isComplete }: Expectation): Promise<boolean> {
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
  if (isComplete || !isHit) expect(ids, label).toHaveLength(count)
  expect(isHit ? codes : [0], label).toContain(code)
  if (code === 0)
    expect(
      records.every(({ ok }) => ok),
      label,
    ).toBe(true)
  if (code === 1)
    expect(
      records.some(({ ok }) => !ok),
      label,
    ).toBe(true)
  if (code === 2) expect(records, label).toEqual([])
  const summary = stderr.split('\n').find((line) => line.startsWith('{"type":"summary"'))
  if (summary !== undefined) {
    const { read, ok, failed, not_attempted: notAttempted } = JSON.parse(summary)
    expect([read, ok + failed + notAttempted], label).toEqual([read, read])
    expect(ok + failed, label).toBeGreaterThanOrEqual(records.length)
  } else {
    expect([2, 3], label).toContain(code)
    expect(records, label).toEqual([])
  }
  return isHit
}

describe('a call that fails', () => {
  it.each(faults)(
    '%s: %s',
    async (kind, fault, expected) => {
      const list = await tempFile(urlsOf(await serveHosts()))
      let call = 1
      while (call <= mostCalls && (await tortured(`${kind} ${fault} ${call}`, list, expected))) call += 1
      // A fault that never comes proves nothing.
      expect(call).toBeGreaterThan(unmade.has(kind) ? 0 : 1)
    },
    mostCalls * 10_000,
  )
})
