// What undici tells of a request, in the interface of its that is the cheapest.

import type { Dispatcher } from 'undici'
import { HeaderFields } from './header-fields.js'

/** Whoever asked for it. */
export interface ResponseListener {
  /** The request is about to be written. */
  onRequestStart(): void
  /** A head is complete, that of an interim response (1xx) included. The fields are to be read at once. */
  onResponseStart(statusCode: number, fields: HeaderFields): void
  onResponseData(chunk: Buffer): void
  onResponseEnd(trailers: HeaderFields): void
  onResponseError(error: unknown): void
  /** For the answer to a CONNECT. */
  onRequestUpgrade(): void
}

const noFields = new HeaderFields([])

/**
 * The older of undici 7's two interfaces. It wraps the newer one (`onRequestStart` and so on) in two objects per request, and makes an object of every
 * head. Undici 8 has the newer one alone: there it is this class that changes, and takes `rawHeaders` from the controller.
 */
export class UndiciHandler implements Dispatcher.DispatchHandler {
  readonly #listener: ResponseListener

  constructor(listener: ResponseListener) {
    this.#listener = listener
  }

  onConnect(): void {
    this.#listener.onRequestStart()
  }

  /** True here and in `onData`: go on. The parser is never paused (undici#5360). */
  onHeaders(statusCode: number, raw: readonly Buffer[]): boolean {
    this.#listener.onResponseStart(statusCode, new HeaderFields(raw))
    return true
  }

  onData(chunk: Buffer): boolean {
    this.#listener.onResponseData(chunk)
    return true
  }

  /** Undici's types say that trailers are strings; they are bytes. */
  onComplete(raw: readonly (Buffer | string)[] | null): void {
    const isEmpty = raw === null || raw.length === 0
    this.#listener.onResponseEnd(isEmpty ? noFields : new HeaderFields(raw.map(bytesOf)))
  }

  onError(error: unknown): void {
    this.#listener.onResponseError(error)
  }

  onUpgrade(): void {
    this.#listener.onRequestUpgrade()
  }
}

function bytesOf(part: Buffer | string): Buffer {
  return typeof part === 'string' ? Buffer.from(part, 'latin1') : part
}
