// Which requests may be made again: by their method, or by a key that the server knows them by.

import type { FetchTask, RequestSpec } from '../types.js'

/** RFC 9110 §9.2.2. */
const idempotentMethods = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE'])

/** draft-ietf-httpapi-idempotency-key-header. */
export const idempotencyField = 'Idempotency-Key'

export function isIdempotent({ method, headers }: RequestSpec): boolean {
  return idempotentMethods.has(method) || headers.some(([name]) => name.toLowerCase() === 'idempotency-key')
}

/** What a request is known by, whenever it is made: its place in the list and all that its line says. The body goes behind it. */
export function idempotencyText(name: string, { id, method, url, own }: FetchTask): string {
  return `${JSON.stringify([name, id, method, url, own?.meta ?? null])}\n`
}

/** A digest as a UUID. Of version 4, which is what APIs check keys for, if anything; nobody can tell the bits from random ones. */
export function keyOf(digest: Uint8Array): string {
  const bytes = Buffer.from(digest.subarray(0, 16))
  bytes.writeUInt8(((bytes[6] ?? 0) & 0x0f) | 0x40, 6)
  bytes.writeUInt8(((bytes[8] ?? 0) & 0x3f) | 0x80, 8)
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}
