// A body that was received, as far as it is looked at: its text, and whether that is JSON. Each is found out once, when asked for.

import { receivedText } from './received-text.js'

/** So much of a body is searched, and read as JSON: it is in memory for that, once for each worker. */
export const mostReadBytes = 10 * 2 ** 20

/** @param bytes the body's beginning: one byte more than `mostReadBytes` where there is more */
export function receivedBody(bytes: Buffer, contentType: string | null): ReceivedBody {
  return new ReceivedBody(bytes.subarray(0, mostReadBytes), bytes.length > mostReadBytes, contentType)
}

export class ReceivedBody {
  /** The body goes on behind what is here. */
  readonly isCut: boolean
  readonly #bytes: Buffer
  readonly #contentType: string | null
  #text: string | null = null
  #jsonProblem: string | null | undefined

  constructor(bytes: Buffer, isCut: boolean, contentType: string | null) {
    this.isCut = isCut
    this.#bytes = bytes
    this.#contentType = contentType
  }

  get text(): string {
    return (this.#text ??= receivedText(this.#bytes, this.#contentType))
  }

  /** Why it is no JSON; null where it is. */
  get jsonProblem(): string | null {
    if (this.#jsonProblem === undefined) this.#jsonProblem = problemOf(this.text)
    return this.#jsonProblem
  }
}

/** In the engine's words, which name the place. */
function problemOf(text: string): string | null {
  try {
    JSON.parse(text)
    return null
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
