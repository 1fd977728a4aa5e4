// What requests are known by.

import { hash, randomBytes } from 'node:crypto'
import type { Digest } from '../core/seen.js'

/** With a secret of the run, so that no list can be made whose URLs are taken for each other. */
export function saltedDigest(): Digest {
  const salt = randomBytes(16).toString('base64')
  return (text) => hash('sha256', salt + text, 'binary')
}
