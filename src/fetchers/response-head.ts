// What the record and the next step need of a response's header fields.

import { parseQuota } from '../core/rate-limit-header.js'
import { parseRetryAfter } from '../core/retry-after.js'
import type { OptIns, Quota } from '../types.js'

/** Header fields as undici hands them over: names in lower case, values as latin1. */
export type HeaderFields = Readonly<Record<string, string | string[] | undefined>>

/** Header fields as they stand in a record. */
export type HeaderRecord = NonNullable<OptIns['headers']>

export interface ResponseHead {
  readonly locations: readonly string[]
  readonly retryAfterMs: number | null
  readonly quota: Quota | null
  readonly contentType: string | null
  readonly contentLength: number | null
  readonly contentEncoding: string | null
  readonly hasTransferEncoding: boolean
}

const none: readonly string[] = []

export function readHead(fields: HeaderFields): ResponseHead {
  const retryAfter = first(fields['retry-after'])
  return {
    locations: locationsOf(fields['location']),
    retryAfterMs: retryAfter === null ? null : parseRetryAfter(retryAfter, first(fields['date']), Date.now()),
    quota: quotaOf(fields),
    contentType: first(fields['content-type']),
    contentLength: parseLength(first(fields['content-length'])),
    contentEncoding: joined(fields['content-encoding']),
    hasTransferEncoding: fields['transfer-encoding'] !== undefined,
  }
}

export function headerRecord(fields: HeaderFields): HeaderRecord {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  )
}

function quotaOf(fields: HeaderFields): Quota | null {
  const rateLimit = fields['ratelimit']
  const drafted = fields['ratelimit-remaining']
  const common = fields['x-ratelimit-remaining']
  // Most responses have none of them.
  if (rateLimit === undefined && drafted === undefined && common === undefined) return null
  const reset = fields[drafted === undefined ? 'x-ratelimit-reset' : 'ratelimit-reset']
  const values = {
    rateLimit: joined(rateLimit),
    remaining: first(drafted ?? common),
    reset: first(reset),
    date: first(fields['date']),
  }
  return parseQuota(values, Date.now())
}

/**
 * Its bytes beyond ASCII percent-encoded, as browsers and curl send them on: read as latin1, each byte of a path in raw UTF-8
 * would become a character of its own, and the redirect lead to where nothing is.
 */
function asciiOf(location: string): string {
  return location.replace(/[\u0080-\u00ff]/g, (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase()}`)
}

// The parser has seen to it that it is digits. What a number cannot hold is more than any limit allows.
function parseLength(value: string | null): number | null {
  return value === null ? null : Math.min(Number(value), Number.MAX_SAFE_INTEGER)
}

function first(value: string | string[] | undefined): string | null {
  return (typeof value === 'object' ? value[0] : value) ?? null
}

function locationsOf(value: string | string[] | undefined): readonly string[] {
  if (value === undefined) return none
  return (typeof value === 'object' ? value : [value]).map(asciiOf)
}

function joined(value: string | string[] | undefined): string | null {
  return (typeof value === 'object' ? value.join(',') : value) ?? null
}
