// The bytes of a connection on their way from its socket to undici: all connections read into one buffer.

import type { OnReadOpts, Socket } from 'node:net'

export interface InflowListener {
  /** Bytes arrived, before undici parses them. They are the listener's for the time of the call only. */
  onBytes(chunk: Buffer): void
  /** How many of the bytes that come next are of a body for certain; null while a head is being waited for. */
  readonly bodyBytesLeft: number | null
}

/** What a read brought is parsed before the next one: one buffer is enough, where a new one for each read would cost more than the read. */
const shared = Buffer.allocUnsafeSlow(256 * 1024)

/** What a head usually fits into. Less than half of Node's pool, for the copy to be cut from it. */
const headBytes = 4095

/** For whoever needs the bytes of a chunk later than at once. */
export function lasting(chunk: Buffer): Buffer {
  return chunk.buffer === shared.buffer ? Buffer.from(chunk) : chunk
}

/**
 * Undici takes bytes with `read()`, as if the socket had put them aside. Its parser keeps the fields of a head (and of trailers) where they stand
 * until it has them all, be it for several reads: it gets such bytes as a copy, and in place only what is certain to be body.
 */
export class Inflow {
  /** For the socket's constructor. */
  readonly onread: OnReadOpts = { buffer: shared, callback: (length) => this.#receive(length) }
  readonly #listener: InflowListener
  #socket: Socket | null = null
  #isHeldBack = false
  /** It was held back, and does not read yet. */
  #hasStopped = false
  /** Copies: what nobody has taken yet. */
  readonly #aside: Buffer[] = []
  /** Of the shared buffer, while a read is under way: what is not taken yet. */
  #from = 0
  #to = 0

  constructor(listener: InflowListener) {
    this.#listener = listener
  }

  /** Bytes may have come before; undici is to take the socket over now. */
  attach(socket: Socket): void {
    this.#socket = socket
    const read = socket.read.bind(socket)
    socket.read = (size?: number) => {
      if (this.#isHeldBack) return null
      const chunk = this.#take()
      if (chunk !== null) return chunk
      // The socket itself has never any bytes. It asks for none where they end; and it stopped where it was held back.
      if (size !== 0 && !this.#hasStopped) return null
      this.#hasStopped = false
      return read(size)
    }
  }

  /** What arrives stays in the system until `letFlow`, so that TCP holds the server back. Undici does not know of it. */
  holdBack(): void {
    this.#isHeldBack = true
    this.#hasStopped = true
  }

  /** Whoever held it back has all there was. To be called while undici reads, which goes on. */
  rest(): void {
    this.#isHeldBack = false
  }

  /** Undici reads again, at once: not to be called while it does. */
  letFlow(): void {
    if (!this.#isHeldBack) return
    this.#isHeldBack = false
    this.#socket?.emit('readable')
  }

  #receive(length: number): boolean {
    this.#from = 0
    this.#to = length
    if (!this.#isHeldBack) this.#socket?.emit('readable')
    if (this.#from < this.#to) this.#aside.push(Buffer.from(shared.subarray(this.#from, this.#to)))
    this.#to = 0
    return !this.#isHeldBack
  }

  #take(): Buffer | null {
    const chunk = (this.#aside.length > 0 ? this.#aside.shift() : undefined) ?? this.#takeShared()
    if (chunk !== null) this.#listener.onBytes(chunk)
    return chunk
  }

  #takeShared(): Buffer | null {
    const from = this.#from
    const length = this.#to - from
    if (length <= 0) return null
    const left = this.#listener.bodyBytesLeft
    const taken = left === null ? Math.min(length, headBytes) : length
    this.#from += taken
    const chunk = shared.subarray(from, this.#from)
    return left !== null && taken <= left ? chunk : Buffer.from(chunk)
  }
}
