// A response's body on its way in: counted, decoded, limited.

import type { Failure, OptIns } from '../types.js'
import type { BodyKeeper, KeeperListener } from './body-keeper.js'
import { Decoder, type DecodeListener, readCodings } from './decode.js'
import { tooLargeFailure } from './failure.js'
import type { ResponseHead } from './response-head.js'
import { startTimer, type Timer } from './timer.js'

export interface BodyListener extends KeeperListener {
  /** No more bytes before `onBodyDrained`, if that can be helped: some may have been on their way. */
  onBodyFull(): void
  onBodyDrained(): void
}

/** `redirect`: of a redirect that will be followed, so that nobody wants it. */
export type BodyKind = 'none' | 'redirect' | 'wanted'

/** A redirect's body is waited for only as far as that may save a connection. */
const redirectBodyBytes = 65_536
const redirectBodyMs = 50

export class ResponseBody implements DecodeListener {
  readonly kind: BodyKind
  wireBytes = 0
  bodyBytes = 0
  readonly #maxBytes: number
  readonly #listener: BodyListener
  readonly #keeper: BodyKeeper | null
  #length = 0
  #isFull = false
  #isOver = false
  #decoder: Decoder | null = null
  #redirectTimer: Timer | undefined

  /** @param keeper null where nothing is kept; the body ends and destroys it */
  constructor(kind: BodyKind, maxBytes: number, keeper: BodyKeeper | null, listener: BodyListener) {
    this.kind = kind
    this.#maxBytes = maxBytes
    this.#keeper = keeper
    this.#listener = listener
  }

  /** How many bytes of it come next for certain. Of one in chunks nobody can say, for what is between them is not of the body. */
  get bytesLeft(): number {
    return Math.max(0, this.#length - this.wireBytes)
  }

  /** It is too late to give it up: its end will be told soon. */
  get isCommitting(): boolean {
    return this.#keeper?.isCommitting ?? false
  }

  /** For the record; null where nothing is kept. */
  get kept(): OptIns | null {
    return this.#keeper?.kept() ?? null
  }

  /** Judges the body by its head. */
  begin({ contentLength, contentEncoding, hasTransferEncoding }: ResponseHead): void {
    if (this.kind === 'none') return
    // Without a length it goes on to the end of the connection.
    if (!hasTransferEncoding) this.#length = contentLength ?? Number.POSITIVE_INFINITY
    if (this.kind === 'redirect') {
      if ((contentLength ?? 0) > redirectBodyBytes) return this.#listener.onBodyOver(null)
      if (contentLength !== 0) this.#redirectTimer = startTimer(onRedirectTimer, redirectBodyMs, this.#listener)
      return
    }
    if ((contentLength ?? 0) > this.#maxBytes) return this.#listener.onBodyOver(tooLargeFailure(this.#maxBytes))
    const codings = readCodings(contentEncoding)
    if ('type' in codings) return this.#listener.onBodyOver(codings)
    if (codings.length > 0) this.#decoder = new Decoder(codings, this.#maxBytes, this)
  }

  receive(chunk: Buffer): void {
    this.wireBytes += chunk.length
    if (this.kind === 'redirect') {
      this.bodyBytes += chunk.length
      if (this.wireBytes > redirectBodyBytes) this.#listener.onBodyOver(null)
    } else if (this.wireBytes > this.#maxBytes) {
      this.#listener.onBodyOver(tooLargeFailure(this.#maxBytes))
    } else if (this.#decoder === null) {
      if (!this.onDecoded(chunk)) this.#waitFor(this)
    } else if (!this.#decoder.write(chunk)) {
      this.#waitFor(this.#decoder)
    }
  }

  /** All of it was received. */
  end(): void {
    if (this.#decoder === null) this.onDecodeEnd()
    else this.#decoder.end()
  }

  destroy(): void {
    this.#isOver = true
    clearTimeout(this.#redirectTimer)
    this.#decoder?.destroy()
    this.#keeper?.destroy()
  }

  onDecoded(chunk: Buffer): boolean {
    this.bodyBytes += chunk.length
    return this.#keeper?.write(chunk) ?? true
  }

  onceDrained(resume: () => void): void {
    this.#keeper?.onceDrained(resume)
  }

  onDecodeEnd(): void {
    if (this.#keeper === null) this.#listener.onBodyOver(null)
    else this.#keeper.end()
  }

  onDecodeFailed(failure: Failure): void {
    this.#listener.onBodyOver(failure)
  }

  #waitFor(busy: Pick<DecodeListener, 'onceDrained'>): void {
    if (this.#isFull || this.#isOver) return
    this.#isFull = true
    this.#listener.onBodyFull()
    busy.onceDrained(() => {
      this.#isFull = false
      if (!this.#isOver) this.#listener.onBodyDrained()
    })
  }
}

function onRedirectTimer(listener: BodyListener): void {
  listener.onBodyOver(null)
}
