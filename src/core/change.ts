// What changed since an earlier run: which conditions a request may have, and what its record is called then.

import type { Change, EarlierRecord, FetchResult, FetchTask, HeaderList } from '../types.js'

/** RFC 9110 §8.8.3. Anything else might be read as a list, or as `*`, which is true of whatever is there. */
const entityTag = /^(?:W\/)?"[\x21\x23-\x7e\x80-\xff]{0,1000}"$/
/** RFC 9110 §5.6.7, with room for what servers make of it. */
const httpDate = /^[A-Za-z0-9 ,:+-]{1,64}$/
const callersCondition = /^if-(?:none-match|modified-since|match|unmodified-since|range)$/i

/** What a 304 stands for: the response would have been 200 (RFC 9110 §15.4.5). */
export const statusBehind304 = 200

/**
 * The header fields that let a server say "as it was" (RFC 9110 §13.1). Validators belong to the URL that answered, so that only the hop
 * that asks for it has them, and only where that went well. The caller's own conditions stay alone. Null where there are none.
 */
export function conditionsOf(
  earlier: EarlierRecord,
  { target, request }: Pick<FetchTask, 'target' | 'request'>,
): HeaderList | null {
  if (request.method !== 'GET' && request.method !== 'HEAD') return null
  if (!earlier.ok || effectiveStatus(earlier) !== 200 || earlier.final_url !== target.href) return null
  if (request.headers.some(([name]) => callersCondition.test(name))) return null
  const { etag, last_modified: date } = earlier
  const conditions: [string, string][] = []
  if (etag !== null && entityTag.test(etag)) conditions.push(['if-none-match', etag])
  // Beside If-None-Match, too: whoever knows that ignores this (RFC 9110 §13.1.3).
  if (date !== null && httpDate.test(date)) conditions.push(['if-modified-since', date])
  return conditions.length === 0 ? null : conditions
}

/** @param notModified the response is a 304 to conditions that were of `earlier` */
export function changeOf(earlier: EarlierRecord | null, result: FetchResult, notModified: boolean): Change {
  if (earlier === null) return 'new'
  if (earlier.ok !== result.ok) return result.ok ? 'recovered' : 'gone'
  if (!result.ok) return isSameFailure(earlier, result) ? 'same' : 'changed'
  return notModified || isSameAnswer(earlier, result) ? 'same' : 'changed'
}

/** A 304 has no body: what is known of that is what the earlier record says, so that the next run can go by it. */
export function carriedFrom(
  earlier: EarlierRecord,
  result: FetchResult,
): Pick<FetchResult, 'etag' | 'last_modified' | 'sha256'> {
  return {
    etag: result.etag ?? earlier.etag,
    last_modified: result.last_modified ?? earlier.last_modified,
    sha256: earlier.sha256,
  }
}

function isSameFailure(earlier: EarlierRecord, result: FetchResult): boolean {
  const { error_type: type, status_code: status } = earlier
  return (type === null || type === result.error_type) && status === result.status_code
}

/**
 * The first that both have decides: the entity tag, by what the server calls the same; the body; the date, which is no more than a
 * second exact; the size. An equal hash is enough: behind several servers a page may have several tags.
 */
function isSameAnswer(earlier: EarlierRecord, result: FetchResult): boolean {
  if (earlier.status_code !== null && effectiveStatus(earlier) !== effectiveStatus(result)) return false
  if (earlier.isDuplicate) return true
  if (earlier.final_url !== null && earlier.final_url !== result.final_url) return false
  const { etag = null, last_modified: date = null, sha256 = null } = result
  const hasHashes = sha256 !== null && earlier.sha256 !== null
  if (hasHashes && sha256 === earlier.sha256) return true
  if (etag !== null && earlier.etag !== null) return opaque(etag) === opaque(earlier.etag)
  if (hasHashes) return false
  if (date !== null && earlier.last_modified !== null) return date === earlier.last_modified
  // A HEAD, or an earlier run that was not asked for more.
  const [before, now] = result.method === 'HEAD' ? lengths(earlier, result) : [sizeOf(earlier), sizeOf(result)]
  return before === null || now === null || before === now
}

function effectiveStatus({ status_code: status }: Pick<EarlierRecord, 'status_code'>): number | null {
  return status === 304 ? statusBehind304 : status
}

function lengths(earlier: EarlierRecord, result: FetchResult): [number | null, number | null] {
  return [earlier.content_length, result.content_length]
}

/** Null where there was no body to count. */
function sizeOf(record: Pick<EarlierRecord, 'status_code' | 'body_bytes'>): number | null {
  return record.status_code === 304 ? null : record.body_bytes
}

/** Weak comparison (RFC 9110 §8.8.3.2). */
function opaque(etag: string): string {
  return etag.replace(/^W\//, '')
}
