// What is measured of an exchange, and the attempt that is made of it.

import type { Attempt, Failure, OptIns } from '../types.js'
import type { Channel } from './channel.js'
import type { Dial } from './dial.js'
import { isExhausted } from './failure.js'
import { isUnprocessed } from './h2-failure.js'
import type { ResponseBody } from './response-body.js'
import type { ResponseHead } from './response-head.js'

const noLocations: readonly string[] = []

/** How an exchange ended. */
export interface Outcome {
  readonly failure: Failure | null
  readonly body: ResponseBody | null
  /** The one held at the end: for a request that never began. */
  readonly connection: Channel | null
  readonly optIns: OptIns | null
  /** The request had conditions of ours. */
  readonly isConditional?: boolean
}

export class Trace {
  readonly startedAt = performance.now()
  readonly #wallTime = Date.now()
  #dial: Dial | null = null
  #isReused = false
  #requestAt: number | null = null
  #firstByteAt: number | null = null
  #endedAt: number | null = null
  /** Heads included. */
  #bytes = 0
  /** Of the status line, as far as its version. */
  #versionBytes = 0
  #major = 0
  #minor = 0
  #statusCode: number | null = null
  head: ResponseHead | null = null
  reads = 0

  get hasBytes(): boolean {
    return this.#bytes > 0
  }

  get isEnded(): boolean {
    return this.#endedAt !== null
  }

  /** The server's FIN came. */
  get isHalfClosed(): boolean {
    return this.#dial?.isHalfClosed ?? false
  }

  get alert(): unknown {
    return this.#dial?.alert ?? null
  }

  /** The request is handed to the connection. */
  begin(connection: Channel): void {
    this.#dial = connection.dial
    this.#isReused = connection.isReused
    this.#requestAt = performance.now()
    if (!connection.isMultiplexed) return
    // HTTP/2 does not say it again with each response.
    this.#major = 0x32
    this.#versionBytes = 8
  }

  received(chunk: Buffer): void {
    // What was there before the request is no answer to it; undici hangs up on it.
    if (this.#requestAt === null) return
    this.#firstByteAt ??= performance.now()
    if (this.#versionBytes < 8) this.#readVersion(chunk)
    this.#bytes += chunk.length
    this.reads += 1
  }

  /** "HTTP/1.1 200": the digits are the bytes 5 and 7, in whichever chunk they come. The parser skips line ends before them. */
  #readVersion(chunk: Buffer): void {
    // By index: an iterator over the bytes costs more than the rest of a trace.
    for (let index = 0; index < chunk.length; index++) {
      const byte = chunk[index] ?? 0
      if (this.#versionBytes === 0 && (byte === 0x0d || byte === 0x0a)) continue
      if (this.#versionBytes === 5) this.#major = byte
      if (this.#versionBytes === 7) this.#minor = byte
      this.#versionBytes += 1
      if (this.#versionBytes === 8) return
    }
  }

  responded(statusCode: number, head: ResponseHead): void {
    this.#statusCode = statusCode
    this.head = head
  }

  ended(): void {
    this.#endedAt = performance.now()
  }

  attempt({ failure, body, connection, optIns, isConditional = false }: Outcome): Attempt {
    const { head } = this
    const dial = this.#dial ?? (connection?.isReused ? null : (connection?.dial ?? null))
    const opened = this.#isReused ? null : dial
    // A reset may come upon a request that waits to be written.
    const isReused = this.#requestAt === null ? connection?.isReused === true : this.#isReused
    return {
      startedAt: this.startedAt,
      wallTime: this.#wallTime,
      failure,
      statusCode: this.#statusCode,
      locations: head?.locations ?? noLocations,
      retryAfterMs: head?.retryAfterMs ?? null,
      quota: head?.quota ?? null,
      contentType: head?.contentType ?? null,
      contentLength: head?.contentLength ?? null,
      httpVersion: head === null ? null : versionOf(this.#major, this.#minor),
      remoteIp: dial?.remoteIp ?? null,
      isProxied: dial?.isProxied ?? false,
      wireBytes: body?.wireBytes ?? 0,
      bodyBytes: body?.bodyBytes ?? 0,
      dnsMs: opened?.dnsMs ?? null,
      connectMs: opened?.connectMs ?? null,
      tlsMs: opened?.tlsMs ?? null,
      firstByteMs: between(this.#requestAt, this.#firstByteAt),
      bodyMs: between(this.#firstByteAt, this.#endedAt),
      optIns,
      stale: failure?.type === 'network' && isReused && this.#bytes === 0,
      ...(failure !== null && isUnprocessed(failure) && { unprocessed: true as const }),
      // What could not be stored was carried out: to ask for it again is not free.
      exhausted: failure !== null && failure.type !== 'write' && isExhausted(failure),
      notModified: isConditional && this.#statusCode === 304,
    }
  }
}

/** Of its digits, as bytes. */
function versionOf(major: number, minor: number): string {
  if (minor === 0) return String.fromCharCode(major)
  // Nearly all there is.
  return major === 0x31 && minor === 0x31 ? '1.1' : String.fromCharCode(major, 0x2e, minor)
}

function between(from: number | null, to: number | null): number | null {
  return from === null || to === null ? null : to - from
}
