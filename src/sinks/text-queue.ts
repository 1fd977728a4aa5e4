// What is to be written, collected and handed on in pieces; and back-pressure.

/** From this many characters on, those who write have to wait. */
const highWaterChars = 256 * 1024
/** From this many on, a piece is worth a write of its own. */
const pieceChars = 128 * 1024

/** Hands on what was collected: called again only when it is done. */
export type Flush = (lines: Buffer) => Promise<void> | void

export interface TextQueueOptions {
  readonly flush: Flush
  /** Ms between the end of a flush and the next one, unless a piece is full before; 0 is one turn of the event loop. */
  readonly restMs: number
}

/** Texts on their way out. The first error of a flush is the answer to every write from then on, and to `drain`. */
export class TextQueue {
  readonly #flush: Flush
  readonly #restMs: number
  #texts: string[] = []
  /** Characters collected or being flushed. */
  #waitingChars = 0
  #pumping: Promise<void> | null = null
  #room: PromiseWithResolvers | null = null
  #endRest: (() => void) | null = null
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
    this.#texts.push(text)
    this.#waitingChars += text.length
    this.#pumping ??= this.#pump()
    if (this.#waitingChars < pieceChars) return undefined
    this.#endRest?.()
    if (this.#waitingChars <= highWaterChars) return undefined
    this.#room ??= withResolvers()
    return this.#room.promise
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
      while (this.#texts.length > 0) {
        await new Promise((resolve) => setImmediate(resolve))
        const text = this.#texts.join('')
        this.#texts = []
        await this.#flush(Buffer.from(text))
        this.#waitingChars -= text.length
        if (this.#waitingChars <= highWaterChars) this.#makeRoom()
        if (this.#restMs > 0 && this.#waitingChars < pieceChars) await this.#rest()
      }
    } catch (error) {
      this.#failure = { error }
      this.#texts = []
      this.#room?.reject(error)
    } finally {
      this.#pumping = null
    }
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
