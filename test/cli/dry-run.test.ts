import { describe, expect, it } from 'vitest'
import { dryRun, type DryRunParts } from '../../src/cli/dry-run.js'
import { createTask } from '../../src/core/task.js'
import type { SourceItem } from '../../src/types.js'
import { sha256 } from '../support/digest.js'
import { getRequest } from '../support/values.js'

interface Said {
  readonly text: string
  readonly lines: readonly string[]
  readonly read: number
  readonly failed: number
}

async function said(urls: readonly string[], changes: Partial<DryRunParts> = {}): Promise<Said> {
  let text = ''
  const counts = await dryRun({
    source: batchesOf(urls),
    signal: new AbortController().signal,
    digest: sha256,
    common: getRequest,
    dedupe: false,
    limitsOf: () => ({ intervalMs: null }),
    globalIntervalMs: null,
    format: 'text',
    columns: Number.POSITIVE_INFINITY,
    write: (piece) => void (text += piece),
    ...changes,
  })
  return { ...counts, text, lines: text.trimEnd().split('\n') }
}

/** A list in batches of three. */
async function* batchesOf(urls: readonly string[]): AsyncGenerator<SourceItem[]> {
  const items = urls.map((url, index) => createTask(index + 1, url, { request: getRequest, defaultScheme: 'http' }, 0))
  for (let from = 0; from < items.length; from += 3) yield items.slice(from, from + 3)
}

const list = [
  ...Array.from({ length: 1000 }, (_, n) => `http://127.0.0.8:8470/${n}`),
  ...Array.from({ length: 25 }, (_, n) => `http://127.0.0.3:8470/${n}`),
  ...Array.from({ length: 3 }, () => 'http://127.0.0.3:8470/1'),
  'ftp://a.test/',
  'http:///x',
]
const tenPerSecond = { limitsOf: () => ({ intervalMs: 100 }) }

describe('--dry-run', () => {
  it('says what a list holds, and how long it takes at least', async () => {
    const { lines, read, failed } = await said(list, tenPerSecond)
    expect(lines).toEqual([
      'URLs        1,030',
      'invalid         2  URL_SCHEME 1, URL_NO_HOST 1',
      'duplicates      3  (fetched again; --dedupe fetches each once)',
      'hosts           2',
      'largest     1,000  127.0.0.8:8470',
      '               28  127.0.0.3:8470',
      'at least    1m40s  127.0.0.8:8470 (1,000 requests at 10/s)',
    ])
    expect({ read, failed }).toEqual({ read: 1030, failed: 2 })
  })

  it('says that duplicates are fetched once, and counts them so', async () => {
    const { lines } = await said(list, { ...tenPerSecond, dedupe: true })
    expect(lines).toContain('duplicates      3  (fetched once)')
    expect(lines).toContain('               25  127.0.0.3:8470')
  })

  it('names the rate over all hosts where that takes longest', async () => {
    const { lines } = await said(list, { ...tenPerSecond, globalIntervalMs: 60_000 })
    expect(lines.at(-1)).toBe('at least    17h07m  --global-rate (1,028 requests at 1/m)')
  })

  it('says that nobody knows where there is no rate', async () => {
    const { lines } = await said(['http://a.test/'])
    expect(lines).toEqual([
      'URLs        1',
      'invalid     0',
      'duplicates  0',
      'hosts       1',
      'largest     1  a.test',
      'at least    ?  without a rate, it depends on how fast the hosts answer',
    ])
  })

  it('says that the list was not read to its end', async () => {
    const { text } = await said(['http://a.test/'], { signal: AbortSignal.abort() })
    expect(text).toContain('URLs        1  (so far: ended early)\n')
    const json = await said(['http://a.test/'], { signal: AbortSignal.abort(), format: 'json' })
    expect(JSON.parse(json.text).complete).toBe(false)
  })

  it('cuts a long host to the columns of a terminal, and to nothing elsewhere', async () => {
    const host = `${'x'.repeat(60)}.${'y'.repeat(60)}.test`
    const cut = await said([`http://${host}/`], { columns: 80 })
    expect(cut.lines[4]).toBe(`largest     1  ${'x'.repeat(60)}.yyy…`)
    const whole = await said([`http://${host}/`])
    expect(whole.lines[4]).toBe(`largest     1  ${host}`)
  })

  it('is one JSON object where a program reads it', async () => {
    const { text, read, failed } = await said(list, { ...tenPerSecond, format: 'json' })
    expect(text.split('\n')).toHaveLength(2)
    expect(JSON.parse(text)).toEqual({
      type: 'dry_run',
      complete: true,
      urls: 1030,
      invalid: 2,
      invalid_codes: { URL_SCHEME: 1, URL_NO_HOST: 1 },
      duplicates: 3,
      dedupe: false,
      requests: 1028,
      hosts: 2,
      largest_hosts: [
        { host: '127.0.0.8:8470', requests: 1000 },
        { host: '127.0.0.3:8470', requests: 28 },
      ],
      at_least_ms: 99_900,
      at_least: { host: '127.0.0.8:8470', requests: 1000, interval_ms: 100 },
    })
    expect({ read, failed }).toEqual({ read: 1030, failed: 2 })
  })

  it('passes on that a list cannot be read, and says nothing else', async () => {
    let written = ''
    const source = (async function* (): AsyncGenerator<SourceItem[]> {
      yield []
      throw new Error('unreadable')
    })()
    await expect(said([], { source, write: (piece) => void (written += piece) })).rejects.toThrow('unreadable')
    expect(written).toBe('')
  })
})
