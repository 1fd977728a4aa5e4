// What tells a line with a body of its own, and no data, from others of its URL.

interface Line {
  readonly meta: string | null
  readonly body?: string | Uint8Array | null
}

/**
 * A check of 64 bits of the body, as hexadecimal digits: it tells lines apart, not attackers. Null where the line has no body, and where
 * it has data: that says whose line it is, and the body may be another one.
 */
export function lineCheckOf({ meta, body }: Line): string | null {
  if (meta !== null || body === undefined || body === null) return null
  let low = 0x811c9dc5
  let high = 0x9e3779b9
  for (let index = 0; index < body.length; index++) {
    const unit = typeof body === 'string' ? body.charCodeAt(index) : (body[index] ?? 0)
    low = Math.imul(low ^ unit, 0x01000193)
    high = Math.imul(high ^ unit, 0x85ebca6b)
  }
  return digits(mixed(low ^ (high >>> 16))) + digits(mixed(high ^ (low >>> 13)))
}

/** The lowest bits of a product know of the lowest bits alone. */
function mixed(hash: number): number {
  const half = Math.imul(hash ^ (hash >>> 16), 0xc2b2ae35)
  return (half ^ (half >>> 15)) >>> 0
}

function digits(hash: number): string {
  return hash.toString(16).padStart(8, '0')
}
