// Retry-After, RFC 9110 §10.2.3: delay-seconds or an HTTP-date.

/**
 * Ms to wait, or null where the value makes no sense. A date counts from the response's own Date where it has one, so that a
 * wrong clock on either side does not matter; a date in the past is 0.
 *
 * @param wallNow ms since the epoch, used where there is no valid `date`
 */
export function parseRetryAfter(value: string, date: string | null, wallNow: number): number | null {
  const text = value.trim()
  if (/^\d{1,10}(?:\.\d+)?$/.test(text)) return Math.ceil(Number(text) * 1000)
  if (!/^[A-Za-z]{3,9},? /.test(text)) return null
  const until = Date.parse(text)
  if (Number.isNaN(until)) return null
  const sent = date === null ? Number.NaN : Date.parse(date)
  return Math.max(0, until - (Number.isNaN(sent) ? wallNow : sent))
}
