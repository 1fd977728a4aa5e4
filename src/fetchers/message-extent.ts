// Where a response's body ends among the bytes that are received: what comes behind it is not of the response.

export interface MessageExtent {
  /** How many of the bytes that come next are of the body, its transfer coding included. */
  take(bytes: Uint8Array): number
}

/** RFC 9112 §6.3, for a body that there is: the parser has seen to it that its framing is sound. */
export function extentOf(transferEncoding: string | null, contentLength: number | null): MessageExtent {
  if (transferEncoding !== null)
    return /\bchunked\s*$/i.test(transferEncoding) ? new ChunkedExtent() : new KnownExtent(null)
  return new KnownExtent(contentLength)
}

/** Of a response that has no body, whatever its fields say. */
export function emptyExtent(): MessageExtent {
  return new KnownExtent(0)
}

class KnownExtent implements MessageExtent {
  #left: number

  /** @param length null where the connection's end is the body's */
  constructor(length: number | null) {
    this.#left = length ?? Number.POSITIVE_INFINITY
  }

  take(bytes: Uint8Array): number {
    const taken = Math.min(this.#left, bytes.length)
    this.#left -= taken
    return taken
  }
}

const LF = 0x0a
const CR = 0x0d

/** RFC 9112 §7.1: goes from one chunk's size to the next, and through the trailers to the blank line. */
class ChunkedExtent implements MessageExtent {
  #state: 'size' | 'extension' | 'data' | 'data-end' | 'trailer' | 'over' = 'size'
  #size = 0
  #left = 0
  #lineBytes = 0

  take(bytes: Uint8Array): number {
    let at = 0
    while (at < bytes.length && this.#state !== 'over') {
      if (this.#state === 'data') {
        const skipped = Math.min(this.#left, bytes.length - at)
        at += skipped
        this.#left -= skipped
        if (this.#left === 0) this.#state = 'data-end'
      } else {
        this.#step(bytes[at] ?? 0)
        at += 1
      }
    }
    return at
  }

  #step(byte: number): void {
    if (byte === LF) return this.#endLine()
    if (byte === CR) return
    if (this.#state === 'trailer') this.#lineBytes += 1
    if (this.#state !== 'size') return
    const digit = hexDigit(byte)
    if (digit === null) this.#state = 'extension'
    else this.#size = this.#size * 16 + digit
  }

  #endLine(): void {
    if (this.#state === 'data-end') {
      this.#state = 'size'
      this.#size = 0
    } else if (this.#state === 'trailer') {
      if (this.#lineBytes === 0) this.#state = 'over'
      this.#lineBytes = 0
    } else {
      this.#left = this.#size
      this.#state = this.#size === 0 ? 'trailer' : 'data'
    }
  }
}

function hexDigit(byte: number): number | null {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30
  const letter = byte | 0x20
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : null
}
