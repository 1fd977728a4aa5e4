// Lists that are not what they should be, against the whole program.

import { appendFileSync, truncateSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { runCli } from '../support/run-cli.js'
import { tempFile } from '../support/temp.js'
import { hello, measured, serve } from './setup.js'

const megabyte = 1_000_000

describe('lists', () => {
  it('#8 a line of 400 MB is one invalid_url record, and takes a fraction of that', async () => {
    const server = await serve(hello)
    const path = await tempFile('x'.repeat(100_000))
    // A hole: the bytes are there for whoever reads them.
    truncateSync(path, 400 * megabyte)
    appendFileSync(path, `\n${server.origin}/\n`)
    const { run, peakBytes } = await measured([path], {})
    expect(run.records.toSorted((a, b) => a.id - b.id)).toMatchObject([
      { id: 1, error_type: 'invalid_url', error_code: 'LINE_TOO_LONG' },
      { id: 2, ok: true },
    ])
    expect(peakBytes).toBeLessThan(300 * megabyte)
  })

  it('#10 #11 what cannot be fetched has a record with the text as it was listed, and the rest is fetched', async () => {
    const server = await serve(hello)
    const bad = ['ftp://h/x', 'file:///etc/passwd', 'http://h%00/', 'http://h:65536/', 'http://[::1/', 'http:///x']
    const { code, records } = await runCli([], { stdin: [...bad, `${server.origin}/`].join('\n') })
    expect(code).toBe(1)
    const rejected = records.filter(({ error_type }) => error_type === 'invalid_url').toSorted((a, b) => a.id - b.id)
    expect(rejected.map(({ url }) => url)).toEqual(bad)
    expect(records.find(({ id }) => id === bad.length + 1)).toMatchObject({ ok: true })
  })

  it('#12 a URL that stands in the list three times has three records', async () => {
    const server = await serve(hello)
    const { records } = await runCli([], { stdin: `${server.origin}/\n`.repeat(3) })
    expect(records.map(({ id }) => id).toSorted((a, b) => a - b)).toEqual([1, 2, 3])
    expect(server.arrivals).toHaveLength(3)
  })

  it('#15 a list of twenty times as many lines takes no more memory', async () => {
    // No URLs: reading, records and output are what could grow here. bench/compare.mjs does it with requests, by hand.
    const list = (lines: number) => tempFile('ftp://a.test/\n'.repeat(lines))
    const short = await measured([await list(20_000), '--only', 'ok', '-q'], {})
    const long = await measured([await list(400_000), '--only', 'ok', '-q'], {})
    expect([short.run.code, long.run.code]).toEqual([1, 1])
    expect(long.peakBytes - short.peakBytes).toBeLessThan(60 * megabyte)
  })
})
