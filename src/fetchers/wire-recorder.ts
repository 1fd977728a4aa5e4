// One exchange on its way into the archive: the bytes of its request, and those of its final response, no others.

import type { Archive, ArchivedExchange, Attempt, Capture, Failure, FetchTask } from '../types.js'
import type { HeaderFields } from './header-fields.js'
import { lasting } from './inflow.js'
import { emptyExtent, extentOf, type MessageExtent } from './message-extent.js'
import type { ResponseHead } from './response-head.js'

type OnStored = (failure: Failure | null) => void

const CR = 0x0d
const LF = 0x0a

/**
 * Interim responses (1xx) are left out: an archive has one response per record, and whoever reads it takes the first status line for
 * the response's.
 */
export class WireRecorder {
  readonly #task: FetchTask
  readonly #remoteIp: string | null
  readonly #capture: Capture
  readonly #at = Date.now()
  readonly #sent: Buffer[] = []
  /** From the beginning of a head to what was received last; null once the final one was found. */
  #head: Buffer | null = Buffer.alloc(0)
  #extent: MessageExtent | null = null
  /** Stored, or on its way, or dropped. */
  #isOver = false
  /** Nobody waits for it any more. */
  #isLeft = false

  constructor(archive: Archive, task: FetchTask, remoteIp: string | null) {
    this.#task = task
    this.#remoteIp = remoteIp
    this.#capture = archive.capture()
  }

  sent(bytes: Buffer): void {
    if (!this.#isOver) this.#sent.push(bytes)
  }

  /** Before they are parsed: whose they are shows only then. */
  received(chunk: Buffer): void {
    if (this.#isOver) return
    if (this.#extent !== null) return this.#write(lasting(chunk), this.#extent)
    if (this.#head !== null) this.#head = this.#head.length === 0 ? lasting(chunk) : Buffer.concat([this.#head, chunk])
  }

  /** An interim head is complete. */
  interim(): void {
    if (this.#head !== null) this.#head = this.#head.subarray(endOfHead(this.#head))
  }

  /** The final head is complete. */
  responded(hasBody: boolean, fields: HeaderFields, { contentLength }: ResponseHead): void {
    const head = this.#head
    if (head === null) return
    this.#head = null
    const coding = fields.get('transfer-encoding')
    const transferEncoding = coding === undefined ? null : String(coding)
    this.#extent = hasBody ? extentOf(transferEncoding, contentLength) : emptyExtent()
    const end = endOfHead(head)
    this.#capture.write(head.subarray(startOfHead(head), end))
    if (end < head.length) this.#write(head.subarray(end), this.#extent)
  }

  /** Of the body, without its transfer coding. */
  payload(chunk: Buffer): void {
    if (!this.#isOver) this.#capture.payload(chunk)
  }

  /** The response is complete. It is in the archive before anything is made of it: a record, or a file of its body. */
  whole(onStored: OnStored): void {
    if (this.#isOver) return
    this.#store(null, (failure) => {
      if (!this.#isLeft) onStored(failure)
    })
  }

  /**
   * The exchange is over, and complete only where that was said before. What there is of a response is archived as that, unless the run was
   * ended over it: it will be asked for again.
   *
   * @param settle is called with the attempt, which fails where it could not be archived
   */
  over(attempt: Attempt, settle: (attempt: Attempt) => void): void {
    const { failure } = attempt
    this.#isLeft = true
    if (this.#isOver) return settle(attempt)
    if (this.#extent !== null && failure?.type !== 'aborted') {
      const settleStored = (unstored: Failure | null) =>
        settle(unstored === null ? attempt : { ...attempt, failure: unstored })
      return this.#store(reasonOf(failure), settleStored)
    }
    this.#isOver = true
    this.#capture.drop()
    settle(attempt)
  }

  #store(truncated: ArchivedExchange['truncated'], onStored: OnStored): void {
    this.#isOver = true
    const exchange = {
      uri: this.#task.target.href,
      at: this.#at,
      remoteIp: this.#remoteIp,
      sent: Buffer.concat(this.#sent),
      truncated,
    }
    this.#capture.store(exchange, onStored)
  }

  #write(bytes: Buffer, extent: MessageExtent): void {
    const taken = extent.take(bytes)
    if (taken > 0) this.#capture.write(taken === bytes.length ? bytes : bytes.subarray(0, taken))
  }
}

function reasonOf(failure: Failure | null): ArchivedExchange['truncated'] {
  const type = failure?.type
  if (type === 'too_large') return 'length'
  if (type === 'timeout') return 'time'
  // Unspecified, too: a redirect whose body nobody waited for.
  return type === 'network' || type === 'tls' ? 'disconnect' : 'unspecified'
}

/** The parser skips line ends before a status line. */
function startOfHead(bytes: Buffer): number {
  let at = 0
  while (bytes[at] === CR || bytes[at] === LF) at += 1
  return at
}

/** Behind the first blank line; everything where there is none. */
function endOfHead(bytes: Buffer): number {
  const start = startOfHead(bytes)
  for (let at = bytes.indexOf(LF, start); at !== -1; at = bytes.indexOf(LF, at + 1)) {
    if (bytes[at + 1] === LF) return at + 2
    if (bytes[at + 1] === CR && bytes[at + 2] === LF) return at + 3
  }
  return bytes.length
}
