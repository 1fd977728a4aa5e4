// Records, outputs and characters for the tests of the sinks.

import type { SinkOptions } from '../../src/sinks/format.js'
import { createSink } from '../../src/sinks/index.js'
import type { Output } from '../../src/sinks/output.js'
import type { FetchResult } from '../../src/types.js'
import type { Random } from '../support/random.js'

/** What may never reach a terminal: controls, lone surrogates, bidi and line separators, zero-width characters. */
export const unprintable =
  /\p{Cc}|\p{Cs}|\p{Zl}|\p{Zp}|\p{Bidi_Control}|[\u00ad\u180e\u200b-\u200f\u2060-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff]/u

/** A URL that was fetched, unless changed. */
export function makeResult(changes: Partial<FetchResult> = {}): FetchResult {
  const url = changes.url ?? 'https://www.example.com/'
  return {
    v: 1,
    id: 1,
    url,
    final_url: url,
    method: 'GET',
    host: URL.canParse(url) ? new URL(url).host : null,
    ok: true,
    status_code: 200,
    error_type: null,
    error_code: null,
    error_message: null,
    attempts: 1,
    redirects: 0,
    worker: 1,
    timestamp: '2024-11-21T08:00:00.000Z',
    duration_ms: 12.34,
    queued_ms: 0,
    limited_ms: 0.01,
    fetch_ms: 12.33,
    dns_ms: null,
    connect_ms: null,
    tls_ms: null,
    first_byte_ms: 11,
    body_ms: 1.5,
    http_version: '1.1',
    remote_ip: '127.0.0.1',
    content_type: 'text/html; charset=utf-8',
    content_length: 1256,
    wire_bytes: 1256,
    body_bytes: 1256,
    ...changes,
  }
}

/** A URL that was not fetched. */
export function makeFailure(changes: Partial<FetchResult> = {}): FetchResult {
  return makeResult({ ok: false, status_code: null, error_type: 'connect', body_bytes: 0, ...changes })
}

const strings = [
  'url',
  'final_url',
  'method',
  'host',
  'error_code',
  'error_message',
  'http_version',
  'content_type',
] as const

/** A record whose texts hold anything that a JavaScript string can hold. */
export function randomResult(random: Random): FetchResult {
  const result = makeResult({ id: 1 + random.below(1e9), ok: random.below(2) === 1, fetch_ms: random.below(1e7) / 100 })
  for (const field of strings) result[field] = randomText(random)
  result.status_code = random.pick([null, 200, 301, 404])
  result.error_type = random.pick([null, 'http_status', 'too_large', 'invalid_url', 'timeout'])
  result.redirects = random.below(3)
  result.attempts = random.below(4)
  return result
}

export function randomText(random: Random): string {
  return Array.from({ length: random.below(120) }, () => randomCharacter(random)).join('')
}

function randomCharacter(random: Random): string {
  switch (random.below(8)) {
    case 0:
      return String.fromCharCode(random.below(0x10000))
    case 1:
      return String.fromCodePoint(random.below(0x110000))
    case 2:
      return String.fromCharCode(
        random.pick([0xd800, 0xdfff, 0x7f, 0x9b, 0x1b, 0x0a, 0x0d, 0x2028, 0x202e, 0xfeff, 0x200b]),
      )
    case 3:
      return random.pick(['"', ',', '\\', '\\u001b', '/', '\t', "'", ';'])
    case 4:
      return random.pick(['例', '한', 'é', 'e\u0301', '👍🏽', '👩‍👩‍👧', '🇨🇭', 'ﾊﾟ', '😀', 'นี่'])
    default:
      return String.fromCharCode(0x20 + random.below(0x5f))
  }
}

/** An output that keeps what it gets. */
export class MemoryOutput implements Output {
  text = ''
  isClosed = false

  write(text: string): void {
    this.text += text
  }

  writeHeader(lines: string): void {
    this.text += lines
  }

  recorded(): undefined {}

  async close(): Promise<void> {
    this.isClosed = true
  }

  /** The lines, all of which must be whole. */
  get lines(): string[] {
    const lines = this.text.split('\n')
    if (lines.pop() !== '') throw new Error('the last line is not whole')
    return lines
  }
}

/** What a format makes of these records. */
export async function formatResults(
  format: string,
  results: readonly FetchResult[],
  options: Partial<SinkOptions> = {},
): Promise<MemoryOutput> {
  const output = new MemoryOutput()
  const sink = await createSink(format, { output, fields: null, only: null, terminal: null, color: false, ...options })
  for (const result of results) await sink.write(result)
  await sink.close()
  return output
}

/** The lines of a table. */
export async function tableRows(results: readonly FetchResult[], options?: Partial<SinkOptions>): Promise<string[]> {
  return (await formatResults('table', results, options)).lines
}

/** A terminal of so many columns. */
export function terminalOf(columns: number, color = false): Pick<SinkOptions, 'terminal' | 'color'> {
  return { terminal: { columns: () => columns }, color }
}
