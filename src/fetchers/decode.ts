// Undoes a body's content codings as it comes in, within a limit of size after each of them.

import type { Failure } from '../types.js'
import { type Coding, DecodeLayer, hasZstd, type LayerSink } from './decode-layer.js'

export interface DecodeListener {
  /** False: enough for now; nothing more comes until the function that `onceDrained` is then given was called. */
  onDecoded(chunk: Buffer): boolean
  onceDrained(resume: () => void): void
  onDecodeEnd(): void
  /** Called once; nothing comes after it. */
  onDecodeFailed(failure: Failure): void
}

const codings: ReadonlyMap<string, Coding> = new Map([
  ['gzip', 'gzip'],
  ['x-gzip', 'gzip'],
  ['deflate', 'deflate'],
  ['br', 'br'],
  ...(hasZstd ? [['zstd', 'zstd'] as const] : []),
])

/** What a request says to accept. */
export const acceptEncoding = hasZstd ? 'gzip, deflate, br, zstd' : 'gzip, deflate, br'

const none: readonly Coding[] = []

/** Nobody sends more than two on purpose. */
const maxCodings = 2

/**
 * The codings in the order in which they are undone. None where there is nothing to undo, or where one is unknown: such a body
 * is taken as it is.
 */
export function readCodings(contentEncoding: string | null): readonly Coding[] | Failure {
  if (contentEncoding === null) return none
  const known: Coding[] = []
  for (const part of contentEncoding.toLowerCase().split(',')) {
    const name = part.trim()
    if (name === '' || name === 'identity') continue
    const coding = codings.get(name)
    if (coding === undefined) return []
    known.unshift(coding)
  }
  if (known.length <= maxCodings) return known
  return {
    type: 'decode',
    code: 'CODINGS',
    message: `the body is encoded ${known.length} times, ${maxCodings} are accepted`,
  }
}

export class Decoder {
  readonly #layers: DecodeLayer[] = []
  #isOver = false

  constructor(order: readonly Coding[], maxBytes: number, listener: DecodeListener) {
    const fail = (failure: Failure) => {
      if (this.#isOver) return
      this.destroy()
      listener.onDecodeFailed(failure)
    }
    let next: LayerSink = {
      write: (chunk) => this.#isOver || listener.onDecoded(chunk),
      end: () => {
        if (!this.#isOver) listener.onDecodeEnd()
      },
      onceDrained: (resume) => listener.onceDrained(resume),
    }
    for (const coding of order.toReversed()) {
      const layer: DecodeLayer = new DecodeLayer(coding, maxBytes, next, fail)
      this.#layers.unshift(layer)
      next = layer
    }
  }

  /** False: enough for now, wait for `onceDrained`. */
  write(chunk: Buffer): boolean {
    return this.#layers[0]?.write(chunk) ?? true
  }

  onceDrained(resume: () => void): void {
    this.#layers[0]?.onceDrained(resume)
  }

  end(): void {
    this.#layers[0]?.end()
  }

  destroy(): void {
    this.#isOver = true
    for (const layer of this.#layers) layer.destroy()
  }
}
