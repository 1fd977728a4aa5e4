// Records, statuses and reports to show, and a stream to show them on.

import { EventEmitter } from 'node:events'
import type { DisplayOptions, ErrorStream } from '../../src/observers/index.js'
import type { FetchResult, RunReport, RunStatus } from '../../src/types.js'
import { noOutages, noReceipt } from '../support/values.js'
import { VirtualClock } from '../support/virtual-clock.js'

export function record(fields: Partial<FetchResult>): FetchResult {
  return {
    v: 1,
    id: 1,
    url: 'https://a.test/',
    final_url: 'https://a.test/',
    method: 'GET',
    host: 'a.test',
    ok: true,
    status_code: 200,
    error_type: null,
    error_code: null,
    error_message: null,
    attempts: 1,
    redirects: 0,
    worker: 1,
    timestamp: '2026-01-01T00:00:00.000Z',
    duration_ms: 1,
    queued_ms: 0,
    limited_ms: 0,
    fetch_ms: 1,
    dns_ms: null,
    connect_ms: null,
    tls_ms: null,
    first_byte_ms: null,
    body_ms: null,
    http_version: '1.1',
    remote_ip: null,
    content_type: null,
    content_length: null,
    wire_bytes: 0,
    body_bytes: 0,
    ...fields,
  }
}

export function status(fields: Partial<RunStatus> = {}): RunStatus {
  return {
    earlier: 0,
    read: 6000,
    total: 10_000,
    ok: 5102,
    failedHttp: 87,
    failedOther: 25,
    retries: 31,
    inFlight: 10,
    workers: 10,
    wireBytes: 230_000_000,
    waiting: null,
    elapsedMs: 12_655,
    isEnding: false,
    ...fields,
  }
}

export function report(fields: Partial<RunReport> = {}): RunReport {
  return {
    earlier: 0,
    read: 10_000,
    ok: 9871,
    failed: 129,
    notAttempted: 0,
    retries: 31,
    elapsedMs: 24_300,
    wireBytes: 18_200_000,
    bodyBytes: 40_100_000,
    receipt: noReceipt,
    outages: noOutages,
    changes: null,
    cause: null,
    exitCode: 1,
    failures: [
      {
        type: 'http_status',
        count: 104,
        example: { url: 'https://a.test/x', code: 'HTTP_503', message: 'status 503' },
      },
      { type: 'dns', count: 25, example: { url: 'https://nope.test/', code: 'ENOTFOUND', message: 'no such host' } },
    ],
    firstFailures: Array.from({ length: 10 }, (_, index) =>
      record({
        id: index + 1,
        url: `https://a.test/${index}`,
        ok: false,
        error_type: 'http_status',
        error_code: 'HTTP_503',
        error_message: 'status 503',
      }),
    ),
    fetchMs: { p50: 120, p90: 430, p99: 2100 },
    slowestHosts: [
      { host: 'api.test', urls: 1204, meanFetchMs: 2100 },
      { host: 'cdn.test:8080', urls: 1, meanFetchMs: 12.5 },
    ],
    ...fields,
  }
}

/** A stderr that is no terminal, and keeps what is written to it. */
export class LogFile extends EventEmitter implements ErrorStream {
  written = ''

  write(text: string): boolean {
    this.written += text
    return true
  }
}

export function optionsFor(stderr: ErrorStream, changes: Partial<DisplayOptions> = {}): DisplayOptions {
  return {
    stderr,
    color: false,
    quiet: false,
    verbose: false,
    clock: new VirtualClock(),
    env: { TERM: 'xterm' },
    ...changes,
  }
}
