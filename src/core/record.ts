// The record of a URL, made of its task, its last attempt and what became of it.

import type { FetchRecord } from '../record-schema.js'
import type { Attempt, Failure, FetchResult, FetchTask, OptIns, OwnSettings, RejectedLine } from '../types.js'
import type { Outcome } from './outcome.js'

/** A task that was fetched, or for good not. */
export function fetchedRecord(task: FetchTask, attempt: Attempt, failure: Failure | null, worker: number): FetchResult {
  return record(task, attempt, failure, worker)
}

/** A task whose host is given up; it may have been tried before. */
export function refusedRecord(task: FetchTask, last: Attempt | null, failure: Failure, worker: number): FetchResult {
  return record(task, last, failure, last === null ? null : worker)
}

/** A task that was begun and waited for its next try or hop when the run ended. */
export function abandonedRecord(task: FetchTask): FetchResult {
  const failure: Failure = { type: 'aborted', code: 'RUN_ENDED', message: 'the run ended before the next try' }
  return record(task, task.lastAttempt, failure, null)
}

/** A line of the list that no request was made for. */
export function rejectedRecord(line: RejectedLine): FetchResult {
  return {
    ...none,
    v: 1,
    id: line.id,
    url: line.url,
    method: line.method,
    error_type: line.failure.type,
    error_code: line.failure.code,
    error_message: line.failure.message,
    timestamp: timestamp(line.readAt),
    ...metaOf(line),
  }
}

/** A URL that was not requested, since an earlier one of the list asks for the same: it shares the outcome of that. */
export function duplicateRecord(
  line: Pick<FetchResult, 'id' | 'url' | 'method' | 'host'> & Pick<FetchTask, 'readAt' | 'own'>,
  firstId: number,
  { statusCode, errorType, change }: Outcome,
): FetchResult {
  return {
    ...none,
    id: line.id,
    url: line.url,
    method: line.method,
    host: line.host,
    ok: errorType === null,
    status_code: statusCode,
    error_type: errorType,
    error_code: errorType === null ? null : 'DUPLICATE',
    error_message: errorType === null ? null : `as URL ${firstId}, which it repeats`,
    timestamp: timestamp(line.readAt),
    duplicate_of: firstId,
    ...(change && { change }),
    ...metaOf(line.own),
  }
}

/** A body in a file, and what else of it stands in the record. */
export interface SavedBody extends Pick<OptIns, 'body' | 'body_encoding' | 'body_truncated' | 'picked'> {
  readonly file: string
  readonly bytes: number
  readonly sha256: string | null
}

/** A task that is not requested: an earlier run had saved its body when it ended, before it could write the record. */
export function savedRecord(task: FetchTask, { file, bytes, sha256, ...kept }: SavedBody): FetchResult {
  return {
    ...none,
    id: task.id,
    url: task.url,
    method: task.method,
    host: task.host,
    ok: true,
    timestamp: timestamp(task.readAt),
    body_bytes: bytes,
    ...(sha256 !== null && { sha256 }),
    file,
    ...kept,
    ...metaOf(task.own),
  }
}

function record(task: FetchTask, attempt: Attempt | null, failure: Failure | null, worker: number | null): FetchResult {
  const queuedMs = hundredths(task.queuedMs)
  const limitedMs = hundredths(task.limitedMs)
  const fetchMs = hundredths(task.fetchMs)
  const made: FetchResult = {
    v: 1,
    id: task.id,
    url: task.url,
    final_url: task.lastUrl,
    method: task.method,
    host: task.host,
    ok: failure === null,
    status_code: attempt === null ? null : attempt.statusCode,
    error_type: failure === null ? null : failure.type,
    error_code: failure === null ? null : failure.code,
    error_message: failure === null ? null : failure.message,
    attempts: task.lastUrl === null ? 0 : 1 + task.retries + task.pushbacks,
    redirects: task.redirects,
    worker,
    timestamp: timestamp(task.firstAttemptAt ?? task.readAt),
    duration_ms: hundredths(queuedMs + limitedMs + fetchMs),
    queued_ms: queuedMs,
    limited_ms: limitedMs,
    fetch_ms: fetchMs,
    dns_ms: attempt === null ? null : phase(attempt.dnsMs),
    connect_ms: attempt === null ? null : phase(attempt.connectMs),
    tls_ms: attempt === null ? null : phase(attempt.tlsMs),
    first_byte_ms: attempt === null ? null : phase(attempt.firstByteMs),
    body_ms: attempt === null ? null : phase(attempt.bodyMs),
    http_version: attempt === null ? null : attempt.httpVersion,
    remote_ip: attempt === null ? null : attempt.remoteIp,
    content_type: attempt === null ? null : attempt.contentType,
    content_length: attempt === null ? null : attempt.contentLength,
    wire_bytes: attempt === null ? 0 : attempt.wireBytes,
    body_bytes: attempt === null ? 0 : attempt.bodyBytes,
  }
  const optIns = attempt === null ? null : attempt.optIns
  return optIns === null && task.own === null ? made : { ...made, ...optIns, ...metaOf(task.own) }
}

function metaOf(own: Pick<OwnSettings, 'meta' | 'lineCheck'> | null): Pick<FetchResult, 'line_check' | 'meta'> {
  if (own === null) return {}
  if (own.meta !== null) return { meta: { json: own.meta } }
  return own.lineCheck === undefined ? {} : { line_check: own.lineCheck }
}

/** A record in which nothing is known yet; its order of fields is the schema's. */
const none: FetchResult = {
  v: 1,
  id: 1,
  url: '',
  final_url: null,
  method: '',
  host: null,
  ok: false,
  status_code: null,
  error_type: null,
  error_code: null,
  error_message: null,
  attempts: 0,
  redirects: 0,
  worker: null,
  timestamp: '',
  duration_ms: 0,
  queued_ms: 0,
  limited_ms: 0,
  fetch_ms: 0,
  dns_ms: null,
  connect_ms: null,
  tls_ms: null,
  first_byte_ms: null,
  body_ms: null,
  http_version: null,
  remote_ip: null,
  content_type: null,
  content_length: null,
  wire_bytes: 0,
  body_bytes: 0,
}

let lastTime = Number.NaN
let lastTimestamp = ''

/** RFC 3339, UTC. Many requests start within the same ms. */
function timestamp(time: number): string {
  if (time !== lastTime) {
    lastTime = time
    lastTimestamp = new Date(time).toISOString()
  }
  return lastTimestamp
}

/** The record's fields in their order, known without loading the schema. */
export const recordFields = Object.keys(none).filter(isField)

/** Those that a record has only where there is something to say. */
export const optInFields = [
  'duplicate_of',
  'change',
  'etag',
  'last_modified',
  'sha256',
  'file',
  'headers',
  'body',
  'body_encoding',
  'body_truncated',
  'line_check',
  'meta',
] as const satisfies readonly (keyof FetchRecord)[]

/** What `--fields` may name. */
export const selectableFields: readonly (keyof FetchRecord)[] = [...recordFields, ...optInFields]

function isField(name: string): name is keyof FetchRecord {
  return name in none
}

/** Ms to two decimals: what a clock can tell, and no more digits than that in a file of millions of lines. */
function hundredths(ms: number): number {
  return Math.round(ms * 100) / 100
}

function phase(ms: number | null): number | null {
  return ms === null ? null : hundredths(ms)
}
