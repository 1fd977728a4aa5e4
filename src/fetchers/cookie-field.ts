// The one Cookie field of a request: the caller's own cookies, and those of the jar.

/**
 * RFC 6265 §5.4: there is no more than one field. A cookie that the caller names is not sent from the jar as well: which of two
 * counts is each server's guess.
 *
 * @param own the caller's, as in the field
 * @param kept the jar's, likewise
 */
export function cookieField(own: string, kept: string): string {
  const names = new Set(own.split(';').map(nameOf))
  const rest = kept.split('; ').filter((pair) => !names.has(nameOf(pair)))
  return [own, ...rest].join('; ')
}

function nameOf(pair: string): string {
  return pair.split('=', 1)[0]?.trim() ?? ''
}
