// What a host announces of its quota: the RateLimit header fields, as drafted, and as they were common before.

import type { Quota } from '../types.js'
import { parseHttpDate } from './retry-after.js'

/** Values of the fields; null where there is none. */
export interface QuotaFields {
  /** `RateLimit` (draft-ietf-httpapi-ratelimit-headers-07 and later). */
  readonly rateLimit: string | null
  /** `RateLimit-Remaining` and `-Reset` (drafts 03 to 06), or the same with `X-`. */
  readonly remaining: string | null
  readonly reset: string | null
  /** `Date` of the response: a reset that is a point in time counts from there, so that a wrong clock on either side does not matter. */
  readonly date: string | null
}

/** Longer ones are not worth their time. */
const longestField = 2000

/** From here on a number is no count of seconds, but seconds since the epoch (from 2001), or ms. */
const firstEpochSeconds = 1e9
const firstEpochMs = 1e11
const lastEpochMs = 1e14

/**
 * Null where there is nothing, or what there is makes no sense. Of several policies the one that leaves the fewest requests
 * counts, and of those the one that is renewed last.
 *
 * @param wallNow ms since the epoch, used where there is no valid `date`
 */
export function parseQuota({ rateLimit, remaining, reset, date }: QuotaFields, wallNow: number): Quota | null {
  if (rateLimit !== null && rateLimit.length <= longestField) {
    const quota = parsePolicies(rateLimit) ?? parseDictionary(rateLimit)
    if (quota !== null) return quota
  }
  if (remaining === null || reset === null) return null
  const resetMs = parseReset(reset.trim(), date, wallNow)
  return resetMs === null ? null : quotaOf(remaining.trim(), resetMs)
}

/**
 * RFC 9651 §3.1: a list of items, each a policy's name with what is left (`r`) and the seconds until more is (`t`):
 * `"burst";r=5;t=1, "day";r=900;t=3600`.
 */
function parsePolicies(text: string): Quota | null {
  const parameter = String.raw`[ \t]*;[ \t]*[a-z*][\w.*-]*(?:=(?:"(?:[^"\\]|\\.)*"|[^\s,;"]+))?`
  const member = new RegExp(
    String.raw`[ \t]*(?:"(?:[^"\\]|\\.)*"|[a-z*][^\s,;="]*)((?:${parameter})*)[ \t]*(?:,|$)`,
    'iy',
  )
  let scarcest: Quota | null = null
  while (member.lastIndex < text.length) {
    const parameters = member.exec(text)?.[1]
    // One mistake, and the field is to be ignored: RFC 9651 §4.2.
    if (parameters === undefined) return null
    const seconds = integerParameter(parameters, 't')
    const quota = quotaOf(integerParameter(parameters, 'r'), seconds === '' ? null : Number(seconds) * 1000)
    if (quota && (scarcest === null || isScarcer(quota, scarcest))) scarcest = quota
  }
  return scarcest
}

function integerParameter(parameters: string, name: string): string {
  const found = new RegExp(`;[ \\t]*${name}=(\\d{1,15})(?![^\\s;])`).exec(parameters)
  return found?.[1] ?? ''
}

function isScarcer(quota: Quota, other: Quota): boolean {
  if (quota.remaining !== other.remaining) return quota.remaining < other.remaining
  return quota.resetMs > other.resetMs
}

/** Draft 07: `limit=100, remaining=50, reset=30`. */
function parseDictionary(text: string): Quota | null {
  const values = new Map(
    text.split(',').map((member) => {
      const [name = '', value = ''] = member.split(/[=;]/)
      return [name.trim(), value.trim()] as const
    }),
  )
  const reset = values.get('reset') ?? ''
  return /^\d{1,15}$/.test(reset) ? quotaOf(values.get('remaining') ?? '', Number(reset) * 1000) : null
}

/** Ms from now. Said in seconds from now, in seconds since the epoch, or in ms since then. */
function parseReset(text: string, date: string | null, wallNow: number): number | null {
  if (!/^\d{1,15}(?:\.\d{1,9})?$/.test(text)) return null
  const value = Number(text)
  if (value < firstEpochSeconds) return Math.ceil(value * 1000)
  const at = value < firstEpochMs ? value * 1000 : value
  if (at >= lastEpochMs) return null
  const sent = date === null ? Number.NaN : parseHttpDate(date.trim())
  return Math.max(0, Math.ceil(at - (Number.isNaN(sent) ? wallNow : sent)))
}

function quotaOf(remaining: string, resetMs: number | null): Quota | null {
  if (resetMs === null || !/^\d{1,15}$/.test(remaining)) return null
  return { remaining: Number(remaining), resetMs }
}
