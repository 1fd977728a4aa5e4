// The record: the one definition of what stands on a line of the output.

import { z } from 'zod'

const errorTypes = [
  'invalid_url',
  'invalid_request',
  'blocked',
  'dns',
  'connect',
  'tls',
  'timeout',
  'network',
  'protocol',
  'decode',
  'too_large',
  'redirect',
  'proxy',
  'http_status',
  'no_match',
  'not_json',
  'write',
  'aborted',
] as const

const phase = (what: string) => z.number().nonnegative().nullable().describe(`${what}, in ms; of the last attempt`)
const spent = (what: string) => z.number().nonnegative().describe(what)
const count = (what: string) => z.number().int().nonnegative().describe(what)

export const recordSchema = z
  .strictObject({
    v: z.literal(1).describe('record version'),
    id: z
      .number()
      .int()
      .positive()
      .describe("1-based position among the input's URLs; blank and comment lines do not count"),
    url: z.string().describe('as listed; a password in it is shown as ***'),
    final_url: z.string().nullable().describe('the last URL requested; null if none was'),
    method: z.string().describe('of the request as listed'),
    host: z
      .string()
      .nullable()
      .describe("hostname:port of the listed URL, the port only where it is not the scheme's own"),
    ok: z.boolean().describe('fully received, the status accepted, and the body what it has to be'),
    status_code: z.number().int().nullable().describe('of the last response'),
    error_type: z.enum(errorTypes).nullable().describe('null where ok'),
    error_code: z.string().nullable().describe('the raw code: ECONNREFUSED, TIMEOUT_TOTAL, HTTP_503'),
    error_message: z.string().nullable().describe('one line that a person can act on'),
    attempts: count('1 + retries, those after a 429 included; 0 where no request was made'),
    redirects: count('hops followed'),
    worker: z.number().int().positive().nullable().describe('the worker that finished it, from 1'),
    timestamp: z.iso.datetime({ precision: 3 }).describe("RFC 3339, UTC: the first attempt's start"),
    duration_ms: spent('from admission to the frontier to the record: queued_ms + limited_ms + fetch_ms'),
    queued_ms: spent('the host was ready, no worker was free'),
    limited_ms: spent("the host's rate, concurrency, Retry-After or a retry's backoff said: not yet"),
    fetch_ms: spent('on the wire, all attempts and hops'),
    dns_ms: phase('name resolution'),
    connect_ms: phase('TCP connect'),
    tls_ms: phase('TLS handshake'),
    first_byte_ms: phase("from the request's hand-over to the connection to the response's first byte"),
    body_ms: phase('from the first byte to the last'),
    http_version: z.string().nullable().describe('1.0 or 1.1, as the server said; 2 with --http2'),
    remote_ip: z.string().nullable().describe('the address that was connected to'),
    content_type: z.string().nullable().describe('as sent'),
    content_length: z.number().int().nonnegative().nullable().describe('as sent'),
    wire_bytes: count('body bytes as received'),
    body_bytes: count('body bytes after content decoding'),
    duplicate_of: z
      .number()
      .int()
      .positive()
      .optional()
      .describe(
        'with --dedupe: the id of the URL that this one repeats; its outcome is the same, and no request was made',
      ),
    change: z
      .enum(['new', 'same', 'changed', 'gone', 'recovered'])
      .nullable()
      .optional()
      .describe(
        'with --since or --state: since the earlier run; gone: was ok and is not, recovered: was not ok and is; null where it was not attempted to its end',
      ),
    etag: z.string().nullable().optional().describe('with --since or --state: of the last response, as sent'),
    last_modified: z.string().nullable().optional().describe('with --since or --state: of the last response, as sent'),
    sha256: z
      .string()
      .regex(/^[0-9a-f]{64}$/)
      .nullable()
      .optional()
      .describe('with --hash, --since or --state: of the decoded body, in hex; null where it is not whole'),
    file: z
      .string()
      .nullable()
      .optional()
      .describe('with --save: where the decoded body is; null where it is not saved'),
    headers: z
      .record(z.string(), z.union([z.string(), z.array(z.string())]))
      .nullable()
      .optional()
      .describe(
        'with --include headers: of the last response, names in lower case; an array where a field was repeated',
      ),
    body: z
      .string()
      .nullable()
      .optional()
      .describe('with --include body: decoded, as text where it is UTF-8, else in base64; null where there is none'),
    body_encoding: z.enum(['utf-8', 'base64']).nullable().optional().describe('with --include body: what it is in'),
    body_truncated: z
      .boolean()
      .nullable()
      .optional()
      .describe('with --include body: only its beginning is there, by --include-limit or since the rest did not come'),
    line_check: z
      .string()
      .optional()
      .describe(
        'of a line with a body of its own and no meta: tells it from others of its URL, for --resume and --since',
      ),
    meta: z.json().optional().describe("the caller's own data, from the line of the list"),
  })
  .describe('One URL of the list: what became of it, and where the time went.')

/** One URL of the list: what became of it, and where the time went. */
export type FetchRecord = z.infer<typeof recordSchema>

/** The record's JSON Schema (draft 2020-12), as `poolfetch schema` prints it. */
export function recordJsonSchema(): object {
  return z.toJSONSchema(recordSchema)
}
