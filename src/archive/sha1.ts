// Digests as archives have them: SHA-1 in base32, which is what the tools that read archives compare.

import { hash } from 'node:crypto'

/** RFC 4648 §6. */
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** `sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ` */
export function sha1Label(digest: Uint8Array): string {
  return `sha1:${base32(digest)}`
}

export function sha1Of(bytes: Uint8Array): string {
  return sha1Label(hash('sha1', bytes, 'buffer'))
}

/** Without padding: the 20 bytes of a SHA-1 need none. */
function base32(bytes: Uint8Array): string {
  let text = ''
  let bits = 0
  let held = 0
  for (const byte of bytes) {
    held = ((held << 8) | byte) & 0xfff
    for (bits += 8; bits >= 5; bits -= 5) text += alphabet[(held >> (bits - 5)) & 31]
  }
  return bits === 0 ? text : text + alphabet[(held << (5 - bits)) & 31]
}
