// What is to be written, collected and handed on in pieces; and back-pressure.

/** From this many bytes on, those who write have to wait. */
const highWaterBytes = 256 * 1024
/** From this many on, a piece is worth a write of its own. */
const pieceBytes = 128 * 1024
/** A character is at most so many bytes of UTF-8 for each of its code units. */
const bytesPerUnit = 3

/** Some texts in a row. */
export interface Texts {
  readonly bytes: Buffer
  /** Where each of them ends. */
  readonly ends: readonly number[]
}

/** Hands on what was collected: called again only when it is done. */
export type Flush = (texts: Texts) => Promise<void> | void

export interface TextQueueOptions {
  readonly flush: Flush
  /** Ms between the end of a flush and the next one, unless a piece is full before; 0 is one turn of the event loop. */
  readonly restMs: number
}

/** Texts on their way out. The first error of a flush is the answer to every write from then on, and to `drain`. */
export class TextQueue {
  readonly #flush: Flush
  readonly #restMs: number
  /** Full pieces, and the one that texts are put into at once: while they are fresh, that costs half of what it does later. */
  #pieces: Buffer[] = []
  #piece = Buffer.alloc(0)
  #used = 0
  /** Of what was collected since the last flush began: its bytes, and where each text ends. */
  #collectedBytes = 0
  #ends: number[] = []
  /** Bytes collected or being flushed. */
  #waitingBytes = 0
  #pumping: Promise<void> | null = null
  #room: PromiseWithResolvers | null = null
  /** Resolve when what is collected, and what is being flushed, is flushed or cannot be. */
  #collected: PromiseWithResolvers | null = null
  #flushing: PromiseWithResolvers | null = null
  #endRest: (() => void) | null = null
  #isFlushing = false
  #isDraining = false
  #failure: { readonly error: unknown } | null = null

  constructor({ flush, restMs }: TextQueueOptions) {
    this.#flush = flush
    this.#restMs = restMs
  }

  /** A returned promise resolves when there is room again. */
  write(text: string): Promise<void> | undefined {
    if (this.#failure) return Promise.reject(this.#failure.error)
    if (this.#isDraining) return Promise.reject(new Error('write after close'))
    this.#waitingBytes += this.#collect(text)
    this.#pumping ??= this.#pump()
    if (this.#waitingBytes < pieceBytes) return undefined
    this.#endRest?.()
    if (this.#waitingBytes <= highWaterBytes) return undefined
    this.#room ??= withResolvers()
    return this.#room.promise
  }

  /** Resolves when all that was written before is flushed, or cannot be. Undefined where that is so already. */
  flushed(): Promise<void> | undefined {
    if (this.#ends.length > 0) return (this.#collected ??= withResolvers()).promise
    return this.#isFlushing ? (this.#flushing ??= withResolvers()).promise : undefined
  }

  #collect(text: string): number {
    const mostBytes = text.length * bytesPerUnit
    if (this.#piece.length - this.#used < mostBytes) {
      this.#endPiece()
      this.#piece = Buffer.allocUnsafeSlow(Math.max(pieceBytes, mostBytes))
    }
    const bytes = this.#piece.write(text, this.#used)
    this.#used += bytes
    this.#collectedBytes += bytes
    this.#ends.push(this.#collectedBytes)
    return bytes
  }

  /** What is in the piece is flushed as it is, and what comes goes behind it or into another. */
  #endPiece(): void {
    if (this.#used > 0) this.#pieces.push(this.#piece.subarray(0, this.#used))
    this.#piece = this.#piece.subarray(this.#used)
    this.#used = 0
  }

  /** Takes no more, and resolves when everything is out. */
  async drain(): Promise<void> {
    this.#isDraining = true
    this.#endRest?.()
    await this.#pumping
    if (this.#failure) throw this.#failure.error
  }

  // Never rejects: the failure is for those who write.
  async #pump(): Promise<void> {
    try {
      while (this.#waitingBytes > 0) {
        await new Promise((resolve) => setImmediate(resolve))
        const texts = this.#takeAll()
        this.#isFlushing = true
        await this.#flush(texts)
        this.#endFlush()
        this.#waitingBytes -= texts.bytes.length
        if (this.#waitingBytes <= highWaterBytes) this.#makeRoom()
        if (this.#restMs > 0 && this.#waitingBytes < pieceBytes) await this.#rest()
      }
    } catch (error) {
      this.#failure = { error }
      this.#endFlush()
      this.#takeAll()
      this.#endFlush()
      this.#room?.reject(error)
    } finally {
      this.#pumping = null
    }
  }

  #endFlush(): void {
    this.#isFlushing = false
    this.#flushing?.resolve()
    this.#flushing = null
  }

  #takeAll(): Texts {
    this.#endPiece()
    this.#flushing = this.#collected
    this.#collected = null
    const [pieces, ends] = [this.#pieces, this.#ends]
    this.#pieces = []
    this.#ends = []
    this.#collectedBytes = 0
    const [first] = pieces
    return { bytes: pieces.length === 1 && first ? first : Buffer.concat(pieces), ends }
  }

  #makeRoom(): void {
    this.#room?.resolve()
    this.#room = null
  }

  async #rest(): Promise<void> {
    if (this.#isDraining) return
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, this.#restMs)
      this.#endRest = () => {
        clearTimeout(timer)
        resolve()
      }
    })
    this.#endRest = null
  }
}

interface PromiseWithResolvers {
  readonly promise: Promise<void>
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

// Promise.withResolvers came with Node 22.
function withResolvers(): PromiseWithResolvers {
  let resolve!: () => void
  let reject!: (error: unknown) => void
  const promise = new Promise<void>((onResolve, onReject) => {
    resolve = onResolve
    reject = onReject
  })
  return { promise, resolve, reject }
}
