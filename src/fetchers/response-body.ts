// A response's body on its way in: counted, decoded, limited.

import type { Failure } from '../types.js'
import { Decoder, type DecodeListener, readCodings } from './decode.js'
import { tooLargeFailure } from './failure.js'
import type { ResponseHead } from './response-head.js'
import { startTimer, type Timer } from './timer.js'

export interface BodyListener {
  /** The body was taken in whole, is not waited for any longer, or failed. Called once at most. */
  onBodyOver(failure: Failure | null): void
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
  #decoder: Decoder | null = null
  #redirectTimer: Timer | undefined

  constructor(kind: BodyKind, maxBytes: number, listener: BodyListener) {
    this.kind = kind
    this.#maxBytes = maxBytes
    this.#listener = listener
  }

  /** Judges the body by its head. */
  begin({ contentLength, contentEncoding }: ResponseHead): void {
    if (this.kind === 'none') return
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
      this.onDecoded(chunk)
    } else {
      this.#decoder.write(chunk)
    }
  }

  /** All of it was received. */
  end(): void {
    if (this.#decoder === null) this.#listener.onBodyOver(null)
    else this.#decoder.end()
  }

  destroy(): void {
    clearTimeout(this.#redirectTimer)
    this.#decoder?.destroy()
  }

  onDecoded(chunk: Buffer): boolean {
    this.bodyBytes += chunk.length
    return true
  }

  onceDrained(): void {}

  onDecodeEnd(): void {
    this.#listener.onBodyOver(null)
  }

  onDecodeFailed(failure: Failure): void {
    this.#listener.onBodyOver(failure)
  }
}

function onRedirectTimer(listener: BodyListener): void {
  listener.onBodyOver(null)
}
