// A body in a record: as text where it is text, else as base64.

import type { OptIns } from '../types.js'

/**
 * UTF-8 in which nothing is replaced, a byte order mark included.
 *
 * @param bytes the body's beginning: one byte more than `maxBytes` where there is more
 * @param isWhole the body does not go on behind `bytes`
 */
export function bodyText(
  bytes: Buffer,
  maxBytes: number,
  isWhole: boolean,
): Required<Pick<OptIns, 'body' | 'body_encoding' | 'body_truncated'>> {
  const isCut = bytes.length > maxBytes || !isWhole
  const shown = bytes.subarray(0, maxBytes)
  const text = decoded(shown, isCut)
  return {
    body: text ?? shown.toString('base64'),
    body_encoding: text === null ? 'base64' : 'utf-8',
    body_truncated: isCut,
  }
}

/** Null for what is no UTF-8. A character that the cut goes through is left out. */
function decoded(bytes: Buffer, isCut: boolean): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes, { stream: isCut })
  } catch {
    return null
  }
}
