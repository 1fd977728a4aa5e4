// What a body says: its beginning is put aside while it comes, and read when it is whole.

import { checkBody } from '../core/body-check.js'
import { pickParts } from '../core/body-parts.js'
import { mostReadBytes, receivedBody } from '../core/received-body.js'
import type { Failure, OptIns } from '../types.js'
import { lasting } from './inflow.js'
import type { ReadOptions } from './options.js'

/** The response that the body is of. */
export interface BodyOrigin {
  /** The body is to be what the rules say, and to be saved where bodies are. */
  readonly isAccepted: boolean
  readonly contentType: string | null
}

export class BodyReader {
  readonly #options: ReadOptions
  readonly #origin: BodyOrigin
  #parts: Buffer[] = []
  #bytes = 0
  #picked: NonNullable<OptIns['picked']> = new Map()

  constructor(options: ReadOptions, origin: BodyOrigin) {
    this.#options = options
    this.#origin = origin
  }

  write(chunk: Buffer): void {
    const room = mostReadBytes + 1 - this.#bytes
    if (room <= 0) return
    const part = lasting(chunk.subarray(0, room))
    this.#parts.push(part)
    this.#bytes += part.length
  }

  /** That was all of it: why it is not what it has to be, or null. */
  end(): Failure | null {
    const { rules, paths } = this.#options
    const { isAccepted, contentType } = this.#origin
    const body = receivedBody(Buffer.concat(this.#parts), contentType)
    this.#parts = []
    if (paths.length > 0) this.#picked = pickParts(body, paths)
    return isAccepted && rules !== null ? checkBody(body, rules) : null
  }

  /** For the record. */
  picked(): Pick<OptIns, 'picked'> {
    return this.#options.paths.length > 0 ? { picked: this.#picked } : {}
  }
}

/** Null where nobody wants to know what a body says. */
export function readerOf(options: ReadOptions | undefined, origin: BodyOrigin): BodyReader | null {
  if (options === undefined) return null
  const isRead = options.paths.length > 0 || (origin.isAccepted && options.rules !== null)
  return isRead ? new BodyReader(options, origin) : null
}
