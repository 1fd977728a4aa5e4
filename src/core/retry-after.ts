// Retry-After, RFC 9110 §10.2.3: delay-seconds or an HTTP-date.

/**
 * Ms to wait, or null where the value makes no sense. A date counts from the response's own Date where it has one, so that a
 * wrong clock on either side does not matter; a date in the past is 0.
 *
 * @param wallNow ms since the epoch, used where there is no valid `date`
 */
export function parseRetryAfter(value: string, date: string | null, wallNow: number): number | null {
  const text = value.trim()
  if (/^\d+(?:\.\d+)?$/.test(text)) return Math.min(Math.ceil(Number(text) * 1000), Number.MAX_SAFE_INTEGER)
  const until = parseHttpDate(text)
  if (Number.isNaN(until)) return null
  const sent = date === null ? Number.NaN : parseHttpDate(date.trim())
  return Math.max(0, until - (Number.isNaN(sent) ? wallNow : sent))
}

/** RFC 9110 §5.6.7: the three formats, in ms since the epoch; NaN for anything else. What `Date.parse` takes for a date besides is none. asctime's is UTC without saying so. */
export function parseHttpDate(text: string): number {
  if (/^[a-z]{3,9}, \d\d[ -][a-z]{3}[ -]\d{2,4} \d\d:\d\d:\d\d GMT$/i.test(text)) return Date.parse(text)
  if (/^[a-z]{3} [a-z]{3} [ \d]\d \d\d:\d\d:\d\d \d{4}$/i.test(text)) return Date.parse(`${text} GMT`)
  return Number.NaN
}
