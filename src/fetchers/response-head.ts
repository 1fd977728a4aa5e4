// What the record and the next step need of a response's header fields.

import { parseQuota } from '../core/rate-limit-header.js'
import { parseRetryAfter } from '../core/retry-after.js'
import type { OptIns, Quota } from '../types.js'
import type { HeaderFields } from './header-fields.js'

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
  const retryAfter = first(fields.get('retry-after'))
  return {
    locations: locationsOf(fields.get('location')),
    retryAfterMs: retryAfter === null ? null : parseRetryAfter(retryAfter, first(fields.get('date')), Date.now()),
    quota: quotaOf(fields),
    contentType: first(fields.get('content-type')),
    contentLength: parseLength(first(fields.get('content-length'))),
    contentEncoding: joined(fields.get('content-encoding')),
    hasTransferEncoding: fields.get('transfer-encoding') !== undefined,
  }
}

/** Null where there is none, or where it is not known which of several holds. */
export function readValidators(fields: HeaderFields): Required<Pick<OptIns, 'etag' | 'last_modified'>> {
  return { etag: only(fields.get('etag')), last_modified: only(fields.get('last-modified')) }
}

function quotaOf(fields: HeaderFields): Quota | null {
  const rateLimit = fields.get('ratelimit')
  const drafted = fields.get('ratelimit-remaining')
  const common = fields.get('x-ratelimit-remaining')
  // Most responses have none of them.
  if (rateLimit === undefined && drafted === undefined && common === undefined) return null
  const reset = fields.get(drafted === undefined ? 'x-ratelimit-reset' : 'ratelimit-reset')
  const values = {
    rateLimit: joined(rateLimit),
    remaining: first(drafted ?? common),
    reset: first(reset),
    date: first(fields.get('date')),
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

function only(value: string | string[] | undefined): string | null {
  if (typeof value !== 'object') return value ?? null
  return new Set(value).size === 1 ? (value[0] ?? null) : null
}

function locationsOf(value: string | string[] | undefined): readonly string[] {
  if (value === undefined) return none
  return (typeof value === 'object' ? value : [value]).map(asciiOf)
}

function joined(value: string | string[] | undefined): string | null {
  return (typeof value === 'object' ? value.join(',') : value) ?? null
}
