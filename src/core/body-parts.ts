// Parts of a JSON body for the fields that name them, picked when it is received: the body itself need not wait for its record.

import type { FieldPath } from './field-path.js'
import { partOf } from './json-text.js'
import type { ReceivedBody } from './received-body.js'

/** Of a record, all parts together: its line is to be one that can be read again, and records wait for their turn. */
export const mostPickedLength = 10 * 2 ** 20

/** By their paths. What the body does not have is left out, and so is what there is no room for. */
export function pickParts(body: ReceivedBody, paths: readonly FieldPath[]): ReadonlyMap<string, string> {
  const picked = new Map<string, string>()
  if (body.isCut || body.jsonProblem !== null) return picked
  let room = mostPickedLength
  for (const { text, members } of paths) {
    const part = picked.has(text) ? null : partOf(body.text, members)
    if (part === null || part.length > room) continue
    room -= part.length
    picked.set(text, lasting(part))
  }
  return picked
}

/** A slice would keep the whole body in memory. */
function lasting(part: string): string {
  return Buffer.from(part).toString()
}
