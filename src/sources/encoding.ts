// What the first bytes of a list tell: a BOM is taken off, UTF-16 is refused.

import { InputError } from '../core/errors.js'
import type { Piece } from './format.js'

/** So many bytes settle it. */
export const prefixBytes = 4

/** U+FEFF in UTF-8. */
const bom: readonly number[] = [0xef, 0xbb, 0xbf]

type Encoding = 'utf-16' | 'utf-8-bom' | 'utf-8'

/** The list without its BOM. `name` is the list's, as shown. */
export async function* withoutBom(chunks: AsyncIterable<Buffer>, name: string): AsyncGenerator<Piece, void, undefined> {
  let prefix: Buffer | undefined = Buffer.alloc(0)
  let offset = 0
  for await (const chunk of chunks) {
    if (prefix === undefined) {
      yield { bytes: chunk, offset }
      offset += chunk.length
      continue
    }
    prefix = prefix.length === 0 ? chunk : Buffer.concat([prefix, chunk])
    const encoding = detectEncoding(prefix)
    if (encoding === undefined) continue
    if (encoding === 'utf-16') throw utf16Error(name)
    const begin = encoding === 'utf-8-bom' ? bom.length : 0
    yield { bytes: prefix.subarray(begin), offset: begin }
    offset = prefix.length
    prefix = undefined
  }
  if (prefix !== undefined && prefix.length > 0) yield { bytes: prefix, offset }
}

/** Undefined: more bytes may make a difference. A line of more than one character never has to wait for that. */
export function detectEncoding(prefix: Uint8Array): Encoding | undefined {
  if (startsWith(prefix, [0xff, 0xfe]) || startsWith(prefix, [0xfe, 0xff])) return 'utf-16'
  if (startsWith(prefix, bom)) return 'utf-8-bom'
  const isUtf8BomSoFar = startsWith(bom, prefix)
  // Without a BOM: two characters of ASCII, as every list begins.
  const isUtf16SoFar = hasNulOnlyAt(prefix, 0) || hasNulOnlyAt(prefix, 1)
  if (isUtf16SoFar && prefix.length >= prefixBytes) return 'utf-16'
  return isUtf8BomSoFar || isUtf16SoFar ? undefined : 'utf-8'
}

export function utf16Error(name: string): InputError {
  return new InputError(`${name} is UTF-16: convert it to UTF-8 (iconv -f UTF-16 -t UTF-8)`)
}

function startsWith(bytes: ArrayLike<number>, beginning: ArrayLike<number>): boolean {
  if (bytes.length < beginning.length) return false
  for (let index = 0; index < beginning.length; index++) if (bytes[index] !== beginning[index]) return false
  return true
}

/** Whether, of the first bytes, those at even (0) or odd (1) positions are NUL and the others are not. */
function hasNulOnlyAt(prefix: Uint8Array, parity: 0 | 1): boolean {
  return prefix.subarray(0, prefixBytes).every((byte, index) => (byte === 0) === (index % 2 === parity))
}
