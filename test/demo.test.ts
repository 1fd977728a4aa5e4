// The demo's list, run by the built program against the demo's small internet on another port.

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { demoHosts, startDemoServer } from '../scripts/demo-server.mjs'
import type { FetchRecord } from '../src/record-schema.js'
import { type CliRun, runCli } from './support/run-cli.js'

// macOS has no 127.0.0.2 unless someone configured it.
describe.skipIf(process.platform === 'darwin')('the demo', () => {
  let folder: string
  let run: CliRun
  let records: FetchRecord[]
  let listed: string[]

  const recordsOf = (name: keyof typeof demoHosts) =>
    records.filter((record) => record.host?.startsWith(`${demoHosts[name]}:`))
  const recordOf = (name: keyof typeof demoHosts, path: string) =>
    recordsOf(name).find((record) => new URL(record.url).pathname === path)

  beforeAll(async () => {
    const server = await startDemoServer(0)
    folder = await mkdtemp(join(tmpdir(), 'poolfetch-test-'))
    const list = (await readFile('fixtures/demo/urls.txt', 'utf8')).replaceAll(':8470/', `:${server.port}/`)
    listed = list.split('\n').filter((line) => line.startsWith('http'))
    const listPath = join(folder, 'urls.txt')
    await writeFile(listPath, list)
    run = await runCli([listPath, '-w', '10', '--per-host', '3', '-t', '3s', '-f', 'jsonl'], { timeoutMs: 100_000 })
    await server.stop()
    records = run.records
  }, 120_000)

  afterAll(() => rm(folder, { recursive: true, force: true }))

  it('gives every URL of the list exactly one record', () => {
    const byId = records.toSorted((a, b) => a.id - b.id)
    expect(byId.map((record) => record.id)).toEqual(listed.map((_, index) => index + 1))
    expect(byId.map((record) => record.url)).toEqual(listed)
  })

  it('exits 1, since seven URLs fail', () => {
    expect(run).toMatchObject({ code: 1, signal: null })
    expect(records.filter((record) => !record.ok)).toHaveLength(7)
  })

  it('fetches the hundred pages', () => {
    expect(recordsOf('hundred')).toHaveLength(100)
    for (const record of recordsOf('hundred')) expect(record).toMatchObject({ ok: true, status_code: 200 })
  })

  it('waits for the slow host, but not for the page that never answers', () => {
    const answered = recordsOf('slow').filter((record) => !record.url.endsWith('/stall'))
    expect(answered).toHaveLength(24)
    for (const record of answered) expect(record).toMatchObject({ ok: true, status_code: 200 })
    expect(recordOf('slow', '/stall')).toMatchObject({
      ok: false,
      status_code: null,
      error_type: 'timeout',
      error_code: 'TIMEOUT_TOTAL',
      attempts: 3,
    })
  })

  it('completes the limited host by holding it back', () => {
    expect(recordsOf('limited')).toHaveLength(12)
    for (const record of recordsOf('limited')) expect(record).toMatchObject({ ok: true, status_code: 200 })
    expect(Math.max(...recordsOf('limited').map((record) => record.limited_ms))).toBeGreaterThan(500)
  })

  it('gets past the first 503 and the first reset of the flaky host', () => {
    expect(recordsOf('flaky')).toHaveLength(10)
    for (const record of recordsOf('flaky')) expect(record).toMatchObject({ ok: true, status_code: 200 })
    for (const path of ['/1', '/2', '/4', '/5', '/7', '/8', '/10']) {
      expect(recordOf('flaky', path)?.attempts, `attempts of ${path}`).toBeGreaterThan(1)
    }
  })

  it('follows chains of redirects and gives up on the one that never ends', () => {
    for (const hops of [1, 2, 3]) {
      expect(recordOf('redirecting', `/hops/${hops}`)).toMatchObject({ ok: true, status_code: 200, redirects: hops })
    }
    const elsewhere = recordOf('redirecting', '/elsewhere')
    expect(elsewhere).toMatchObject({ ok: true, redirects: 1 })
    expect(elsewhere?.final_url).toMatch(`//${demoHosts.fast}:`)
    expect(recordOf('redirecting', '/loop')).toMatchObject({ ok: false, error_type: 'redirect', redirects: 10 })
  })

  it('reports the dead host as refused, or as given up', () => {
    expect(recordsOf('dead')).toHaveLength(4)
    for (const record of recordsOf('dead')) {
      expect(record).toMatchObject({ ok: false, error_type: 'connect' })
      expect(['ECONNREFUSED', 'HOST_DOWN']).toContain(record.error_code)
      if (record.error_code === 'ECONNREFUSED') expect(record.attempts).toBe(3)
    }
  })

  it('decodes the compressed page and reports the missing one', () => {
    const compressed = recordOf('fast', '/gzip')
    expect(compressed).toMatchObject({ ok: true, status_code: 200 })
    expect(compressed?.body_bytes).toBeGreaterThan(compressed?.wire_bytes ?? Infinity)
    expect(recordOf('fast', '/missing')).toMatchObject({ ok: false, error_type: 'http_status', error_code: 'HTTP_404' })
    expect(recordsOf('fast').filter((record) => record.ok)).toHaveLength(11)
  })
})
