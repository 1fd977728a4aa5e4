import { mkdir, readdir, readFile, readlink, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { checkReceiptPath, writeReceipt } from '../../src/cli/receipt-file.js'
import { SinkError, UsageError } from '../../src/core/errors.js'
import { Receipt } from '../../src/core/receipt.js'
import { makeAttempt } from '../support/values.js'
import { tempFile, tempFolder } from '../support/temp.js'

const run = { startedAt: Date.UTC(2024, 1, 29, 1, 2, 3, 45), elapsedMs: 1234.5678 }
const strict = { overwrite: false }

function receiptOf(hosts: number): Receipt {
  const receipt = new Receipt({
    limitsOf: (host) =>
      host === 'h0.test' ? { intervalMs: 100, perHost: 2 } : { intervalMs: null, perHost: Number.POSITIVE_INFINITY },
    keepAll: true,
  })
  for (const [host, at] of [
    ['h0.test', 0],
    ['h0.test', 20],
    ...Array.from({ length: hosts - 1 }, (_, index) => [`h${index + 1}.test`, 30] as const),
  ] as const) {
    receipt.acquired(host, at)
    receipt.started(host, at)
    receipt.ended(host, makeAttempt({ statusCode: 429 }), at)
  }
  return receipt
}

describe('writeReceipt', () => {
  it('writes what was asked of each host', async () => {
    const path = join(await tempFolder(), 'receipt.json')
    await writeReceipt(path, receiptOf(2).report(), run)
    expect(JSON.parse(await readFile(path, 'utf8'))).toEqual({
      v: 1,
      started_at: '2024-02-29T01:02:03.045Z',
      elapsed_ms: 1235,
      requests: 3,
      status_429: 3,
      hosts: [
        {
          host: 'h0.test',
          requests: 2,
          peak_in_flight: 1,
          per_host_limit: 2,
          smallest_gap_ms: 20,
          rate_limit_per_s: 10,
          interval_ms: 100,
          most_per_second: 2,
          status_429: 2,
          kept: false,
        },
        {
          host: 'h1.test',
          requests: 1,
          peak_in_flight: 1,
          per_host_limit: null,
          smallest_gap_ms: null,
          rate_limit_per_s: null,
          interval_ms: null,
          most_per_second: 1,
          status_429: 1,
          kept: true,
        },
      ],
      violation_count: 1,
      violations: ['h0.test: a gap of 20.00 ms at 10/s'],
    })
  })

  it.each([0, 1, 499, 500, 501, 2345])('is whole with %i hosts, each on a line', async (hosts) => {
    const path = join(await tempFolder(), 'receipt.json')
    const receipt = hosts === 0 ? new Receipt({ limitsOf: () => unlimited, keepAll: true }) : receiptOf(hosts)
    await writeReceipt(path, receipt.report(), run)
    const text = await readFile(path, 'utf8')
    const names = JSON.parse(text).hosts.map(({ host }: { host: string }) => host)
    expect(names).toEqual(Array.from({ length: hosts }, (_, index) => `h${index}.test`))
    expect(text.split('\n').filter((line) => line.startsWith('{"host":'))).toHaveLength(hosts)
  })

  it('replaces what stood there, and leaves nothing else behind', async () => {
    const path = await tempFile('before', 'receipt.json')
    await writeReceipt(path, receiptOf(1).report(), run)
    expect(await readdir(dirname(path))).toEqual(['receipt.json'])
    expect(JSON.parse(await readFile(path, 'utf8')).requests).toBe(2)
  })

  it('keeps a link, and replaces what it leads to', async () => {
    const path = await tempFile('before', 'receipt.json')
    const link = join(await tempFolder(), 'link.json')
    await symlink(path, link)
    await writeReceipt(link, receiptOf(1).report(), run)
    expect(await readlink(link)).toBe(path)
    expect(JSON.parse(await readFile(path, 'utf8')).requests).toBe(2)
  })

  it('says where it cannot be written, and leaves what stood there', async () => {
    const folder = await tempFolder()
    const inFile = join(await tempFile('before', 'receipt.json'), 'x')
    for (const path of [join(folder, 'none', 'receipt.json'), inFile]) {
      const error = await writeReceipt(path, receiptOf(1).report(), run).catch((thrown: unknown) => thrown)
      expect(error).toBeInstanceOf(SinkError)
      expect(String(error)).toContain(`--receipt ${path}`)
    }
    await mkdir(join(folder, 'directory'))
    await expect(writeReceipt(join(folder, 'directory'), receiptOf(1).report(), run)).rejects.toThrow(SinkError)
    expect(await readdir(folder)).toEqual(['directory'])
    expect(await readFile(dirname(inFile), 'utf8')).toBe('before')
  })
})

describe('checkReceiptPath', () => {
  it('lets a new file be written, and leaves nothing behind', async () => {
    const folder = await tempFolder()
    await checkReceiptPath(join(folder, 'receipt.json'), strict)
    expect(await readdir(folder)).toEqual([])
  })

  it('lets an empty file and an earlier receipt be replaced', async () => {
    const path = await tempFile('', 'receipt.json')
    await expect(checkReceiptPath(path, strict)).resolves.toBeUndefined()
    await writeReceipt(path, receiptOf(1).report(), run)
    await expect(checkReceiptPath(path, strict)).resolves.toBeUndefined()
  })

  it('refuses to replace anything else, unless told to', async () => {
    const path = await tempFile('http://a.test/\n')
    const error = await checkReceiptPath(path, strict).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(UsageError)
    expect(String(error)).toContain(`--receipt ${path} exists and is no receipt: give --overwrite`)
    await checkReceiptPath(path, { overwrite: true })
    expect(await readFile(path, 'utf8')).toBe('http://a.test/\n')
  })

  it('refuses what is no file, and what nobody could write', async () => {
    const folder = await tempFolder()
    await writeFile(join(folder, 'file'), '')
    for (const path of [folder, '/dev/null', join(folder, 'none', 'x'), join(folder, 'file', 'x')]) {
      const error = await checkReceiptPath(path, { overwrite: true }).catch((thrown: unknown) => thrown)
      expect(error, path).toBeInstanceOf(UsageError)
      expect(String(error)).toContain(`--receipt ${path}`)
    }
  })
})

const unlimited = { intervalMs: null, perHost: Number.POSITIVE_INFINITY }
